import shutil

import pytest

from harness.catalog import Catalog
from harness.drafting import draft
from harness.linting import lint
from harness.paths import content
from setup.errors import LabsError

SHAPES = ("three-node",)


@pytest.fixture
def mine(tmp_path, mini_labs):
    """A copy of the lab that has everything, to be damaged."""
    root = tmp_path / "labs"
    shutil.copytree(mini_labs / "01-pass", root / "01-pass")
    shutil.copy(mini_labs / "curriculum.yaml", root)
    return root / "01-pass"


def problems(folder):
    return [str(problem) for problem in lint(Catalog((folder.parent,)), folder.name, SHAPES)]


def test_a_good_lab_has_no_problems(mine):
    assert problems(mine) == []


def test_many_mistakes_are_named_at_once(mine):
    (mine / "notes.txt").write_text("x")
    (mine / "task.md").write_text("{{ nobody }}")
    (mine / "start" / "20-bad.yaml").write_text("kind: Pod\n")
    (mine / "start" / "run.py").write_text("")
    (mine / "wrong" / "empty" / "expect.yaml").write_text("points: 2\nfails: [nothing]\nwhy: x\n")
    (mine / "wrong" / "spaces" / "expect.yaml").write_text("point: 2\n")
    (mine / "solutions" / "reference" / "data.txt").write_text("x")
    (mine / "start" / "work" / "bad.yaml").write_text("{{{ this may be as wrong as the task wants")
    shutil.rmtree(mine / "solutions" / "from-file")
    found = "\n".join(problems(mine))
    for words in (
        "01-pass/notes.txt: is not part of a lab",
        "'nobody' is undefined",
        "20-bad.yaml: document 1 has no apiVersion, metadata.name",
        "run.py: is neither",
        "expects 'nothing' to fail, which is not a check",
        "expects 2 points, but the checks that do not fail are worth 4",
        "unknown key 'point'",
        "01-pass/solutions: has 1 of at least 2",
        "data.txt: is used by no script",
    ):
        assert words in found, words
    assert "bad.yaml" not in found.replace("20-bad.yaml", "")


def test_a_variable_that_nobody_uses_is_a_problem(mine):
    spec = mine / "lab.yaml"
    spec.write_text(spec.read_text().replace("vars:\n", "vars:\n  spare: 1\n"))
    assert problems(mine) == ["01-pass/lab.yaml: the variable 'spare' is used nowhere"]


def test_nine_checks_are_too_many(mine):
    extra = "".join(f'\n\n@check(points=1)\ndef c{n}(k8s: K8s) -> None:\n    """N."""\n' for n in range(7))
    (mine / "checks.py").write_text((mine / "checks.py").read_text() + extra)
    assert any("has 9 checks" in problem for problem in problems(mine))


def test_checks_that_do_not_load_are_named(mine):
    (mine / "checks.py").write_text("import nothing_of_that_name\n")
    assert any("nothing_of_that_name" in problem for problem in problems(mine))


def test_lint_exits_with_1_if_there_are_mistakes(labs):
    answer = labs("lint")
    assert answer.code == 1
    assert "05-traffic" in answer.out
    assert labs("lint", "1").out == "01-pass is in order\n"


@pytest.fixture
def own(tmp_path, mini_labs):
    return Catalog((tmp_path / "own", mini_labs))


@pytest.mark.parametrize(("text", "slug"), [("42-node-affinity", "42-node-affinity"), ("quota", "07-quota")])
def test_a_new_lab_passes_lint(tmp_path, own, mini_labs, text, slug):
    folder = draft(own, text)
    assert folder == tmp_path / "own" / slug
    assert list((tmp_path / "own").iterdir()) == [folder]
    shutil.copy(content("labs") / "curriculum.yaml", folder.parent)
    assert lint(Catalog((folder.parent,)), slug, SHAPES) == ()


@pytest.mark.parametrize("text", ["01-other", "Bad Name", "../x", "1-x", ""])
def test_a_bad_or_taken_name_is_refused_and_nothing_is_made(tmp_path, own, text):
    with pytest.raises(LabsError) as caught:
        draft(own, text)
    assert caught.value.code == 2
    assert not (tmp_path / "own").exists()
