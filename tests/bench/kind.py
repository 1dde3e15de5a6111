"""The figures of kind clusters: ``make bench-kind``, beside raw ``kind create cluster`` with the same image and shape.

Times are wall-clock seconds of whole processes. The two ways of making a cluster take turns.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping

import yaml

from setup.providers.kind import images, leftovers
from setup.providers.kind.making import configuration
from setup.providers.kind.provider import TOOLS
from setup.providers.kind.room import look
from setup.providers.kind.runtime import Runtime, find
from setup.tools import cache as tools
from tests.bench.measuring import Figure, Stage, report

SHAPE = "three-node"
PAIRS = 3  # cold starts of each kind
RUNS = 5
REST = 3.0  # seconds
COLD = "07-rbac"  # an API lab: its own starting state takes next to no time
API_LABS = ("07-rbac", "22-limits")
TRAFFIC_LABS = ("41-these-pods", "52-nobody-answers")
HERE = ("--provider", "kind", "--no-spare")


def runtime() -> Runtime:
    found, why = find()
    if found is None:
        raise RuntimeError(why)
    return found


def raw(stage: Stage) -> float:
    """Seconds that kind itself takes for the same shape and image."""
    here = runtime()
    kind = tools.ensure(stage.cache, print, TOOLS)["kind"]
    image = images.ensure(SHAPE, here, stage.cache, print).image
    config = stage.root / "raw.yaml"
    config.write_text(yaml.safe_dump(configuration(SHAPE, "raw", image, look(here).cgroup)))
    kubeconfig = ("--kubeconfig", str(stage.root / "raw.kubeconfig"))
    began = time.perf_counter()
    done = stage.run([str(kind), "create", "cluster", "--name", "raw", "--config", str(config), *kubeconfig])
    seconds = time.perf_counter() - began
    stage.run([str(kind), "delete", "cluster", "--name", "raw", *kubeconfig])
    if done.returncode:
        raise RuntimeError(f"kind failed: {done.stderr[-500:]}")
    return seconds


def cold(stage: Stage) -> Iterator[Figure]:
    """A lab from nothing, in turn with kind's own cluster without a lab."""
    ours, theirs = [], []
    for _ in range(PAIRS):
        theirs.append(raw(stage))
        ours.append(stage.timed("start", COLD, *HERE)[0])
        stage.labs("stop", "--all")
    yield Figure(f"labs start {COLD} on kind, cold", tuple(ours))
    yield Figure("kind create cluster, no lab", tuple(theirs))
    yield Figure(
        "cold start, pair by pair", tuple(a / b for a, b in zip(ours, theirs, strict=True)), most=1.2, unit="×"
    )


def warm(stage: Stage) -> Iterator[Figure]:
    """Another lab on a running cluster, which is reset for it."""
    stage.timed("start", API_LABS[0], *HERE)
    samples = {lab: [] for lab in API_LABS}
    for _ in range(RUNS):
        for lab in reversed(API_LABS):
            samples[lab].append(stage.timed("start", lab, *HERE, "--end")[0])
    for lab, times in samples.items():
        yield Figure(f"labs start {lab} on kind, warm, with a reset", tuple(times), most=2.5)


def grade(stage: Stage) -> Iterator[Figure]:
    """The grade of solved labs, about the API and about traffic."""
    for labs, most in ((API_LABS, 2.0), (TRAFFIC_LABS, 6.0)):
        for lab in labs:
            stage.timed("start", lab, *HERE, "--end")
            applied = stage.labs("solution", lab, "--apply", "--yes")
            if applied.returncode:
                raise RuntimeError(applied.stderr)
            times = [_rested(stage, "grade", lab) for _ in range(RUNS)]
            yield Figure(f"labs grade {lab} on kind", tuple(times), most=most)


def _rested(stage: Stage, *words: str) -> float:
    """Seconds of a command, once the Pods that the one before has deleted are gone."""
    time.sleep(REST)
    return stage.timed(*words)[0]


def spare(stage: Stage) -> Iterator[Figure]:
    """A lab on a cluster that was prepared in the background."""
    times = []
    state = stage.root / "state" / "cka-labs"
    for _ in range(PAIRS):
        stage.labs("stop", "--all")
        stage.timed("start", API_LABS[0], "--provider", "kind", "--spare")
        until = time.monotonic() + 180
        while not list(leftovers.spares(state)):
            if time.monotonic() > until:
                raise RuntimeError("no spare was made")
            time.sleep(0.5)
        times.append(stage.timed("start", API_LABS[1], *HERE, "--keep")[0])
    yield Figure("labs start on a prepared spare", tuple(times), most=2.0)


def exam(stage: Stage) -> Iterator[Figure]:
    """A whole exam handed in untouched: then every check that may wait does."""
    stage.timed("exam", "start", "seventeen", "--seed", "3", "--yes")
    seconds, result = stage.timed("exam", "submit", "--yes", codes=(1,))
    if not result["trustworthy"]:
        raise RuntimeError("not everything could be judged")
    yield Figure(f"labs exam submit, {len(result['tasks'])} tasks", (seconds,), most=60)


FIGURES: Mapping[str, Callable[[Stage], Iterator[Figure]]] = {
    "cold": cold,
    "warm": warm,
    "grade": grade,
    "spare": spare,
    "exam": exam,
}


if __name__ == "__main__":
    sys.exit(report(FIGURES, sys.argv[1:], lambda stage: stage.labs("stop", "--all")))
