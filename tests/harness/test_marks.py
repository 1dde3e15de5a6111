"""Every demand of a task is tied to a check and every check to a demand."""

from harness.marks import demands, mark_problems
from harness.rendering import render

TASK = """Some situation.

1. Make it so. {# judged by: made #}
2. And so,
   at once. {# judged by: made, quick #}

You are judged.
"""


def test_demands_and_their_checks():
    assert demands(TASK) == {"1": ("made",), "2": ("made", "quick")}


def test_a_task_that_is_tied_has_no_problem():
    assert list(mark_problems(TASK, ["made", "quick"])) == []


def test_whatever_is_loose_is_named():
    loose = TASK.replace(" {# judged by: made #}", "")
    assert list(mark_problems(loose, ["made", "other"])) == [
        "demand 1 is judged by no check: end it with {# judged by: NAME #}",
        "demand 2 names 'quick', which is not a check",
        "the check other judges no demand: mark the one it belongs to",
    ]


def test_a_task_without_numbers_is_a_problem():
    assert "numbers no demands" in next(mark_problems("Do something.", []))


def test_the_candidate_sees_no_mark():
    assert "judged by:" not in render(TASK, {}, "task.md")
