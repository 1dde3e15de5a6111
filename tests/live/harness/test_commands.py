"""The commands against real sandboxes, as a user types them, killed at any moment, and in a second terminal."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.live

MOMENTS = (0.1, 0.3, 0.6, 0.9)  # seconds into a command


def kill(user, number: signal.Signals, after: float, *words: str) -> int:
    """Begin a command and send it a signal at that moment; returns how it ended."""
    with user.spawn(*words) as process:
        time.sleep(after)
        os.killpg(process.pid, number)
        process.communicate(timeout=60)
    return process.returncode


def solve(user) -> None:
    user.labs("solution", "--apply", "--yes")


def test_a_whole_session(user):
    started = user.json("start", "07-rbac", "--seed", "3")
    assert (started["lab"], started["provider"]) == ("07-rbac", "embedded")
    assert user.json("grade", code=1)["points"] == 0
    assert "hint" in user.labs("hint").lower()
    solve(user)
    grade = user.json("grade")
    assert grade["points"] == grade["possible"] > 0
    assert list(grade["checks"][0]) == ["name", "sentence", "points", "outcome", "why", "see"]
    user.labs("reset")
    assert user.json("grade", code=1)["points"] == 0
    assert user.json("status")["sandboxes"][0]["lab"] == "07-rbac"


def test_the_users_own_kubeconfig_stays_as_it_is(user):
    kubeconfig = user.state.parent / "home" / ".kube" / "config"
    kubeconfig.parent.mkdir()
    kubeconfig.write_text("mine: true\n")
    user.labs("start", "09")
    solve(user)
    user.labs("grade")
    assert kubeconfig.read_text() == "mine: true\n"
    assert list(kubeconfig.parent.iterdir()) == [kubeconfig]


def test_labs_env_points_kubectl_at_the_lab(user):
    user.labs("start", "07", "--seed", "3")
    script = 'eval "$(labs env)"; kubectl config current-context; kubectl auth whoami -o name; command -v kubectl'
    path = f"{Path(user.command()[0]).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script], env={**user.environment, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("kubernetes-admin@kubernetes\n"), done.stderr
    assert "/tools/shell/" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_grade_a_reset_and_a_stop_may_be_interrupted_at_any_moment(user, number):
    user.labs("start", "07", "--seed", "3")
    for after in MOMENTS:
        solve(user)
        kill(user, number, after, "grade")
        assert user.json("grade")["points"] == user.json("grade")["possible"]
        kill(user, number, after, "reset")
        user.labs("reset")
        assert user.json("grade", code=1)["points"] == 0
    for after in MOMENTS:
        kill(user, number, after, "stop")
        user.labs("start", "07", "--seed", "3")
        assert user.json("grade", code=1)["points"] == 0


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("after", [0.2, 0.5, 1.0, 2.0, 3.0])
def test_a_start_may_be_interrupted_at_any_moment(user, number, after):
    code = kill(user, number, after, "start", "07", "--seed", "3")
    assert code in (0, 130 if number == signal.SIGINT else -signal.SIGKILL)
    user.labs("start", "07", "--seed", "3")
    assert user.json("grade", code=1)["points"] == 0
    assert len(user.json("status")["sandboxes"]) == 1


def test_a_second_terminal_gets_a_sandbox_of_its_own(user):
    with user.spawn("start", "07", "--keep") as first, user.spawn("start", "22", "--keep") as second:
        for process in (first, second):
            out, err = process.communicate(timeout=120)
            assert process.returncode == 0, (out, err)
    assert {each["lab"] for each in user.json("status")["sandboxes"]} == {"07-rbac", "22-limits"}
    solve(user)
    assert {user.json("grade", lab, code=code)["lab"] for lab, code in zip(("07", "22"), codes(user), strict=True)} == {
        "07-rbac",
        "22-limits",
    }


def codes(user) -> tuple[int, int]:
    """One of the two labs is solved: the one that a command without LAB means."""
    return (0, 1) if user.json("task")["lab"] == "07-rbac" else (1, 0)


def test_a_damaged_state_file_is_one_sentence_and_stop_removes_it(user):
    user.labs("start", "07")
    session = next(user.state.glob("*/sandboxes/*/session.json"))
    session.write_text('{"half')
    said = user.labs("grade", code=3)
    assert "is damaged" in said
    assert "labs stop three-node-1" in said
    user.labs("stop", "three-node-1")
    user.labs("start", "07")


def test_a_manifest_that_the_api_refuses_is_named(user, tmp_path):
    lab = tmp_path / "mine" / "70-broken-start"
    user.labs("new", "70-broken-start", "--help")
    lab.parent.mkdir()
    copy_lab("07-rbac", lab)
    (lab / "start" / "99-refused.yaml").write_text(
        yaml.safe_dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "Not_A_Name"}})
    )
    os.environ["LABS_PATH"] = str(lab.parent)
    try:
        said = user.labs("start", "70-broken-start", code=3)
    finally:
        del os.environ["LABS_PATH"]
    assert "99-refused.yaml" in said
    assert "Not_A_Name" in said
    assert user.json("start", "07")["lab"] == "07-rbac"


def copy_lab(slug, target) -> None:
    import shutil

    from harness.paths import content

    shutil.copytree(content("labs") / slug, target)


def test_a_dead_sandbox_is_brought_back_with_its_work(user):
    user.labs("start", "07", "--seed", "3")
    solve(user)
    for each in user.processes():
        each.kill()
    assert user.json("grade", code=3)["trustworthy"] is False
    user.labs("start", "07")
    assert user.json("grade")["trustworthy"] is True
