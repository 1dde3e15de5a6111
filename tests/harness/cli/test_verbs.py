"""The smaller verbs, each with what it must do."""

import pytest

from harness.cli.group import VERBS
from harness.cli.group import labs as group
from setup.errors import LabsError


def test_list_json_keeps_the_contract(labs):
    document = labs("list", "--json").document
    fields = {"slug", "title", "domain", "competencies", "minutes", "points", "shape", "needs"}
    assert fields <= set(document["labs"][0])
    assert document["labs"][0]["points"] == 4


def test_list_shows_the_labs_of_a_domain(labs):
    answer = labs("list", "--domain", "sched")
    assert "02-break" in answer.out
    assert "01-pass" not in answer.out


def test_list_of_an_unknown_domain_names_the_domains(labs):
    answer = labs("list", "--domain", "storge")
    assert answer.code == 2
    assert "did you mean 'Storage'?" in answer.err


def test_list_leaves_out_a_broken_lab_and_says_so(make_world, write_lab, capsys):
    from harness.cli.running import run

    world = make_world(write_lab("42-mine", "title: x\n"))
    assert run(["list"], world.app) == 0
    assert "01-pass" in capsys.readouterr().out
    assert "42-mine" in world.told[0]


def test_task_is_printed_again(world, labs):
    started = labs("start", "1", "--json").document
    assert labs("task", "--json").document["task"] == started["task"]


def test_task_of_a_lab_that_is_not_started_has_examples(world, labs):
    answer = labs("task", "1")
    assert answer.code == 0
    assert "~/work/answer.txt" in answer.out
    assert any("not started" in line for line in world.told)


def test_hints_come_one_by_one_and_are_counted(world, labs):
    labs("start", "1")
    code = world.app.sessions.read("three-node-1").vars["code"]
    assert labs("hint").out == "Hint 1 of 2: The code is in the task.\n"
    assert labs("hint").out == f"Hint 2 of 2: Write {code} into answer.txt.\n"
    assert labs("hint").code == 0
    assert world.app.sessions.read("three-node-1").hints == 2


def test_reset_gives_a_clean_start_with_the_same_task(world, labs):
    before = labs("start", "1", "--json").document
    world.solve()
    after = labs("reset", "--json").document
    assert after["task"] == before["task"]
    assert not (world.work() / "answer.txt").exists()
    assert labs("grade").code == 1


def test_stop_removes_the_sandbox(world, labs):
    labs("start", "1")
    assert labs("stop").out == "stopped: three-node-1\n"
    assert world.app.sessions.names() == ()
    assert labs("stop").code == 3


def test_stop_all_removes_half_made_ones_too(world, labs):
    labs("start", "1")
    (world.app.sessions.folder / "three-node-9").mkdir()
    assert labs("stop", "--all", "--json").document == {"stopped": ["three-node-1", "three-node-9"]}
    assert list(world.app.state.rglob("*.lock")) == []
    assert labs("stop", "--all").out == "nothing was running\n"


def test_stop_takes_a_lab_or_all(labs):
    assert labs("stop", "1", "--all").code == 2


def test_status_shows_the_labs_in_their_sandboxes(world, labs):
    assert "No sandbox" in labs("status").out
    labs("start", "1")
    world.solve()
    labs("grade")
    assert "4/4" in labs("status").out
    row = labs("status", "--json").document["sandboxes"][0]
    assert (row["sandbox"], row["lab"], row["phase"], row["running"]) == ("three-node-1", "01-pass", "open", True)


def test_env_is_for_eval(world, labs):
    labs("start", "1")
    lines = labs("env").out.splitlines()
    assert lines[0] == f"export KUBECONFIG={world.work().parent / 'candidate.kubeconfig'}"
    assert "export LABS_SANDBOX=three-node-1" in lines


def test_in_a_labs_shell_its_own_lab_is_meant(world, labs, monkeypatch):
    labs("start", "1")
    labs("start", "2")
    assert labs("task", "--json").document["lab"] == "02-break"
    monkeypatch.setenv("LABS_SANDBOX", "three-node-1")
    assert labs("task", "--json").document["lab"] == "01-pass"


def test_solution_asks_while_the_lab_is_open(world, labs):
    labs("start", "1")
    answer = labs("solution")
    assert answer.code == 2
    assert "--yes" in answer.err


def test_solution_shows_the_reference_filled_in(world, labs):
    labs("start", "1")
    code = world.app.sessions.read("three-node-1").vars["code"]
    answer = labs("solution", "--yes")
    assert answer.out.startswith("# 10-write.sh\n")
    assert code in answer.out
    assert world.app.sessions.read("three-node-1").solution_seen


def test_solution_apply_scores_full_marks(world, labs):
    labs("start", "1")
    assert labs("solution", "--apply", "--yes").code == 0
    assert labs("grade").code == 0


def test_solution_of_a_lab_that_is_not_started_needs_no_yes(labs):
    assert "answer.txt" in labs("solution", "1").out


def test_prefetch_asks_each_usable_provider(world, labs):
    assert labs("prefetch").code == 0
    assert world.provider.calls == [("prefetch",)]


def test_prefetch_without_a_provider_says_why(world, labs):
    world.provider.lacks = "Docker is not installed"
    answer = labs("prefetch")
    assert answer.code == 3
    assert "Docker is not installed" in answer.err


def test_doctor_tells_what_can_run_and_what_cannot(world, labs):
    answer = labs("doctor")
    assert answer.code == 0
    assert "Can run here: 01-pass" in answer.out
    assert "Cannot run here: 05-traffic (fake: it has no traffic)" in answer.out
    world.provider.lacks = "Docker is not installed"
    document = labs("doctor", "--json")
    assert document.code == 3
    assert document.document["ok"] is False


def test_doctor_tells_what_a_provider_has_no_room_for(world, labs):
    world.provider.room = (LabsError("0.5 GiB of memory are free", "labs stop --all"),)
    findings = labs("doctor", "--json").document["findings"]
    assert {
        "name": "room for fake",
        "ok": False,
        "found": "0.5 GiB of memory are free",
        "fix": "labs stop --all",
    } in findings


def test_a_misspelt_verb_is_wrong_usage_with_a_suggestion(labs):
    answer = labs("grad")
    assert answer.code == 2
    assert "did you mean 'grade'?" in answer.err


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_every_verb_begins_with_the_summary_of_the_group(labs, verb):
    answer = labs(verb, "--help")
    assert answer.code == 0
    assert VERBS[verb] in " ".join(answer.out.split())
    assert group.get_command(None, verb).name == verb
