"""No check ends the grader."""

import os
import threading

import pytest

from grader.checks import load_checks
from grader.errors import ChecksError
from grader.exits import guard
from grader.judging import judge
from grader.outcomes import Outcome

CHECKS = """
import os
from os import _exit
from grader import K8s, check

@check(points=1)
def first(k8s: K8s) -> None:
    '''First.'''
    {call}

@check(points=1)
def second(k8s: K8s) -> None:
    '''Second.'''
"""


@pytest.mark.parametrize("call", ["os._exit(0)", "_exit(0)", "os.abort()", "raise SystemExit(0)", "exit()"])
def test_a_check_that_leaves_is_broken_and_the_others_are_judged(k8s, tmp_path, call):
    file = tmp_path / "checks.py"
    file.write_text(CHECKS.format(call=call))
    grade = judge("lab", load_checks(file), k8s)
    assert [verdict.outcome for verdict in grade.verdicts] == [Outcome.BROKEN, Outcome.PASSED]
    assert "SystemExit in checks.py:9" in grade.verdicts[0].why


def test_a_file_that_leaves_while_it_is_loaded_is_named(tmp_path):
    file = tmp_path / "checks.py"
    file.write_text("import os\nos._exit(0)\n")
    with pytest.raises(ChecksError, match=r"checks\.py:2: SystemExit: os\._exit was called"):
        load_checks(file)


def test_everybody_else_may_leave(monkeypatch):
    left = []
    monkeypatch.setattr(os, "_exit", left.append)
    guard()
    guard()
    thread = threading.Thread(target=lambda: os._exit(3))
    thread.start()
    thread.join()
    assert left == [3]
