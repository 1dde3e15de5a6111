"""Judging a lab: its checks side by side, each within its time, always with a grade at the end."""

import queue
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.checks import Check
from grader.errors import Broken, Miss
from grader.exits import guard
from grader.k8s import K8s, delay
from grader.outcomes import Grade, Outcome, Verdict
from grader.silence import CheckThread, silence
from grader.text import clean, clean_line

CHECK_SECONDS = 15.0
"""A check's time, beside its ``within`` and the time that probe pods took to come up."""
PAUSE = 0.25
"""Seconds between two tries of a check that has a ``within``."""


def judge(lab: str, checks: Sequence[Check], k8s: K8s, *, budget: float = 30.0) -> Grade:
    """Judge all checks and return the grade within ``budget`` seconds, whatever the cluster or a check does.

    What probe pods take to come up is on top of that, half a minute at most (probes.SLOW_START_SECONDS).
    A check starts when those it comes after have passed; it is skipped when one of them failed or was skipped, and
    broken when one was broken. Past its time, or the grade's, it is broken. KeyboardInterrupt passes through.
    """
    began = time.monotonic()
    guard()
    try:
        with silence():
            verdicts = _Run(checks, k8s, began + budget).verdicts()
    finally:
        k8s.close()
    return Grade.of(lab, verdicts, time.monotonic() - began)


def settle(check: Check, k8s: K8s, end: float) -> None:
    """Run a check, again and again during its ``within``, and return when it passes; else raise what it last raised.

    Misses and Broken are tried again alike: while a cluster comes to rest, one may turn into the other. A mistake in
    the check itself is not. ``end`` (time.monotonic) is when the grade is over: a miss then is not final, so Broken.
    """
    last = time.monotonic() + (check.within or 0)
    while True:
        try:
            return check(k8s)
        except (AssertionError, Broken) as error:
            now = time.monotonic()
            if now + PAUSE >= last:
                raise
            if now + PAUSE >= end + delay(k8s) and isinstance(error, AssertionError):
                raise Broken(f"the grade was over before its {check.within:g} s were; so far: {error}") from error
        time.sleep(PAUSE)


class _Run:
    """The state of one grade. Only this thread touches it; the checks' threads hand their verdicts over a queue."""

    def __init__(self, checks: Sequence[Check], k8s: K8s, end: float) -> None:
        self._k8s = k8s
        self._end = end
        self._checks = {check.name: check for check in checks}
        self._waiting = dict(self._checks)
        self._deadlines: dict[str, float] = {}
        self._done: dict[str, Verdict] = {}
        self._results: queue.SimpleQueue[Verdict] = queue.SimpleQueue()

    def verdicts(self) -> tuple[Verdict, ...]:
        """Judge until every check has its verdict."""
        while self._waiting or self._deadlines:
            self._start_ready()
            if self._deadlines:
                self._collect()
        return tuple(self._done[name] for name in self._checks)

    def _start_ready(self) -> None:
        for check in list(self._waiting.values()):
            before = [name for name in check.after if name in self._checks]
            if not all(name in self._done for name in before):
                continue
            del self._waiting[check.name]
            outcomes = {name: self._done[name].outcome for name in before}
            if failed := [name for name in before if outcomes[name] in (Outcome.FAILED, Outcome.SKIPPED)]:
                self._done[check.name] = _verdict(check, Outcome.SKIPPED, f"waits for {failed[0]}")
            elif broken := [name for name in before if outcomes[name] is Outcome.BROKEN]:
                why = f"waits for {broken[0]}, which could not be judged"
                self._done[check.name] = _verdict(check, Outcome.BROKEN, why)
            else:
                self._start(check)

    def _start(self, check: Check) -> None:
        self._deadlines[check.name] = time.monotonic() + CHECK_SECONDS + (check.within or 0)

        def run() -> None:
            self._results.put(_judged(check, self._k8s, self._end))

        try:
            CheckThread(target=run, name=f"check {check.name}").start()
        except RuntimeError as error:  # no more threads
            self._results.put(_verdict(check, Outcome.BROKEN, str(error)))

    def _collect(self) -> None:
        """Take one verdict, or give up on the checks whose time is over; what they still say is not heard."""
        try:
            verdict = self._results.get(timeout=max(0.0, min(map(self._due, self._deadlines)) - time.monotonic()))
        except queue.Empty:
            now, extra = time.monotonic(), delay(self._k8s)
            for name in [name for name in self._deadlines if self._due(name) <= now]:
                del self._deadlines[name]
                seconds = round(CHECK_SECONDS + (self._checks[name].within or 0) + extra, 1)
                why = "the grade's time was over" if now >= self._end + extra else f"no answer within {seconds:g} s"
                self._done[name] = _verdict(self._checks[name], Outcome.BROKEN, why)
            return
        if self._deadlines.pop(verdict.name, None) is not None:
            self._done[verdict.name] = verdict

    def _due(self, name: str) -> float:
        """When a check's time is over."""
        return min(self._deadlines[name], self._end) + delay(self._k8s)


def _judged(check: Check, k8s: K8s, end: float) -> Verdict:
    try:
        settle(check, k8s, end)
    except AssertionError as error:
        place = _Place.of(check, error)
        if isinstance(error, Miss) or place.own:
            see = str(getattr(error, "see", ""))
            return _verdict(check, Outcome.FAILED, str(error) or f"does not hold: {place.source}", see)
        return _verdict(check, Outcome.BROKEN, f"AssertionError{place.where}: {error}")
    except Broken as error:
        return _verdict(check, Outcome.BROKEN, str(error))
    except BaseException as error:  # SystemExit too: whatever it is, it is not the candidate's doing
        return _verdict(check, Outcome.BROKEN, f"{type(error).__name__}{_Place.of(check, error).where}: {error}")
    return _verdict(check, Outcome.PASSED, "")


@dataclass(frozen=True)
class _Place:
    """Where in a check an exception came from. ``own``: the last frame is a line of the author's own file."""

    own: bool
    source: str = ""
    where: str = ""

    @classmethod
    def of(cls, check: Check, error: BaseException) -> "_Place":
        home = check.function.__code__.co_filename
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame for frame in frames if frame.filename == home]
        if not lines:
            return cls(own=False)
        source = (lines[-1].line or "").strip().removeprefix("assert ")
        return cls(frames[-1].filename == home, source, f" in {Path(home).name}:{lines[-1].lineno}")


def _verdict(check: Check, outcome: Outcome, why: str, see: str = "") -> Verdict:
    return Verdict(check.name, check.sentence, check.points, outcome, clean(why), clean_line(see, 500))
