"""What somebody does on a machine of the tests' own between its starts: an exam that goes on after a reboot.

A program, run in the machine: ``python -m tests.live.machine.on_simulated_nodes STEP``.
"""

import os
import sys
import time

from harness.ways import Way
from tests.live.machine.somebody import MAKE, boot, recall, remember, somebody
from tests.live.sitting import Sitting, check_result, named

BLUEPRINT, SEED = "mock-embedded", "11"
WAYS = {1: ("wrong", "everywhere"), 2: ("solutions", "by-hand"), 4: ("solutions", "patches"), 5: ("solutions", "")}


def way(sitting: Sitting, number: int) -> Way:
    """How the task is done."""
    kind, name = WAYS[number]
    found = sitting.ways(number)[kind == "wrong"]
    return named(found, name) if name else found[0]


def go(sitting: Sitting, *numbers: int) -> None:
    """Open each task and do it."""
    for number in numbers:
        sitting.labs("task", str(number))
        sitting.go(number, way(sitting, number))


def begin() -> None:
    """Begin an exam, do two tasks, flag one, and leave the third open."""
    sitting = somebody()
    sitting.json("start", BLUEPRINT, "--seed", SEED, "--minutes", "90", "--yes", within=MAKE)
    go(sitting, 2)
    os.sync()  # what shells write is on the disk after half a minute; what the API server was told, at once
    go(sitting, 1)
    sitting.labs("flag", "5", "--on")
    sitting.labs("task", "4")
    remember(sitting)


def begin_short() -> None:
    """Begin an exam that is over in a minute, and do nothing."""
    sitting = somebody()
    sitting.json("start", BLUEPRINT, "--seed", SEED, "--minutes", "1", "--yes", within=MAKE)
    remember(sitting)


def go_on() -> None:
    """After the reboot: all is as it was, the clock has run on; do two more tasks and hand in."""
    sitting = somebody()
    before = recall()
    assert boot() != before["boot"], "it is another start of the machine"
    assert sitting.user.processes() == [], "nothing of ours runs yet"
    status = sitting.json("status", within=MAKE)
    assert (status["stage"], status["open"]) == ("running", 4), status
    assert [task["number"] for task in status["tasks"] if task["flagged"]] == [5]
    assert [cluster["lost"] for cluster in status["clusters"]] == [None, None], status["clusters"]
    exam = sitting.app.exams.current()
    assert exam.deadline == before["deadline"]
    assert abs(exam.deadline - time.time() - status["left"]) < MAKE
    go(sitting, 4, 5)
    ways = {number: way(sitting, number) for number in WAYS}
    document = sitting.json("submit", "--yes", code=None, within=MAKE)
    check_result(sitting, document, ways)
    assert any("brought back" in remark for remark in document["remarks"]), document["remarks"]


def go_on_after_a_cut() -> None:
    """After the plug was pulled: the clusters are back, and what was done on them up to then counts."""
    sitting = somebody()
    before = recall()
    assert boot() != before["boot"], "it is another start of the machine"
    status = sitting.json("status", within=MAKE)
    assert (status["stage"], status["open"]) == ("running", 4), status
    assert [cluster["lost"] for cluster in status["clusters"]] == [None, None], status["clusters"]
    assert sitting.app.exams.current().deadline == before["deadline"]
    ways = {number: way(sitting, number) for number in (1, 2)}
    document = sitting.json("submit", "--yes", code=None, within=MAKE)
    check_result(sitting, document, ways)
    assert any("brought back" in remark for remark in document["remarks"]), document["remarks"]


def be_late() -> None:
    """The deadline passed while the machine was off: the result says so."""
    sitting = somebody()
    document = sitting.json("result", code=1, within=MAKE)
    check_result(sitting, document, {})
    assert document["late_seconds"] > 0
    assert any("changes could have been made" in remark for remark in document["remarks"]), document["remarks"]


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
