"""A start is confirmed by a grade that can be trusted, for which a busy machine is given time."""

from types import SimpleNamespace

import pytest

from grader.outcomes import Grade, Outcome, Verdict
from harness import confirming


def grade(outcome, seconds):
    return Grade.of("01-pass", (Verdict("right", "It is right.", 3, outcome, "a reason"),), seconds)


@pytest.fixture
def confirm(monkeypatch):
    """Confirms with these grades, one after the other; what is said, and how many were asked for."""

    def confirm(*grades):
        asked = iter(grades)
        now = [0.0]
        monkeypatch.setattr(confirming, "time", SimpleNamespace(monotonic=lambda: now[0]))

        def judge(_):
            found = next(asked)
            now[0] += found.seconds
            return found

        said = confirming.untouched_problem(SimpleNamespace(slug="01-pass", checks=()), judge)
        return said and said.what, len(grades) - len(list(asked))

    return confirm


BROKEN = "the start of 01-pass cannot be confirmed: right could not be judged: a reason"


def test_what_fails_is_as_it_should_be(confirm):
    assert confirm(grade(Outcome.FAILED, 1)) == (None, 1)


def test_what_passes_is_no_start(confirm):
    assert "passes before any work is done" in confirm(grade(Outcome.PASSED, 1))[0]


@pytest.mark.parametrize(("seconds", "asked"), [(1, 2), (20, 6)])
def test_what_is_broken_at_once_is_asked_twice_and_what_waited_for_somebody_for_two_minutes(confirm, seconds, asked):
    assert confirm(*[grade(Outcome.BROKEN, seconds)] * 9) == (BROKEN, asked)


def test_a_machine_that_was_busy_is_forgiven(confirm):
    assert confirm(*[grade(Outcome.BROKEN, 20)] * 4, grade(Outcome.FAILED, 2)) == (None, 5)
