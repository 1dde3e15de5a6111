"""`labs certify`: what it says when nothing can be proved; proving is tested where a cluster is."""

import json

import pytest


@pytest.fixture
def traffic(labs):
    return lambda *words: labs("certify", "05-traffic", *words)


def test_a_lab_that_cannot_run_here_is_said_and_exits_with_3(traffic):
    answer = traffic()
    assert answer.code == 3
    assert "05-traffic cannot run here: fake: it has no traffic" in answer.out


def test_json_keeps_the_contract(traffic):
    document = traffic("--json").document
    assert document["labs"][0] | {"steps": []} == document["labs"][0]
    assert {"slug", "provider", "ok", "steps", "seconds"} <= set(document["labs"][0])
    assert (document["ok"], document["labs"][0]["obstacle"]) == (False, "fake: it has no traffic")


def test_a_report_is_written_also_of_what_cannot_run(traffic, tmp_path):
    folder = tmp_path / "report"
    assert traffic("--report", str(folder)).code == 3
    assert {path.name for path in folder.iterdir()} == {"index.html", "junit.xml", "certify.json"}
    assert json.loads((folder / "certify.json").read_text())["labs"][0]["slug"] == "05-traffic"
    assert traffic("--report", str(folder)).code == 3


def test_a_folder_with_something_else_is_not_written_into(traffic, tmp_path):
    (tmp_path / "mine.txt").write_text("x")
    answer = traffic("--report", str(tmp_path))
    assert answer.code == 2
    assert "holds no earlier report" in answer.err
    assert not (tmp_path / "index.html").exists()


def test_a_lab_that_cannot_be_read_exits_with_1(make_world, write_lab, capsys):
    from harness.cli.running import run

    world = make_world(write_lab("42-mine", "title: x\n"))
    assert run(["certify", "42"], world.app) == 1
    assert "42-mine, lint: " in capsys.readouterr().out


def test_an_unknown_provider_is_wrong_usage(labs):
    assert labs("certify", "--provider", "fakke").code == 2


def report_of(folder, **labs):
    folder.mkdir()
    found = [{"slug": slug.replace("_", "-"), "ok": ok, "obstacle": ""} for slug, ok in labs.items()]
    (folder / "certify.json").write_text(json.dumps({"labs": found}))
    return str(folder)


def test_what_was_not_in_order_is_proved_again(labs, tmp_path):
    report = report_of(tmp_path / "report", **{"01_pass": True, "05_traffic": False})
    answer = labs("certify", "--failed", report, "--json")
    assert [lab["slug"] for lab in answer.document["labs"]] == ["05-traffic"]
    assert labs("certify", "01-pass", "--failed", report).code == 0  # was in order


def test_nothing_is_proved_again_where_all_was_in_order(labs, tmp_path):
    answer = labs("certify", "--failed", report_of(tmp_path / "report", **{"05_traffic": True}))
    assert (answer.code, answer.out) == (0, "")


def test_a_folder_without_a_report_is_wrong_usage(labs, tmp_path):
    answer = labs("certify", "--failed", str(tmp_path))
    assert answer.code == 2
    assert "holds no report of labs certify" in answer.err
