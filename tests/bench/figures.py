"""What is measured, by name."""

import dataclasses
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import psutil

from setup.providers.embedded.running import identities
from tests.bench.measuring import Figure, Stage

RUNS = 10
LABS = ("07-rbac", "08-user-csr", "09-kubeconfig", "21-placement", "22-limits", "31-pending-claims")
AT_ONCE = 12
FLAGS = ("--kube-authorization", "--kube-admission", "--secure-port")


def help_figure(stage: Stage) -> Iterator[Figure]:
    """How quickly ``--help`` answers, for the program and one verb."""
    for arguments in (("--help",), ("start", "--help")):
        yield Figure(f"labs {' '.join(arguments)}", tuple(clock(stage, arguments) for _ in range(RUNS)), most=0.2)


def clock(stage: Stage, arguments: tuple[str, ...]) -> float:
    began = time.perf_counter()
    assert stage.labs(*arguments).returncode == 0
    return time.perf_counter() - began


def cold(stage: Stage) -> Iterator[Figure]:
    """A sandbox with its lab from nothing, in turn with kwokctl's cluster of the same binaries without a lab."""
    command = [*stage.kwokctl(), *FLAGS]
    ours, theirs = [], []
    for _ in range(RUNS):
        ours.append(stage.timed("start", "07-rbac")[0])
        stage.labs("stop", "--all")
        began = time.perf_counter()
        done = stage.run(command)
        theirs.append(time.perf_counter() - began)
        stage.run([command[0], "--name=bench", "delete", "cluster"])
        if done.returncode:
            raise RuntimeError(f"kwokctl failed: {done.stderr[-500:]}")
    yield Figure("labs start 07-rbac, cold", tuple(ours))
    yield Figure("kwokctl create cluster, no lab", tuple(theirs))
    ratios = tuple(a / b for a, b in zip(ours, theirs, strict=True))
    yield Figure("cold start, pair by pair", ratios, most=0.8, unit="×")


def warm(stage: Stage) -> Iterator[Figure]:
    """Another lab on a running sandbox."""
    stage.timed("start", LABS[-1])
    samples = {lab: [] for lab in LABS}
    for _ in range(RUNS):
        for lab in LABS:
            samples[lab].append(stage.timed("start", lab, "--end")[0])
    for lab, times in samples.items():
        yield Figure(f"labs start {lab}, warm", tuple(times), most=1.2)


def grade(stage: Stage) -> Iterator[Figure]:
    """The grade of each solved lab, and its clean start afterwards."""
    for lab in LABS:
        stage.timed("start", lab, "--end")
        whole, judging, resets, on_cluster = [], [], [], []
        for _ in range(RUNS):
            applied = stage.labs("solution", lab, "--apply", "--yes")
            assert applied.returncode == 0, applied.stderr
            seconds, result = stage.timed("grade", lab)
            assert result["points"] == result["possible"], result
            whole.append(seconds)
            judging.append(result["seconds"])
            seconds, result = stage.timed("reset", lab)
            resets.append(seconds)
            on_cluster.append(result["seconds_on_cluster"])
        yield Figure(f"labs grade {lab}", tuple(whole), most=1.5)
        yield Figure(f"labs grade {lab}, judging", tuple(judging), most=0.5)
        yield Figure(f"labs reset {lab}", tuple(resets), most=1.0)
        yield Figure(f"labs reset {lab}, on the cluster", tuple(on_cluster), most=0.5)


def memory(stage: Stage) -> Iterator[Figure]:
    """What one sandbox takes after its lab was started, solved and graded, its supervisor included."""
    samples = []
    for _ in range(RUNS):
        stage.labs("stop", "--all")
        started = stage.timed("start", "21-placement")[1]
        stage.labs("solution", "--apply", "--yes")
        stage.timed("grade", codes=(0, 1))
        directory = stage.root / "state" / "cka-labs" / "sandboxes" / started["sandbox"]
        processes = [psutil.Process(each.pid) for each in identities(directory).values()]
        samples.append(sum(each.memory_info().rss for each in processes) / 1e6)
    stage.labs("stop", "--all")
    yield Figure("resident memory of a sandbox", tuple(samples), most=600, unit="MB")


def many(stage: Stage) -> Iterator[Figure]:
    """Sandboxes that run at once, all answering a grade: of two users, as one has each lab once."""
    users = [dataclasses.replace(stage, root=stage.root / f"user-{number}") for number in range(AT_ONCE // len(LABS))]
    both = [(user, lab) for user in users for lab in LABS]
    try:
        for user, lab in both:
            user.timed("start", lab, "--keep")
        began = time.perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            grades = list(pool.map(lambda each: each[0].timed("grade", each[1], codes=(1,))[1], both))
        seconds = time.perf_counter() - began
    finally:
        for user in users:
            user.labs("stop", "--all")
    answered = sum(each["trustworthy"] and each["points"] == 0 for each in grades)
    note = f"all graded side by side in {seconds:.1f} s"
    yield Figure("sandboxes at once that answer a grade", (answered,), least=AT_ONCE, unit="", note=note)


FIGURES: Mapping[str, Callable[[Stage], Iterator[Figure]]] = {
    "help": help_figure,
    "cold": cold,
    "warm": warm,
    "grade": grade,
    "memory": memory,
    "many": many,
}
