"""A lab's certification step by step, on a cluster that is a fake."""

import pytest

from harness.certification.jobs import Job, Order
from harness.certification.proving import Proof
from harness.certification.walk import Walk

WEB = "/api/v1/pods/shop/web"
WHOLE = ("01-pass", "fake", "three-node")
STEPS = ["lint", "start", "solutions", "reset", "wrong ways", "mutants", "bystanders", "time", "other values"]


@pytest.fixture
def prove(make_own_world, mine):
    """Prove a copy of the lab that has everything, after it was changed."""
    told = []

    def run(change=lambda folder: None, world_is=lambda world: None, repeat=1, report=None, objects=dict, job=WHOLE):
        change(mine)
        world = make_own_world()
        world_is(world)
        order = Order(world.app.catalog.roots, world.app.state, world.app.cache, repeat, True, report)
        walk = Walk(world.app, world.app.catalog.get("01-pass"), "fake")
        proof = Proof(walk, Job(*job), order, lambda *said: told.append(said[1:]), take=lambda *_: objects())
        found = proof.certificate()
        assert world.app.sessions.all() == ()
        return found

    run.told = told
    return run


def sentences(found):
    return {step.name: [each.sentence for each in step.problems] for step in found.steps if step.problems}


def test_a_lab_in_order_is_certified(prove):
    found = prove(repeat=3)
    assert (sentences(found), found.ok, found.points) == ({}, True, 4)
    assert [step.name for step in found.steps] == STEPS
    assert (found.counts.mutants, found.counts.caught, found.counts.score) == (1, 1, 1.0)
    assert found.counts.grades == found.counts.same == 3 * 6
    assert ("solutions", 1, 2) in prove.told


def test_without_checkpoints_all_the_same_is_shown(prove):
    def no_checkpoints(world):
        world.provider.keeps = False

    found = prove(world_is=no_checkpoints)
    assert (found.ok, found.counts.mutants, found.counts.caught) == (True, 1, 1)


def test_a_restored_state_that_differs_is_found_by_going_the_unmutated_way_once_more(prove):
    def spoil(world):
        def before(what):
            kept = world.work().parent / "checkpoints" / "before" / "0"
            if what == "restore" and kept.exists():
                (kept / "answer.txt").mkdir(exist_ok=True)

        world.provider.before = before

    found = prove(world_is=spoil)
    assert "the unmutated reference gets" in str(sentences(found))


def test_what_lint_finds_ends_it(prove):
    found = prove(lambda lab: (lab / "notes.txt").write_text("x"))
    assert [step.name for step in found.steps] == ["lint"]
    assert (found.ok, found.points) == (False, 0)


def test_a_solution_that_loses_points_shows_the_check_with_expected_and_found(prove, tmp_path):
    def change(lab):
        (lab / "solutions" / "from-file" / "answer.txt.j2").write_text("wrong")

    found = prove(change, report=tmp_path / "report", objects=lambda: {WEB: {"metadata": {"name": "web"}}})
    problem = next(step for step in found.steps if step.name == "solutions").problems[0]
    assert problem.sentence == "solutions/from-file gets 1 of 4 points"
    assert [(each.check, each.expected, each.outcome) for each in problem.findings] == [("right", "passed", "failed")]
    assert problem.findings[0].why.endswith("found wrong")
    assert problem.objects == "01-pass/solutions/from-file"
    assert (tmp_path / "report" / problem.objects / "shop.yaml").is_file()


def test_a_wrong_way_must_lose_exactly_what_its_file_says(prove):
    def change(lab):
        (lab / "wrong" / "empty" / "expect.yaml").write_text("points: 0\nfails: [written, right]\nwhy: It is empty.\n")

    found = prove(change)
    assert sentences(found) == {
        "wrong ways": ["wrong/empty gets 1 points and misses right; its file says 0 and written, right"]
    }


def test_a_mutant_that_lives_must_be_listed_with_a_reason(prove):
    def change(lab):
        file = lab / "solutions" / "reference" / "10-write.sh.j2"
        file.write_text(file.read_text() + "\ntrue\n")

    name = "10-write.sh command 2 left out: true"
    said = f"a mutant gets full marks and mutants.yaml does not say why: {name}"
    assert sentences(prove(change)) == {"mutants": [said]}


def test_a_listed_mutant_is_equally_right(prove):
    def change(lab):
        file = lab / "solutions" / "reference" / "10-write.sh.j2"
        file.write_text(file.read_text() + "\ntrue\n")
        (lab / "mutants.yaml").write_text('"10-write.sh command 2 left out: true": It does nothing.\n')

    found = prove(change)
    assert (found.ok, found.counts.mutants, found.counts.equal, found.counts.score) == (True, 2, 1, 1.0)


def test_a_listed_mutant_that_loses_points_is_a_lie(prove):
    def change(lab):
        name = '10-write.sh command 1 left out: printf %s "…" > answer.txt'
        (lab / "mutants.yaml").write_text(f"'{name}': Nobody looks.\n")

    assert list(sentences(prove(change))) == ["mutants"]


def test_a_grade_that_changes_by_itself_is_found(prove):
    def change(lab):
        text = (lab / "checks.py").read_text()
        at = text.index('    assert (k8s.work / "answer.txt").is_file()')
        flaky = '    again = k8s.work / "again"\n    assert not again.exists(), "this time not"\n'
        flaky += '    if (k8s.work / "answer.txt").is_file():\n        again.touch()\n'
        (lab / "checks.py").write_text(text[:at] + flaky + text[at:])

    found = prove(change)
    problem = next(step for step in found.steps if step.name == "solutions").problems[0]
    assert problem.sentence == "solutions/from-file is graded differently the next time"
    assert ("written", "passed", "failed") in [(each.check, each.expected, each.outcome) for each in problem.findings]
    assert found.counts.stability < 1


def test_a_lab_that_replaces_its_cluster_is_spared_what_would_take_a_cluster_each(prove):
    def change(lab):
        spec = lab / "lab.yaml"
        spec.write_text(spec.read_text() + "replaces: true\nclaims: [cluster]\n")

    found = prove(change)
    assert found.ok
    assert [step.name for step in found.steps] == [name for name in STEPS if name not in ("mutants", "other values")]


def test_another_share_judges_its_mutants_and_no_more(prove):
    found = prove(job=("01-pass", "fake", "three-node", 1, 2))
    assert [step.name for step in found.steps] == ["mutants"]
    assert found.ok


def test_a_share_that_cannot_be_read_says_so(prove):
    found = prove(lambda lab: (lab / "notes.txt").write_text("x"), job=("01-pass", "fake", "three-node", 1, 2))
    assert list(sentences(found)) == ["lint"]
    assert not found.ok


def test_nothing_is_written_into_the_labs_folder(prove, mine):
    before = {path for path in mine.rglob("*") if "__pycache__" not in path.parts}
    assert prove().ok
    assert {path for path in mine.rglob("*") if "__pycache__" not in path.parts} == before


def test_checks_that_change_the_cluster_are_found(prove):
    made = []

    def objects():
        made.append(f"/api/v1/configmaps/shop/made-{len(made)}")
        return {key: {} for key in made}

    found = prove(objects=objects)
    assert list(sentences(found)) == ["bystanders"]
    assert sentences(found)["bystanders"][0].startswith("the grade changed api/v1/configmaps/shop/made-")
