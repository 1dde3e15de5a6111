"""A checks.py is loaded in its own name, and every mistake in one is named with its line."""

import sys
from pathlib import Path

import pytest

from grader import checks as loading
from grader.checks import load_checks
from grader.errors import ChecksError

GOOD = '''"""Lab."""
from __future__ import annotations
from dataclasses import dataclass
from grader import K8s, check

print("loading")

@dataclass
class Thing:
    name: str

@check(points=1)
def first(k8s: K8s) -> None:
    """The first
    thing holds.

    A second paragraph is for authors.
    """

@check(points=2, after=first, within=5)
def second(k8s: K8s) -> None:
    """Second."""
'''


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "checks.py"


def test_checks_come_in_order_with_their_sentences(file, capsys):
    file.write_text(GOOD)
    first, second = load_checks(file)
    assert (first.name, first.sentence, first.points, first.after, first.within) == (
        "first",
        "The first thing holds.",
        1,
        (),
        None,
    )
    assert (second.after, second.within) == (("first",), 5)
    assert capsys.readouterr().out == ""


def test_loading_leaves_nothing_behind(file):
    file.write_text(GOOD)
    path = list(sys.path)
    load_checks(file)
    assert sys.path == path
    assert "checks" not in sys.modules
    assert [each.name for each in file.parent.iterdir()] == ["checks.py"]


def test_two_labs_do_not_meet(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "checks.py").write_text(GOOD.replace("second", f"of_{name}"))
    a, b = load_checks(tmp_path / "a" / "checks.py"), load_checks(tmp_path / "b" / "checks.py")
    assert (a[1].name, b[1].name) == ("of_a", "of_b")


HEAD = "from grader import K8s, check\n"


@pytest.mark.parametrize(
    ("body", "line", "what"),
    [
        ("def broken(:\n", 2, "SyntaxError"),
        ("x = 1\nraise RuntimeError('boom')\n", 3, "RuntimeError: boom"),
        ("import sys\nsys.exit('bye')\n", 3, "SystemExit: bye"),
        ("import no_such_module\n", 2, "ModuleNotFoundError"),
        ("@check(points=1)\ndef a(k8s: K8s) -> None:\n    pass\n", 2, "no docstring"),
        ("@check(points=0)\ndef a(k8s: K8s) -> None:\n    '''A.'''\n", 2, "worth 0 points"),
        ("@check(points=True)\ndef a(k8s: K8s) -> None:\n    '''A.'''\n", 2, "worth True points"),
        ("@check(points=1, within=-1)\ndef a(k8s: K8s) -> None:\n    '''A.'''\n", 2, "within=-1"),
        ("@check(points=1)\ndef a(other: K8s) -> None:\n    '''A.'''\n", 2, "does not take k8s alone"),
        ("@check(points=1, after=print)\ndef a(k8s: K8s) -> None:\n    '''A.'''\n", 2, "TypeError"),
        ("@check(points=1, after=[print])\ndef a(k8s: K8s) -> None:\n    '''A.'''\n", 2, "comes after"),
        (2 * "@check(points=1)\ndef a(k8s: K8s) -> None:\n    '''A.'''\n", 5, "defined twice"),
        ("", None, "holds no checks"),
    ],
)
def test_mistakes_are_named_with_their_line(file, body, line, what):
    file.write_text(HEAD + body)
    with pytest.raises(ChecksError, match=what) as caught:
        load_checks(file)
    assert caught.value.what.startswith(f"{file}:{line}:" if line else str(file))


def test_a_file_that_never_ends_is_given_up(file, monkeypatch):
    monkeypatch.setattr(loading, "LOAD_SECONDS", 0.1)
    file.write_text("import time\ntime.sleep(2)\n")
    with pytest.raises(ChecksError, match="takes longer"):
        load_checks(file)


def test_a_missing_file(file):
    with pytest.raises(ChecksError, match="cannot be read"):
        load_checks(file)


def test_a_file_that_is_no_text(file):
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ChecksError, match=r"SyntaxError|ValueError"):
        load_checks(file)
