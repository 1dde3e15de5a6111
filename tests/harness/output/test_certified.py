"""What `labs certify` hands back: table, page, JUnit XML and the folder; hostile texts come out as texts."""

import json
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from harness.certification.certificate import Certificate, Counts, Finding, Problem, Step
from harness.output.certificates import certificates_document, percent, show
from harness.output.certified_page import certified_page
from harness.output.junit import certificates_xml
from harness.output.report import prepare, write_report
from setup.errors import LabsError

HOSTILE = '<script>alert(1)</script> & "x" ]]> \x1b[31mred\x00 \u202e'
BAD = Certificate(
    "07-rbac", "embedded", 16,
    (
        Step("lint", 0.5, 8),
        Step("solutions", 2.0, 2, (Problem(
            "solutions/reference gets 1 of 16 points",
            (Finding("may_ship", "passed", "failed", f".spec: expected 3, found {HOSTILE}", f"kubectl get {HOSTILE}"),),
            "07-rbac/solutions/reference",
        ),)),
    ),
    Counts(10, 8, 1, 20, 19), start=2.0, grade=0.2, reset=0.4, memory=500 << 20,
)  # fmt: skip
FINE = Certificate("08-csr", "embedded", 15, (Step("lint", 0.5, 8),), Counts(4, 4, 0, 4, 4), 1.0, 0.1, 0.3, 1 << 20)
ABSENT = Certificate("41-pods", "kind", obstacle="kind: Docker is not installed")
ALL = [BAD, FINE, ABSENT]


class Page(HTMLParser):
    """The tags and texts of a page, and which are open at its end."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self.open = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def test_the_page_holds_a_row_a_lab_and_the_failing_check():
    page = Page(certified_page(ALL, 65.0))
    text = " ".join("".join(page.texts).split())
    assert page.open == []
    assert len([tag for tag, _ in page.tags if tag == "tr"]) == 1 + 3
    for words in (
        "1 of 3 certified in 65 s", "may_ship: expected passed, found failed", "expected 3, found <script>alert(1)",
        "8 of 9 + 1 equal", "19 of 20", "500 MiB", "Docker is not installed",
    ):  # fmt: skip
        assert words in text, words
    assert ("a", {"href": "07-rbac/solutions/reference/"}) in page.tags


def test_nothing_in_the_page_is_fetched_run_or_hidden():
    text = certified_page(ALL, 1.0)
    page = Page(text)
    assert not {"script", "img", "link", "iframe"} & {tag for tag, _ in page.tags}
    assert not any(character in text for character in "\x00\x1b\u202e")
    addresses = [value for _, attrs in page.tags for key, value in attrs.items() if key in ("href", "src")]
    assert not [value for value in addresses if value.startswith(("http", "//", "javascript"))]
    assert len(text) < 20_000


def test_junit_has_a_suite_a_lab_and_a_case_a_step():
    root = ElementTree.fromstring(certificates_xml(ALL).encode())  # noqa: S314 - our own
    assert [suite.get("name") for suite in root] == ["07-rbac on embedded", "08-csr on embedded", "41-pods on kind"]
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("4", "1", "1")
    failure = root[0][1].find("failure")
    assert "expected passed, found failed: .spec: expected 3, found <script>" in failure.text


def test_the_document_has_everything_of_the_contract():
    document = json.loads(json.dumps(certificates_document(ALL, 65.0)))
    first = document["labs"][0]
    assert {"slug", "provider", "ok", "steps", "seconds"} <= set(first)
    assert (first["mutants"], first["caught"], first["score"], first["stability"]) == (10, 8, 8 / 9, 0.95)
    assert first["steps"][1]["problems"][0]["findings"][0]["check"] == "may_ship"
    assert (document["ok"], document["score"], document["mutants"]) == (False, 12 / 13, 14)


def test_the_table_for_terminals_obeys_nobody(capsys):
    show(ALL, 65.0)
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\x00" not in out
    lines = out.splitlines()
    assert lines[1].split()[:3] == ["NO", "07-rbac", "embedded"]
    assert "    may_ship: expected passed, found failed" in lines
    assert "41-pods cannot run here: kind: Docker is not installed" in lines
    assert lines[-1].startswith("1 of 3 certified in 65 s; mutation score 92.3 % (12 of 13 + 1 equal)")


@pytest.mark.parametrize(("share", "text"), [(1.0, "100 %"), (0.9999, "99.9 %"), (0.0, "0 %"), (None, "-")])
def test_a_share_is_100_per_cent_only_when_it_is_all(share, text):
    assert percent(share) == text


def test_a_report_clears_the_objects_of_an_earlier_one_and_nothing_else(tmp_path):
    folder = prepare(tmp_path / "report")
    kept = folder / "07-rbac" / "solutions" / "reference"
    kept.mkdir(parents=True)
    (folder / "07-rbac" / "notes.txt").write_text("mine")
    write_report(folder, ALL, 1.0)
    assert prepare(folder) == folder
    assert not kept.exists()
    assert (folder / "07-rbac" / "notes.txt").exists()


def test_a_report_that_was_tampered_with_removes_nothing_outside(tmp_path):
    outside = tmp_path / "mine"
    outside.mkdir()
    folder = prepare(tmp_path / "report")
    problem = {"objects": "../mine"}
    (folder / "certify.json").write_text(json.dumps({"labs": [{"steps": [{"problems": [problem]}]}]}))
    prepare(folder)
    assert outside.is_dir()


@pytest.mark.parametrize("text", ["", "[]", '{"labs": 3}', "{"])
def test_any_other_folder_is_refused(tmp_path, text):
    (tmp_path / "certify.json").write_text(text)
    with pytest.raises(LabsError, match="is not empty"):
        prepare(tmp_path)
