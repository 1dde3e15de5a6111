import json


def test_points_lost_are_explained_and_exit_with_1(world, labs):
    labs("start", "1")
    answer = labs("grade")
    assert answer.code == 1
    assert answer.out.startswith("01-pass: 0 of 4 points")
    assert "answer.txt: expected a file, found nothing" in answer.out
    assert "skipped" in answer.out
    assert "waits for written" in answer.out


def test_full_marks_exit_with_0(world, labs):
    labs("start", "1")
    world.solve()
    answer = labs("grade", "1")
    assert answer.code == 0
    assert "4 of 4 points" in answer.out


def test_broken_is_never_shown_as_failed(world, labs):
    labs("start", "2")
    (world.work() / "broken").touch()
    answer = labs("grade")
    assert answer.code == 3
    assert "not trustworthy" in answer.out
    assert "failed" not in answer.out.replace("The cluster or the grader failed", "")


def test_a_broken_grade_of_a_dead_sandbox_says_how_to_revive_it(world, labs):
    labs("start", "2")
    (world.work() / "broken").touch()
    world.provider.die("three-node-1")
    assert "`labs start 02-break` brings it back" in labs("grade").out


def test_json_keeps_the_contract(world, labs):
    labs("start", "1")
    document = labs("grade", "--json").document
    assert set(document) == {"lab", "points", "possible", "trustworthy", "seconds", "checks"}
    assert set(document["checks"][0]) == {"name", "sentence", "points", "outcome", "why", "see"}
    assert [check["outcome"] for check in document["checks"]] == ["failed", "skipped"]


def test_the_last_grade_is_kept(world, labs):
    labs("start", "1")
    world.solve()
    labs("grade")
    assert world.app.sessions.read("three-node-1").last["points"] == 4


def test_escapes_in_an_answer_reach_neither_terminal_nor_json(world, labs):
    labs("start", "1")
    (world.work() / "answer.txt").write_text("\x1b]0;owned\x07[bold]x[/bold]")
    assert "\x1b" not in labs("grade").out
    assert "[bold]x[/bold]" in labs("grade").out
    assert "\x1b" not in labs("grade", "--json").out


def test_nothing_started_says_what_to_type(labs):
    answer = labs("grade")
    assert answer.code == 3
    assert "`labs start LAB`" in answer.err


def test_watch_and_json_do_not_go_together(world, labs):
    labs("start", "1")
    assert labs("grade", "--watch", "--json").code == 2


def test_watch_ends_with_full_marks(world, labs):
    labs("start", "1")
    world.solve()
    answer = labs("grade", "--watch")
    assert answer.code == 0
    assert answer.out.count("4 of 4 points") == 1


def test_a_damaged_state_file_is_named_with_what_to_type(world, labs):
    labs("start", "1")
    world.app.sessions.path("three-node-1").write_text('{"lab": "01-pass", "phase"')
    answer = labs("grade")
    assert answer.code == 3
    assert "session.json is damaged" in answer.err
    assert "`labs stop three-node-1`" in answer.err
    assert labs("start", "1").code == 0  # in another sandbox: the damaged one is kept
    assert world.app.sessions.read("three-node-2").lab == "01-pass"
    assert labs("stop", "three-node-1").code == 0
    assert not world.app.sessions.path("three-node-1").parent.exists()


def test_a_session_of_the_wrong_kind_is_damaged_too(world, labs):
    labs("start", "1")
    path = world.app.sessions.path("three-node-1")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"vars": []}))
    assert "vars missing or of the wrong kind" in labs("grade").err
