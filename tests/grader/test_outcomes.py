"""A grade adds up its verdicts."""

from grader.outcomes import Grade, Outcome, Verdict


def verdicts(*outcomes: Outcome) -> tuple[Verdict, ...]:
    return tuple(Verdict(str(at), "A sentence.", 2, outcome) for at, outcome in enumerate(outcomes))


def test_only_what_passed_counts():
    grade = Grade.of("07-rbac", verdicts(Outcome.PASSED, Outcome.FAILED, Outcome.SKIPPED), 0.12345)
    assert (grade.points, grade.possible, grade.trustworthy, grade.seconds) == (2, 6, True, 0.123)


def test_one_broken_check_makes_the_grade_untrustworthy():
    assert not Grade.of("07-rbac", verdicts(Outcome.PASSED, Outcome.BROKEN), 1).trustworthy
