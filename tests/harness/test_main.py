"""The command as a process: how quick it is, what it imports, how it ends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("kubernetes", "pydantic", "rich", "jinja2", "testinfra", "yaml", "psutil", "setup.providers", "grader")


def run(*words, cwd=ROOT, env=None, **options):
    command = [sys.executable, "-m", "harness", *words]
    path = {"PYTHONPATH": str(ROOT)} if cwd != ROOT else {}
    return subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | path | (env or {}),
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        **options,
    )


@pytest.mark.parametrize("words", ["['--help']", "['list', '--help']", "['grade', '--help']", "['start', '--help']"])
def test_help_imports_nothing_heavy(words):
    script = (
        f"import sys; from harness.cli.running import run; run({words});"
        f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.stderr == "[]\n"


def test_a_foreign_setup_py_is_not_ours(tmp_path):
    (tmp_path / "setup.py").write_text("raise SystemExit('foreign')\n")
    done = run("list", "--json", cwd=tmp_path, env={"XDG_STATE_HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr


def test_a_closed_pipe_is_quiet(tmp_path):
    script = f"{sys.executable} -m harness list --json | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.stderr == ""
    assert done.returncode in (0, 141)


def test_a_state_folder_without_rights_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    done = run("start", "7", env={"XDG_STATE_HOME": str(tmp_path / "file"), "PATH": "/nonexistent"})
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_one_sentence(tmp_path):
    from harness.store import mendable

    with pytest.raises(OSError, match="No space left") as caught, Path("/dev/full").open("w", buffering=1) as full:
        full.write("x\n")
    told = mendable(caught.value)
    assert told.code == 3
    assert "Free some disk room" in told.fix


def test_output_on_a_terminal_without_utf8_is_no_failure(tmp_path):
    done = run("task", "9", env={"PYTHONIOENCODING": "ascii", "XDG_STATE_HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr
