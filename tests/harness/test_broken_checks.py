"""A broken checks.py is said to be broken, costs the candidate nothing, and harms nothing else."""

import shutil

import pytest

from harness.cli.running import run

HEAD = "from grader import K8s, check\n"
CHECK = '\n\n@check(points=2)\ndef judged(k8s: K8s) -> None:\n    """It holds."""\n'
FINE = '\n\n@check(points=1)\ndef other(k8s: K8s) -> None:\n    """The other thing holds."""\n    assert not "yet"\n'


@pytest.fixture
def lab(make_world, mini_labs, tmp_path, capsys, monkeypatch):
    """A lab with this checks.py, and the `labs` command beside a lab that is in order."""
    monkeypatch.delenv("LABS_SANDBOX", raising=False)
    monkeypatch.setattr("grader.checks.LOAD_SECONDS", 0.3)
    monkeypatch.setattr("grader.judging.CHECK_SECONDS", 0.5)
    root = tmp_path / "mine"
    shutil.copytree(mini_labs / "02-break", root / "42-mine")

    def make(text):
        (root / "42-mine" / "checks.py").write_text(text)
        world = make_world(root)

        def labs(*words):
            capsys.readouterr()
            code = run(words, world.app)
            captured = capsys.readouterr()
            return int(code), captured.out + captured.err

        labs.work = world.app.sessions.folder / "three-node-1" / "work"
        return labs

    return make


UNLOADABLE = {
    "syntax": ("def broken(:\n", "SyntaxError"),
    "raises": ("raise RuntimeError('boom')\n", "RuntimeError: boom"),
    "sys.exit": ("import sys\nsys.exit(0)\n", "SystemExit"),
    "os._exit": ("import os\nos._exit(0)\n", "os._exit was called"),
    "endless": (
        "import time\nuntil = time.monotonic() + 3\nwhile time.monotonic() < until:\n    pass\n",
        "takes longer",
    ),
    "nothing": ("", "holds no checks"),
    "binary": ("\0", "null bytes"),
}


@pytest.mark.parametrize("text", UNLOADABLE.values(), ids=UNLOADABLE)
def test_a_file_that_cannot_be_loaded_is_named_and_other_labs_go_on(lab, text):
    labs = lab(text[0])
    for words in (("start", "42"), ("lint", "42")):
        code, said = labs(*words)
        assert code == (1 if words[0] == "lint" else 3)
        assert text[1] in said
        assert "checks.py" in said
    assert labs("start", "1")[0] == 0
    assert labs("grade", "1")[0] == 1


BROKEN = {
    "raises": ("raise RuntimeError('boom')", "RuntimeError in checks.py"),
    "sys.exit": ("import sys; sys.exit(0)", "SystemExit in checks.py"),
    "os._exit": ("import os; os._exit(0)", "SystemExit in checks.py"),
    "endless": ("import time; time.sleep(3)", "no answer within 0.5 s"),
    "busy": ("import time; until = time.monotonic() + 3\n    while time.monotonic() < until: pass", "no answer within"),
    "prints": ("print('{}'); raise RuntimeError('x')", "RuntimeError"),
    "writes": ("import sys; sys.stdout.write('noise'); raise ValueError", "ValueError"),
}


@pytest.mark.parametrize(("body", "why"), BROKEN.values(), ids=BROKEN)
def test_a_check_that_breaks_makes_the_grade_untrustworthy_and_the_others_are_judged(lab, body, why):
    body = f'    assert (k8s.work / "go").exists(), "not yet"\n    {body}\n'
    labs = lab(HEAD + CHECK + body + FINE)
    assert labs("start", "42")[0] == 0
    (labs.work / "go").touch()
    code, said = labs("grade", "42")
    assert code == 3
    assert f"broken     ?/2  It holds.\n                  {why}" in said
    assert "failed     0/1  The other thing holds." in said
    assert "not trustworthy" in said
    assert "noise" not in said
    (labs.work / "go").unlink()
    assert labs("grade", "42")[0] == 1
