"""What is wanted of one place at the same time is tried with one command, and each gets its own answer."""

import os
import subprocess
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
        _, *words = command[4:]
        targets = [f"{host} {port}" for host, port in zip(words[::3], words[1::3], strict=True)]
        self.commands.append(targets)
        reached = (f"{OPEN.host} 80", "127.0.0.1 8099")
        return Ran(
            0, "\n".join(f"{at} {'open' if each in reached else 'closed'}" for at, each in enumerate(targets)), ""
        )


class Shell:
    """A probe pod whose shell is this machine's, and whose nc reaches a host at the third try only."""

    def __init__(self, folder):
        self.folder = folder
        nc = folder / "nc"
        third = f'{{ echo >>{folder}/$3; [ "$(wc -l <{folder}/$3)" -ge 3 ]; }}'
        nc.write_text(f'#!/bin/sh\n[ "$3" = 127.0.0.1 ] || {third}\n')
        nc.chmod(0o755)

    def pod(self, place):
        pass

    def run(self, place, command, seconds):
        path = {"PATH": f"{self.folder}:{os.environ['PATH']}"}
        done = subprocess.run(command, env=path, capture_output=True, text=True, timeout=seconds, check=False)
        return Ran(done.returncode, done.stdout, done.stderr)

    def tries(self, spot):
        return len((self.folder / spot.host).read_text().splitlines())


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


def test_one_command_tries_once(tmp_path):
    shell = Shell(tmp_path)
    assert Dialler(shell).dial(WARD, [OPEN, SHUT]) == [False, False]
    assert shell.tries(OPEN) == shell.tries(SHUT) == 1


def test_who_insists_tries_until_it_is_as_wanted(tmp_path):
    shell = Shell(tmp_path)
    assert Dialler(shell).insist(WARD, [OPEN], 5, wanted=True) == [True]
    assert shell.tries(OPEN) == 3


def test_who_insists_gives_up_when_the_time_is_over(tmp_path):
    shell = Shell(tmp_path)
    assert Dialler(shell).insist(WARD, [OPEN], 0.1, wanted=True) == [False]
    assert shell.tries(OPEN) < 3


def test_who_insists_on_a_refusal_ends_at_the_first(tmp_path):
    shell = Shell(tmp_path)
    assert Dialler(shell).insist(WARD, [SHUT], 5, wanted=False) == [False]
    assert shell.tries(SHUT) == 1
