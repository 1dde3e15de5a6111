"""What is wanted of one place at the same time is tried with one command, and each gets its own answer."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.dialling import Dialler, Spot
from grader.errors import Broken
from grader.node import Ran
from grader.probes import Place

WARD = Place("ward", (("role", "doctor"),))
OPEN, SHUT, OTHER = (Spot(f"Pod ward/{name}", f"10.0.0.{at}", 80) for at, name in enumerate(("open", "shut", "other")))


class Probes:
    """A probe pod that is up when ``ready`` is set, from which only OPEN and itself are reached."""

    def __init__(self):
        self.ready = threading.Event()
        self.waiting = threading.Semaphore(0)
        self.fault = None
        self.commands = []

    def pod(self, place):
        self.waiting.release()
        assert self.ready.wait(5)
        if self.fault is not None and threading.current_thread().name.endswith("_0"):
            raise self.fault

    def run(self, place, command, seconds):
        targets = command[4:]
        self.commands.append(targets)
        reached = (f"{OPEN.host} 80", "127.0.0.1 8099")
        return Ran(
            0, "\n".join(f"{at} {'open' if each in reached else 'closed'}" for at, each in enumerate(targets)), ""
        )


@pytest.fixture
def probes():
    return Probes()


@pytest.fixture
def pool():
    with ThreadPoolExecutor(3) as made:
        yield made


def wanted(pool, probes, *lists):
    """Each list of spots is dialled by a thread of its own; the pod is up when all of them wait for it."""
    dialler = Dialler(probes)
    found = [pool.submit(dialler.dial, WARD, spots) for spots in lists]
    for _ in lists:
        assert probes.waiting.acquire(timeout=5)
    probes.ready.set()
    return found


def test_what_gathers_while_a_pod_starts_is_one_command(probes, pool):
    found = wanted(pool, probes, [OPEN], [SHUT, OPEN], [OTHER])
    assert [each.result(5) for each in found] == [[True], [False, True], [False]]
    (command,) = probes.commands
    assert sorted(command) == sorted(["10.0.0.0 80", "10.0.0.1 80", "10.0.0.2 80", "127.0.0.1 8099"])


def test_what_comes_later_is_tried_afresh(probes):
    probes.ready.set()
    dialler = Dialler(probes)
    assert [dialler.dial(WARD, [OPEN]), dialler.dial(WARD, [OPEN])] == [[True], [True]]
    assert len(probes.commands) == 2


def test_a_fault_of_the_command_is_everybodys(probes, pool):
    probes.run = lambda *_: Ran(127, "", "sh: nc: not found")
    for each in wanted(pool, probes, [OPEN], [SHUT]):
        with pytest.raises(Broken, match="nc: not found"):
            each.result(5)


def test_who_gets_no_pod_takes_nobody_along(probes, pool):
    probes.fault = Broken("the probe pod could not be made")
    first, second = wanted(pool, probes, [OPEN], [SHUT])
    with pytest.raises(Broken, match="could not be made"):
        first.result(5)
    assert second.result(5) == [False]
