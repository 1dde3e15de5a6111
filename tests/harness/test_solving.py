import pytest

from harness.solving import apply_way
from harness.starting import start
from harness.ways import Way, stages
from setup.errors import LabsError


@pytest.fixture
def started(world):
    return start(world.app, world.app.catalog.get("01-pass"), None, 1, lambda _: False)


def points(world, started):
    from harness.grading import grade

    return grade(world.app, started.lab, started.session).grade.points


@pytest.mark.parametrize("way", ["solutions/reference", "solutions/from-file"])
def test_every_solution_scores_full_marks(world, started, way):
    apply_way(started.sandbox, started.lab, Way(started.lab.folder / way), started.session.vars)
    assert points(world, started) == 4


@pytest.mark.parametrize("way", ["empty", "other-code", "spaces"])
def test_every_wrong_way_scores_what_it_says(world, started, way):
    mistaken = Way(started.lab.folder / "wrong" / way)
    for each in stages(started.lab.folder, mistaken):
        apply_way(started.sandbox, started.lab, each, started.session.vars)
    assert points(world, started) == mistaken.expectation().points


def test_only_the_part_that_is_asked_for_is_done(started, way):
    for number in range(4):
        (way / f"{number}-a.sh").write_text(f'[ -f "$SOLUTION/3-a.sh" ] && echo {number} >> done\n')
    apply_way(started.sandbox, started.lab, Way(way), started.session.vars, part=slice(1, 3))
    assert (started.sandbox.work / "done").read_text() == "1\n2\n"


@pytest.fixture
def way(tmp_path):
    folder = tmp_path / "solutions" / "mine"
    folder.mkdir(parents=True)
    return folder


def test_manifests_go_through_the_sandboxs_kubectl(started, way):
    (way / "10-a.yaml.j2").write_text("kind: {{ code }}\n")
    apply_way(started.sandbox, started.lab, Way(way), started.session.vars)
    assert (started.sandbox.directory / "applied.yaml").read_text() == f"kind: {started.session.vars['code']}\n"
    assert "kubectl apply -f" in (started.sandbox.directory / "kubectl.log").read_text()


def test_a_script_has_the_candidates_login_folder_and_kubectl(started, way):
    (way / "10-a.sh").write_text('[ "$PWD" = "$(dirname "$KUBECONFIG")/work" ] && kubectl get pods && echo ok > done\n')
    apply_way(started.sandbox, started.lab, Way(way), started.session.vars)
    assert (started.sandbox.work / "done").exists()
    assert "kubectl get pods" in (started.sandbox.directory / "kubectl.log").read_text()


@pytest.mark.parametrize("script", ["false\ntrue\n", "false | true\n", "echo $nobody\n", "echo why; exit 4\n"])
def test_a_script_that_fails_is_named_with_its_output(started, way, script):
    (way / "10-a.sh").write_text(script)
    with pytest.raises(LabsError, match=r"01-pass/solutions/mine/10-a.sh ended with exit code") as caught:
        apply_way(started.sandbox, started.lab, Way(way), started.session.vars)
    if "why" in script:
        assert "why" in caught.value.what


def test_a_script_without_end_is_ended_with_all_that_it_started(started, way, monkeypatch, tmp_path):
    monkeypatch.setattr("harness.solving.DEADLINE", 0.3)
    (way / "10-a.sh").write_text(f"(sleep 2; touch {tmp_path}/late) & sleep 60\n")
    with pytest.raises(LabsError, match="did not end within"):
        apply_way(started.sandbox, started.lab, Way(way), started.session.vars)
