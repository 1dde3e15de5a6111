import pytest


def test_start_makes_a_sandbox_and_prints_the_task(world, labs):
    answer = labs("start", "pass", "--seed", "1")
    session = world.app.sessions.read("three-node-1")
    assert answer.code == 0
    assert f"Write `{session.vars['code']}` into the file `{world.work()}/answer.txt`" in answer.out
    assert "labs grade" in answer.out
    assert world.provider.calls == [("make", "three-node-1")]


def test_start_renders_manifests_and_work_files(world, labs):
    labs("start", "01-pass", "--seed", "1")
    assert world.cluster.applied == ["apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n"]
    colour = world.app.sessions.read("three-node-1").vars["colour"]
    assert (world.work() / "notes" / "readme.txt").read_text() == f"Lab 01-pass, colour {colour}.\n"
    assert (world.work() / "plain.txt").read_text() == "left as it is: {{ code }}\n"


def test_the_same_seed_draws_the_same_values(world, labs):
    first = labs("start", "1", "--seed", "7", "--json").document
    labs("stop", "1")
    again = labs("start", "1", "--seed", "7", "--json").document
    assert first["task"] == again["task"]
    assert first["seed"] == 7


def test_json_is_the_only_thing_on_stdout(world, labs):
    document = labs("start", "1", "--json").document
    assert {"lab", "sandbox", "provider", "shape", "seed", "work", "kubeconfig", "task", "minutes"} <= document.keys()
    assert document["fresh"] is True


def test_starting_again_keeps_the_work(world, labs):
    labs("start", "1")
    world.solve()
    answer = labs("start", "1")
    assert answer.code == 0
    assert any("open already" in line for line in world.told)
    assert (world.work() / "answer.txt").exists()
    assert world.provider.calls == [("make", "three-node-1")]


def test_starting_again_revives_a_dead_sandbox_with_its_work(world, labs):
    labs("start", "1")
    world.solve()
    world.provider.die("three-node-1")
    assert labs("start", "1").code == 0
    assert ("revive", "three-node-1") in world.provider.calls
    assert labs("grade").code == 0


def test_another_lab_is_kept_without_a_terminal(world, labs):
    labs("start", "1")
    world.solve()
    assert labs("start", "2").code == 0
    assert world.app.sessions.read("three-node-2").lab == "02-break"
    assert labs("grade", "1").code == 0


def test_end_gives_its_sandbox_to_the_next_lab_after_a_reset(world, labs):
    labs("start", "1")
    world.solve()
    assert labs("start", "2", "--end").code == 0
    assert world.provider.calls == [("make", "three-node-1"), ("reset", "three-node-1")]
    assert not (world.work() / "answer.txt").exists()
    assert labs("grade", "1").code == 3


def test_a_fresh_warm_sandbox_is_claimed_without_a_reset(world, labs):
    world.provider.up("three-node-1", "three-node", world.told.append)
    labs("start", "1")
    assert world.provider.calls == [("make", "three-node-1")]


def test_another_seed_for_an_open_lab_is_refused(world, labs):
    labs("start", "1", "--seed", "1")
    answer = labs("start", "1", "--seed", "2")
    assert answer.code == 2
    assert "labs stop 01-pass" in answer.err


def test_a_check_that_passes_untouched_stops_the_start(world, labs):
    answer = labs("start", "leak")
    assert answer.code == 3
    assert "the check always passes before any work is done" in answer.err
    assert world.provider.calls[-1] == ("reset", "three-node-1")
    assert world.app.sessions.all() == ()


def test_a_check_that_is_broken_untouched_stops_the_start(world, labs):
    answer = labs("start", "unsure")
    assert answer.code == 3
    assert "the probe is dead" in answer.err


def test_a_refused_manifest_is_named_and_the_sandbox_stays_for_others(world, labs):
    answer = labs("start", "refused")
    assert answer.code == 3
    assert "04-refused/start/10-bad.yaml" in answer.err
    assert labs("start", "1").code == 0
    assert world.provider.calls == [("make", "three-node-1"), ("reset", "three-node-1")]


def test_a_lab_that_cannot_run_here_says_why_and_what_to_type(labs):
    answer = labs("start", "traffic")
    assert answer.code == 3
    assert "fake: it has no traffic" in answer.err
    assert "labs doctor" in answer.err


def test_an_unknown_provider_is_wrong_usage(labs):
    answer = labs("start", "1", "--provider", "fak")
    assert answer.code == 2
    assert "did you mean 'fake'?" in answer.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("99", "there is no lab '99'"),
        ("01-pas5", "did you mean 01-pass"),
        ("0", "there is no lab"),
        ("a", "may be any of"),
    ],
)
def test_an_unknown_or_ambiguous_lab_is_one_clear_sentence(labs, text, words):
    answer = labs("start", text)
    assert answer.code == 2
    assert words in answer.err
    assert "Traceback" not in answer.err
