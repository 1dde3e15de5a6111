"""Ways begin where they must, and no clean start or base is made twice for nothing."""

import shutil

import pytest

from harness.certification.evidence import Evidence
from harness.certification.graded import SOLUTIONS, WRONG, Graded
from harness.certification.walk import Walk

BASED = "points: 1\nfails: [right]\nbase: {base}\nwhy: It spoils what was right.\n"
SPOIL = "echo {name} > answer.txt\n"


@pytest.fixture
def graded(make_own_world, mine):
    """A lab whose wrong ways are these, by name with their base or None; begun."""

    def make(mistakes, keeps=False):
        shutil.rmtree(mine / "wrong")
        for name, base in mistakes.items():
            way = mine / "wrong" / name
            way.mkdir(parents=True)
            (way / "10-spoil.sh").write_text(SPOIL.format(name=name))
            text = BASED.format(base=base)
            (way / "expect.yaml").write_text(text if base else text.replace("base: None\n", ""))
        world = make_own_world()
        world.provider.keeps = keeps
        walk = Walk(world.app, world.app.catalog.get("01-pass"), "fake")
        walk.begin(1)
        dumps = iter(range(99))
        made = Graded(walk, Evidence(None, "01-pass", dict), 1, lambda *_: {"at": next(dumps)})
        world.provider.calls.clear()
        made.resets = lambda: [call[0] for call in world.provider.calls if call[0] in ("reset", "restore")]
        return made

    return make


def test_the_first_solution_goes_on_from_a_start_that_is_still_clean(graded):
    graded = graded({"alone": None})
    assert list(graded.solutions(lambda *_: None)) == []
    assert graded.resets() == ["reset"]  # before the second
    assert graded.shown == {SOLUTIONS: 2}


@pytest.mark.parametrize("base", ["reference", "from-file"])
def test_a_wrong_way_goes_on_from_its_base_while_that_stands(graded, base):
    graded = graded({"later": base})
    assert list(graded.solutions(lambda *_: None)) == []
    assert graded.shown == {SOLUTIONS: 2, WRONG: 1}
    assert list(graded.wrong(lambda *_: None)) == []
    assert graded.resets() == ["reset"]


def test_a_second_one_has_its_base_gone_again_where_nothing_was_kept(graded):
    graded = graded({"one": "reference", "two": "reference"})
    assert list(graded.solutions(lambda *_: None)) == []
    assert list(graded.wrong(lambda *_: None)) == []
    assert graded.resets() == ["reset", "reset"]
    assert [way.name for way in graded.walk.gone] == ["reference", "two"]


def test_a_second_one_goes_on_from_what_was_kept(graded):
    graded = graded({"one": "reference", "two": "reference"}, keeps=True)
    assert list(graded.solutions(lambda *_: None)) == []
    assert list(graded.wrong(lambda *_: None)) == []
    assert graded.resets() == ["reset", "restore"]
    assert (graded.walk.started.sandbox.directory / "checkpoints" / "solutions" / "reference").is_dir()
    assert [way.name for way in graded.walk.gone] == ["reference", "two"]


@pytest.mark.parametrize(("keeps", "then"), [(True, ["restore", "restore"]), (False, ["reset", "reset"])])
def test_on_real_nodes_those_that_begin_at_the_start_share_one(graded, monkeypatch, keeps, then):
    graded = graded({"one": None, "two": None, "three": None}, keeps=keeps)
    monkeypatch.setattr(type(graded.walk), "pods_run", True)
    assert list(graded.solutions(lambda *_: None)) == []
    assert list(graded.wrong(lambda *_: None)) == []
    assert graded.resets() == ["reset", "reset", *then]
    assert [way.name for way in graded.walk.gone] == ["two"]


def unfinished(graded):
    """The reference gets two files; a wrong way stops after the first, and another one ends otherwise from there."""
    solution = graded.walk.lab.folder / "solutions" / "reference"
    solution.joinpath("20-right.sh.j2").write_text(solution.joinpath("10-write.sh.j2").read_text())
    solution.joinpath("10-write.sh.j2").unlink()
    solution.joinpath("10-touch.sh").write_text("touch answer.txt\n")
    graded.walk.lab.folder.joinpath("wrong", "stopped", "10-spoil.sh").unlink()


@pytest.mark.parametrize(("keeps", "then"), [(True, ["restore"]), (False, ["reset"])])
def test_a_wrong_way_that_stops_on_a_solution_is_judged_on_the_way(graded, keeps, then):
    graded = graded({"stopped": "reference/10-touch.sh", "other": "reference/10-touch.sh"}, keeps=keeps)
    unfinished(graded)
    assert list(graded.solutions(lambda *_: None)) == []
    assert graded.shown == {SOLUTIONS: 2, WRONG: 1}
    assert graded.resets() == ["reset"]  # before the second solution
    assert list(graded.wrong(lambda *_: None)) == []
    assert graded.resets() == ["reset", *then]
    assert [(way.name, way.last) for way in graded.walk.gone] == [("reference", "10-touch.sh"), ("other", None)]


def test_what_is_wrong_on_the_way_is_told_and_the_solution_goes_on(graded):
    graded = graded({"stopped": "reference/20-right.sh"})
    unfinished(graded)
    assert list(graded.solutions(lambda *_: None)) == []
    assert [each.sentence for each in graded.wrong(lambda *_: None)] == [
        "wrong/stopped gets 4 points and misses nothing; its file says 1 and right"
    ]


def test_what_is_wrong_with_a_way_that_was_gone_ahead_is_told_at_its_turn(graded):
    graded = graded({"later": "from-file"})
    folder = graded.walk.lab.folder / "wrong" / "later"
    (folder / "10-spoil.sh").write_text("echo nothing is spoilt\n")
    assert list(graded.solutions(lambda *_: None)) == []
    assert [each.sentence for each in graded.wrong(lambda *_: None)] == [
        "wrong/later gets 4 points and misses nothing; its file says 1 and right"
    ]
    (folder / "10-spoil.sh").write_text("exit 3\n")
    again = type(graded)(graded.walk, graded.evidence, 1, graded.take)
    assert list(again.solutions(lambda *_: None)) == []
    (problem,) = again.wrong(lambda *_: None)
    assert "wrong/later/10-spoil.sh" in problem.sentence


def test_objects_are_taken_about_the_first_solutions_grades(graded):
    graded = graded({"alone": None})
    assert list(graded.solutions(lambda *_: None)) == []
    assert graded.solved == ({"at": 0}, {"at": 1})


@pytest.mark.parametrize(("repeat", "grades"), [(0, 2), (1, 3), (2, 6)])
def test_without_a_wish_only_solutions_are_graded_again(graded, repeat, grades):
    graded = graded({"alone": None})
    graded.repeat = repeat
    assert list(graded.solutions(lambda *_: None)) == []
    assert list(graded.wrong(lambda *_: None)) == []
    assert (graded.counts.grades, graded.counts.same) == (grades, grades)
