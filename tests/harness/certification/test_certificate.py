"""Certificates: what counts as shown, and shares put together."""

from harness.certification.certificate import Certificate, Counts, Problem, Step, merge


def test_one_problem_is_enough():
    fine, wrong = Step("start", 1.0, 3), Step("reset", 2.0, 1, (Problem("no"),))
    assert Certificate("07-a", "embedded", steps=(fine,)).ok
    found = Certificate("07-a", "embedded", steps=(fine, wrong))
    assert (found.ok, found.seconds) == (False, 3.0)


def test_what_cannot_run_is_not_shown():
    assert not Certificate("07-a", "kind", obstacle="no Docker").ok


def test_scores_leave_out_what_is_equally_right():
    assert Counts(mutants=10, caught=8, equal=2).score == 1.0
    assert Counts(mutants=10, caught=7, equal=2).score == 7 / 8
    assert Counts().score is None
    assert Counts(grades=20, same=19).stability == 0.95


def test_shares_become_one_certificate_with_the_first_ones_figures():
    first = Certificate(
        "07-a", "embedded", 5, (Step("lint", 1.0, 2), Step("mutants", 2.0, 4), Step("reset", 1.0, 1)),
        Counts(4, 4, 0, 2, 2), start=3.0, memory=7,
    )  # fmt: skip
    second = Certificate("07-a", "embedded", 5, (Step("mutants", 3.0, 5, (Problem("one lives"),)),), Counts(5, 4))
    found = merge([first, second])
    assert [(step.name, step.seconds, step.shown) for step in found.steps] == [
        ("lint", 1.0, 2), ("mutants", 5.0, 9), ("reset", 1.0, 1),
    ]  # fmt: skip
    assert (found.counts, found.start, found.memory, found.ok) == (Counts(9, 8, 0, 2, 2), 3.0, 7, False)
