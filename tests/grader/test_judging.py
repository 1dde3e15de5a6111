"""Judging gives every check its verdict, in time, whatever it does."""

import threading
import time
from collections.abc import Callable

import pytest

from grader import judging
from grader.checks import Check, load_checks
from grader.errors import Broken, Miss, NoAnswer, Refused
from grader.judging import judge
from grader.k8s import K8s
from grader.outcomes import Grade, Outcome

PASSED, FAILED, SKIPPED, BROKEN = Outcome.PASSED, Outcome.FAILED, Outcome.SKIPPED, Outcome.BROKEN


def made(
    function: Callable[[K8s], object], *, name: str = "", after: tuple[str, ...] = (), within: float | None = None
) -> Check:
    return Check(name or function.__name__, "A sentence.", 2, after, within, function)


def good(k8s: K8s) -> None:
    """Holds."""


def missed(k8s: K8s) -> None:
    raise Miss("found 2", "kubectl get pods")


def lost(k8s: K8s) -> None:
    raise NoAnswer("connection refused")


def outcomes(grade: Grade) -> list[Outcome]:
    return [verdict.outcome for verdict in grade.verdicts]


def test_a_grade_of_all_outcomes(k8s):
    grade = judge(
        "lab",
        [made(good), made(missed), made(good, name="third", after=("missed",)), made(lost)],
        k8s,
    )
    assert outcomes(grade) == [PASSED, FAILED, SKIPPED, BROKEN]
    assert (grade.lab, grade.points, grade.possible, grade.trustworthy) == ("lab", 2, 8, False)
    assert [(verdict.why, verdict.see) for verdict in grade.verdicts] == [
        ("", ""),
        ("found 2", "kubectl get pods"),
        ("waits for missed", ""),
        ("connection refused", ""),
    ]


def test_what_waits_for_a_broken_check_is_broken_too(k8s):
    grade = judge("lab", [made(lost), made(good, after=("lost",)), made(good, name="c", after=("good",))], k8s)
    assert outcomes(grade) == [BROKEN, BROKEN, BROKEN]


def test_a_miss_decides_over_a_broken_one(k8s):
    grade = judge("lab", [made(lost), made(missed), made(good, after=("lost", "missed"))], k8s)
    assert outcomes(grade)[2] is SKIPPED


def assert_with_words(k8s: K8s) -> None:
    raise AssertionError("\x1b[31mthree\x1b[0m are needed")


def from_a_library(k8s: K8s) -> None:
    threading.Thread(group="not none")  # type: ignore[arg-type]


def bug(k8s: K8s) -> None:
    {}["x"]


def leaves(k8s: K8s) -> None:
    raise SystemExit(0)


def interrupts(k8s: K8s) -> None:
    raise KeyboardInterrupt


def refused(k8s: K8s) -> None:
    raise Refused(403, "Forbidden", "no")


@pytest.mark.parametrize(
    ("function", "outcome", "why"),
    [
        (assert_with_words, FAILED, "three are needed"),
        (from_a_library, BROKEN, "AssertionError in test_judging.py"),
        (bug, BROKEN, "KeyError in test_judging.py"),
        (leaves, BROKEN, "SystemExit"),
        (interrupts, BROKEN, "KeyboardInterrupt"),
        (refused, BROKEN, "no (403 Forbidden)"),
    ],
)
def test_only_the_authors_own_assert_is_a_miss(k8s, function, outcome, why):
    (verdict,) = judge("lab", [made(function)], k8s).verdicts
    assert verdict.outcome is outcome
    assert why in verdict.why


def test_a_bare_assert_is_quoted(k8s, tmp_path):
    file = tmp_path / "checks.py"
    file.write_text(
        "from grader import K8s, check\n\n\n@check(points=1)\ndef a(k8s: K8s) -> None:\n"
        "    '''A.'''\n    found = 2\n    assert found == 3\n"
    )
    (verdict,) = judge("lab", load_checks(file), k8s).verdicts
    assert (verdict.outcome, verdict.why) == (FAILED, "does not hold: found == 3")


def test_checks_run_side_by_side(k8s):
    meet = threading.Barrier(3)
    checks = [made(lambda k8s: meet.wait(5), name=name) for name in "abc"]
    assert outcomes(judge("lab", checks, k8s)) == [PASSED] * 3


def test_a_check_starts_after_those_it_waits_for(k8s):
    order = []
    checks = [
        made(lambda k8s: order.append("c"), name="c", after=("a", "b")),
        made(lambda k8s: order.append("b"), name="b", after=("a",)),
        made(lambda k8s: (time.sleep(0.05), order.append("a")), name="a"),
    ]
    grade = judge("lab", checks, k8s)
    assert order == ["a", "b", "c"]
    assert [verdict.name for verdict in grade.verdicts] == ["c", "b", "a"]


def test_a_stuck_check_is_broken_at_its_deadline_and_holds_nobody_up(k8s, monkeypatch):
    monkeypatch.setattr(judging, "CHECK_SECONDS", 0.2)
    free = threading.Event()
    began = time.monotonic()
    grade = judge("lab", [made(lambda k8s: free.wait(20), name="stuck"), made(good)], k8s)
    free.set()
    assert time.monotonic() - began < 2
    assert outcomes(grade) == [BROKEN, PASSED]
    assert grade.verdicts[0].why == "no answer within 0.2 s"


def test_what_probe_pods_take_to_come_up_is_not_a_checks_time(k8s, monkeypatch):
    monkeypatch.setattr(judging, "CHECK_SECONDS", 0.2)
    k8s._traffic._probes._slowest = 0.4
    grade = judge("lab", [made(lambda k8s: time.sleep(0.4), name="late"), made(lambda k8s: time.sleep(2))], k8s)
    assert outcomes(grade) == [PASSED, BROKEN]
    assert grade.verdicts[1].why == "no answer within 0.6 s"


def test_nor_is_it_the_grades_time(k8s):
    k8s._traffic._probes._slowest = 0.4
    grade = judge("lab", [made(lambda k8s: time.sleep(0.3))], k8s, budget=0.1)
    assert outcomes(grade) == [PASSED]


def test_the_budget_ends_every_grade(k8s):
    free = threading.Event()
    checks = [made(lambda k8s: free.wait(20), name="stuck"), made(good, after=("stuck",))]
    grade = judge("lab", checks, k8s, budget=0.2)
    free.set()
    assert outcomes(grade) == [BROKEN, BROKEN]
    assert grade.verdicts[0].why == "the grade's time was over"
    assert grade.seconds < 2


@pytest.mark.parametrize("error", [Miss("not yet"), Broken("no answer yet")])
def test_within_judges_again_until_it_passes(k8s, monkeypatch, error):
    monkeypatch.setattr(judging, "PAUSE", 0.01)
    tries = iter([error, error])

    def soon(k8s: K8s) -> None:
        for each in tries:
            raise each

    assert outcomes(judge("lab", [made(soon, within=5)], k8s)) == [PASSED]


def test_within_ends_with_what_was_last_seen(k8s, monkeypatch):
    monkeypatch.setattr(judging, "PAUSE", 0.01)
    assert outcomes(judge("lab", [made(missed, within=0.1), made(lost, within=0.1)], k8s)) == [FAILED, BROKEN]


def test_a_bug_is_not_tried_again(k8s):
    began = time.monotonic()
    assert outcomes(judge("lab", [made(bug, within=5)], k8s)) == [BROKEN]
    assert time.monotonic() - began < 1


def test_a_within_that_the_budget_cuts_short_is_no_miss(k8s):
    (verdict,) = judge("lab", [made(missed, within=60)], k8s, budget=0.6).verdicts
    assert verdict.outcome is BROKEN
    assert "so far: found 2" in verdict.why


def test_what_a_check_prints_is_swallowed_and_others_are_heard(k8s, capsys):
    told = threading.Event()

    def chatty(k8s: K8s) -> None:
        print("noise")
        told.wait(5)

    def other() -> None:
        print("progress")
        told.set()

    speaker = threading.Timer(0.05, other)
    speaker.start()
    judge("lab", [made(chatty)], k8s)
    speaker.join()
    print("grade")
    assert capsys.readouterr().out == "progress\ngrade\n"


def test_an_explanation_is_bounded(k8s):
    def verbose(k8s: K8s) -> None:
        raise Miss("x" * 1_000_000, "kubectl get " + "y" * 10_000)

    (verdict,) = judge("lab", [made(verbose)], k8s).verdicts
    assert len(verdict.why) <= 2000
    assert len(verdict.see) <= 500


def test_no_checks_no_points(k8s):
    grade = judge("lab", [], k8s)
    assert (grade.points, grade.possible, grade.verdicts) == (0, 0, ())
