"""`labs certify` on real control planes, with labs of somebody's own (LABS_PATH)."""

import json
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.live

MINE = Path(__file__).parents[2] / "labs"
PATIENCE = 400  # seconds for a command, on a machine that is busy


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder of labs of one's own, on LABS_PATH, with the lab that has everything."""
    root = tmp_path / "my-labs"
    shutil.copytree(MINE / "01-pass", root / "91-mine")
    shutil.copy(MINE / "curriculum.yaml", root)
    monkeypatch.setenv("LABS_PATH", str(root))
    return root


def certify(user, *words: str) -> tuple[int, str, str]:
    with user.spawn("certify", *words) as process:
        out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


def test_ones_own_lab_is_certified_with_a_report(user, folder, tmp_path):
    report = tmp_path / "report"
    code, out, err = certify(user, "91", "--repeat", "3", "--report", str(report), "--json")
    assert code == 0, (out, err)
    lab = json.loads(out)["labs"][0]
    assert (lab["slug"], lab["provider"], lab["ok"], lab["points"]) == ("91-mine", "embedded", True, 4)
    assert (lab["score"], lab["stability"], lab["grades"]) == (1.0, 1.0, 18)
    assert {path.name for path in report.iterdir()} == {"index.html", "junit.xml", "certify.json"}
    assert "91-mine on embedded: mutants" in err
    assert user.processes() == []
    assert user.files() == []


def test_what_is_wrong_is_shown_with_the_clusters_objects(user, folder, tmp_path):
    (folder / "91-mine" / "solutions" / "from-file" / "answer.txt.j2").write_text("wrong")
    report = tmp_path / "report"
    code, out, _ = certify(user, "91", "--no-mutants", "--report", str(report))
    assert code == 1
    assert "91-mine, solutions: solutions/from-file gets 1 of 4 points" in out
    assert "right: expected passed, found failed" in out
    kept = report / "91-mine" / "solutions" / "from-file"
    assert "kind" not in (kept / "shop.yaml").read_text().splitlines()[0]
    assert "v1/namespaces" in (kept / "cluster.yaml").read_text()


DEADLY = """
import os
from grader import K8s, check

@check(points=4)
def written(k8s: K8s) -> None:
    '''It is written.'''
    os.kill(os.getpid(), 9)
"""


def test_a_lab_that_kills_its_judge_costs_no_other_lab(user, folder):
    shutil.copytree(folder / "91-mine", folder / "92-deadly")
    task = folder / "92-deadly" / "task.md"
    task.write_text(task.read_text().replace("written, right", "written"))
    (folder / "92-deadly" / "checks.py").write_text(DEADLY)
    for way in (folder / "92-deadly" / "wrong").iterdir():
        (way / "expect.yaml").write_text("points: 0\nfails: [written]\nwhy: It is not.\n")
    code, out, _ = certify(user, "91", "92", "--no-mutants", "--jobs", "1", "--json")
    mine, deadly = json.loads(out)["labs"]
    assert (code, mine["ok"], deadly["ok"]) == (1, True, False)
    assert "ended with exit code -9" in deadly["steps"][0]["problems"][0]["sentence"]
    assert user.processes() == []


def test_a_lab_that_cannot_run_is_said(user, folder):
    spec = folder / "91-mine" / "lab.yaml"
    spec.write_text(spec.read_text().replace("needs: [api]", "needs: [api, pods]"))
    code, out, _ = certify(user, "91", "--provider", "embedded")
    assert code == 3
    assert "91-mine cannot run here: embedded: it has no pods" in out


@pytest.mark.parametrize("seconds", [1.0, 4.0, 8.0])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_leaves_nothing(user, folder, seconds, number, code):
    with user.spawn("certify", "91", "--repeat", "200") as process:
        time.sleep(seconds)
        (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)  # Ctrl-C goes to all, `timeout` to one
        process.communicate(timeout=PATIENCE)
    assert process.returncode == code
    assert user.processes() == []
    assert user.files() == []


def test_what_a_killed_run_left_is_removed_by_the_next(user, folder):
    with user.spawn("certify", "91", "--repeat", "200") as process:
        time.sleep(8)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=PATIENCE)
    assert certify(user, "91", "--no-mutants")[0] == 0
    assert user.processes() == []
    assert user.files() == []
