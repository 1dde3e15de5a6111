"""A whole mock exam on real and simulated nodes, by script."""

import pytest

from harness.exams import places
from harness.ways import Way
from tests.live.sitting import check_result, named

pytestmark = pytest.mark.kind

SEED = "5"
UNTOUCHED = 8
MAKE = 900.0  # seconds for clusters of real nodes


@pytest.mark.parametrize("blueprint", ["mock-1", "mock"])
def test_a_whole_exam_outlives_its_nodes_and_ends_with_the_score_that_follows(sitting, kind_runtime, blueprint):
    """Every third task is done wrong, one is left; in the middle all goes down, as when the machine is started anew."""
    started = sitting.json("start", blueprint, "--seed", SEED, "--yes", within=MAKE)
    numbers = [task["number"] for task in started["tasks"]]
    ways: dict[int, Way | None] = {UNTOUCHED: None}
    for number in numbers:
        if number != UNTOUCHED:
            right, wrong = sitting.ways(number)
            ways[number] = wrong[0] if number % 3 == 0 else named(right, "reference")
    half = len(numbers) // 2
    work(sitting, numbers[:half], ways)
    real = next(each for each in started["clusters"] if each["provider"] == "kind")
    said = sitting.shell(f"ssh {host(started, real)} kubectl get nodes")
    assert said.count(" Ready ") == 3, said

    go_down(sitting, kind_runtime)
    status = sitting.json("status", within=MAKE)
    assert status["stage"] == "running"
    assert [each["lost"] for each in status["clusters"]] == [None] * len(started["clusters"])
    work(sitting, numbers[half:], ways)

    document = sitting.json("submit", "--yes", code=None, within=MAKE)
    check_result(sitting, document, ways)
    assert any("brought back" in remark for remark in document["remarks"])


def work(sitting, numbers: list[int], ways: dict[int, Way | None]) -> None:
    """Open each task and go its way."""
    for number in numbers:
        sitting.labs("task", str(number))
        if (way := ways[number]) is not None:
            sitting.go(number, way)


def host(started: dict, cluster: dict) -> str:
    """The host of the first task on that cluster."""
    return next(task["host"] for task in started["tasks"] if task["cluster"] == cluster["number"])


def go_down(sitting, runtime) -> None:
    """End everything of the exam's at once: its nodes, its control planes, who keeps the time."""
    exam = sitting.app.exams.current()
    sandboxes = [places.find(sitting.app, exam, cluster.number) for cluster in exam.clusters]
    nodes = [name for sandbox in sandboxes if sandbox.provider == "kind" for name, _ in sandbox.nodes]
    runtime.check("kill", *nodes)
    sitting.kill_everything()
