"""Which checks of a grade ended as they must not."""

from grader.outcomes import Grade, Outcome, Verdict
from harness.certification.findings import NOT_PASSED, differing, missed, unlike


def grade(**outcomes: str) -> Grade:
    return Grade.of("07-a", tuple(Verdict(n, n, 1, Outcome(o), f"why {n}", "see") for n, o in outcomes.items()), 0.1)


def test_a_solution_shows_every_check_that_did_not_pass():
    found = differing(grade(one="passed", two="failed", three="skipped"), ())
    assert [(each.check, each.expected, each.outcome, each.why) for each in found] == [
        ("two", "passed", "failed", "why two"),
        ("three", "passed", "skipped", "why three"),
    ]


def test_a_wrong_way_shows_where_it_differs_from_its_file():
    found = differing(grade(one="passed", two="failed", three="failed"), {"one", "two"})
    assert [(each.check, each.expected) for each in found] == [("one", NOT_PASSED), ("three", "passed")]


def test_broken_is_never_as_it_must_be():
    assert [each.check for each in differing(grade(one="broken"), {"one"})] == ["one"]


def test_two_grades_of_the_same_work():
    found = unlike(grade(one="passed", two="failed"), grade(one="broken", two="failed"))
    assert [(each.check, each.expected, each.outcome) for each in found] == [("one", "passed", "broken")]


def test_missed_are_all_that_did_not_pass():
    assert missed(grade(one="passed", two="skipped", three="broken")) == ["two", "three"]
