"""The verbs of `labs exam`, as they are typed."""

import json
import xml.etree.ElementTree as Xml

import pytest

from harness.cli.exam import SECTIONS, exam_command

VERBS = [verb for section in SECTIONS.values() for verb in section]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_module_and_a_help(verb, labs):
    assert exam_command.get_command(None, verb).name == verb
    answer = labs("exam", verb, "--help")
    assert answer.code == 0
    assert "Usage: labs exam" in answer.out


def test_a_misspelt_verb_is_guessed(labs):
    answer = labs("exam", "submitt")
    assert answer.code == 2
    assert "did you mean 'submit'" in answer.err


def test_a_whole_exam(begun, labs):
    assert "Task 1 of 3" in labs("exam", "next").out
    task = json.loads(labs("exam", "task", "2", "--json").out)
    assert begun.exam.vars[2]["code"] in task["task"]
    assert task["host"] == "cka0002"
    assert labs("exam", "flag").out == "task 2 is flagged\n"
    assert labs("exam", "flag", "--off").out == "task 2 is not flagged\n"
    labs("exam", "flag", "3")
    assert labs("exam", "note", "3", "mind", "the", "colour").out == "noted for task 3\n"
    listed = labs("exam", "tasks").out
    assert "mind the colour" in listed
    assert "flagged" in listed
    assert "0:10:00 left" in labs("exam", "status").out
    begun.solve(1)
    assert labs("exam", "reset", "1").out == "task 1 is as it was at its start\n"
    begun.solve(2)
    assert "stopped with" in labs("exam", "pause").out
    assert "left" in labs("exam", "resume").out
    answer = labs("exam", "submit")
    assert answer.code == 1
    assert "20.0 %, not passed (pass mark 50 %)" in answer.out
    assert "labs start 13-third" in answer.out


def test_the_documents_keep_the_contract(begun, labs):
    begun.solve(1)
    labs("exam", "submit")
    document = json.loads(labs("exam", "result", "--json").out)
    assert {"score", "passed", "pass_mark", "minutes_used", "domains", "tasks"} <= document.keys()
    fields = {"number", "lab", "points", "possible", "flagged", "seconds", "checks"}
    assert all(fields <= task.keys() for task in document["tasks"])
    assert list(document["tasks"][0]["checks"][0]) == ["name", "sentence", "points", "outcome", "why", "see"]
    assert document["tasks"][0]["hints"] == [f"Write {begun.exam.vars[1]['code']} into answer.txt."]
    assert document["tasks"][0]["solution"]


def test_full_marks_exit_with_0(begun, labs):
    for number in (1, 2, 3):
        begun.solve(number)
    answer = labs("exam", "submit", "--json")
    assert answer.code == 0
    assert json.loads(answer.out)["passed"] is True


def test_what_could_not_be_judged_exits_with_3(begun, labs):
    (begun.solve(1) / "broken").touch()
    assert labs("exam", "submit").code == 3


def test_junit_has_a_case_for_each_check(begun, labs, tmp_path):
    begun.solve(1)
    labs("exam", "submit")
    assert labs("exam", "result", "--junit", str(tmp_path / "r.xml")).code == 1
    root = Xml.parse(tmp_path / "r.xml").getroot()  # noqa: S314 - our own file
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("9", "4", "2")
    assert [len(suite) for suite in root] == [3, 3, 3]


def test_one_form_at_a_time(begun, labs):
    assert labs("exam", "result", "--json", "--html", "x").code == 2


def test_an_exam_of_the_history_is_shown_by_its_name(begun, labs):
    labs("exam", "submit")
    assert labs("exam", "result", begun.exam.id).code == 1
    answer = labs("exam", "result", "19990101-000000-mock")
    assert answer.code == 2
    assert "labs exam history" in answer.err


def test_progress_names_the_weakest_first(begun, labs):
    begun.solve(1)
    begun.solve(3)
    labs("exam", "submit")
    document = json.loads(labs("progress", "--json").out)
    assert [(line["name"], line["score"]) for line in document["domains"]] == [
        ("Storage", 50.0), ("Workloads and Scheduling", 100.0),
    ]  # fmt: skip
    assert labs("progress").out.index("volumes") < labs("progress").out.index("deployments")


def test_the_shell_of_an_exam_grades_nothing(begun, labs, monkeypatch):
    monkeypatch.setenv("LABS_EXAM", begun.exam.id)
    for verb in ("grade", "hint", "solution"):
        answer = labs(verb)
        assert answer.code == 3
        assert "this is the shell of an exam" in answer.err


def test_start_prints_one_document(hall, labs):
    answer = labs("exam", "start", "small", "--seed", "3", "--json")
    assert answer.code == 0
    document = json.loads(answer.out)
    assert document["stage"] == "running"
    assert "points" not in answer.out


def test_minutes_and_a_strange_blueprint(hall, labs):
    assert labs("exam", "start", "nothing").code == 2
    assert labs("exam", "start", "small", "--minutes", "0").code == 2
    labs("exam", "start", "small", "--minutes", "1.5")
    assert hall.exam.deadline - hall.exam.started == 90
