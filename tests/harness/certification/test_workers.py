"""Workers: what they are given, in which order, and what happens when one of them dies."""

import os
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.certification import workers
from harness.certification.certificate import Certificate, Step
from harness.certification.jobs import Job, Order
from harness.certification.progress import Done, Progress
from harness.certification.workers import Hand, Workers, gathered

ONE, TWO, THREE = (Job(f"0{n}-a", "embedded", "three-node") for n in (1, 2, 3))
KIND, OTHER_KIND = Job("41-a", "kind", "three-node"), Job("42-a", "kind", "ha")


def obey(orders, order):
    """A worker that does as the lab's name says."""
    while True:
        try:
            job = orders.recv()
        except EOFError:
            return
        (order.state / f"{os.getpid()}").touch()
        orders.send(Progress(job, "lint"))
        if job.slug == "01-dies":
            os._exit(7)
        if job.slug == "01-hangs":
            signal.pause()
        orders.send(Done(job, Certificate(job.slug, job.provider, steps=(Step("lint", 0.1, 1),))))


@pytest.fixture
def employ(tmp_path, monkeypatch):
    def make(count=2, show=lambda said: None):
        folders = [tmp_path / str(n) for n in range(count)]
        for folder in folders:
            folder.mkdir()
        return Workers(Order((), tmp_path, tmp_path), folders, show, most={"kind": 2})

    monkeypatch.setattr(workers, "work", obey)
    return make


def test_every_job_is_done_and_everything_said_is_shown(employ):
    said = []
    found = employ(show=said.append).prove([ONE, TWO, THREE])
    assert {job: each.ok for job, each in found.items()} == {ONE: True, TWO: True, THREE: True}
    assert len([each for each in said if isinstance(each, Progress)]) == 3
    assert len([each for each in said if isinstance(each, Done)]) == 3


def test_a_worker_that_dies_costs_its_lab_and_no_other(employ):
    deadly = Job("01-dies", "embedded", "three-node")
    found = employ(1).prove([deadly, ONE])
    assert found[ONE].ok
    assert found[deadly].steps[0].problems[0].sentence == "the process that judged it ended with exit code 7"


def test_an_interrupt_ends_all_workers(employ):
    employed = employ(2)

    def interrupt(said):
        raise KeyboardInterrupt

    employed.show = interrupt
    with pytest.raises(KeyboardInterrupt):
        employed.prove([Job("01-hangs", "embedded", "three-node"), Job("01-hangs", "embedded", "ha")])
    assert [hand.process.is_alive() for hand in employed.hands] == [False, False]


def hands(*kinds, at_work=None):
    """Workers whose sandboxes are of these kinds; the first is ``at_work`` on something."""
    jobs = [at_work, *[None] * len(kinds)]
    return [Hand(SimpleNamespace(), SimpleNamespace(), job, kind) for job, kind in zip(jobs, kinds, strict=False)]


def next_job(employed, at, waiting):
    return employed._next(employed.hands[at], waiting)


def test_a_worker_gets_what_its_sandbox_fits(employ):
    employed = employ()
    employed.hands = hands(("kind", "ha"), None)
    assert next_job(employed, 0, [ONE, KIND, OTHER_KIND]) == OTHER_KIND


def test_there_are_no_more_clusters_at_a_time_than_there_is_room_for(employ):
    employed = employ()
    employed.hands = hands(("kind", "three-node"), ("kind", "ha"), ("embedded", "three-node"))
    assert next_job(employed, 2, [KIND]) is None
    assert next_job(employed, 2, [KIND, ONE]) == ONE
    assert next_job(employed, 1, [KIND]) == KIND
    employed.hands = hands(("kind", "three-node"), None)
    assert next_job(employed, 1, [KIND]) == KIND


def test_one_provider_has_the_machine_at_a_time(employ):
    employed = employ()
    employed.hands = hands(("embedded", "three-node"), ("embedded", "three-node"), at_work=ONE)
    assert next_job(employed, 1, [KIND, TWO]) == TWO
    assert next_job(employed, 1, [KIND]) is None
    employed.hands = hands(("kind", "three-node"), None, at_work=KIND)
    assert next_job(employed, 1, [TWO]) is None
    assert next_job(employed, 1, [TWO, OTHER_KIND]) == OTHER_KIND


def test_shares_are_put_together_in_the_order_of_the_plan():
    shares = [Job("02-b", "embedded", "three-node", n, 2) for n in (0, 1)]
    obstacle = Certificate("01-a", "kind", obstacle="no Docker")
    done = {job: Certificate("02-b", "embedded", steps=(Step("mutants", 1.0, job.share + 1),)) for job in shares}
    found = gathered([obstacle, *shares], done)
    assert [(each.slug, sum(step.shown for step in each.steps)) for each in found] == [("01-a", 0), ("02-b", 3)]


def test_jobs_fit_the_machine(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    for free, jobs in ((64 << 30, 6), (3 << 30, 2), (100 << 20, 1)):
        monkeypatch.setattr("harness.memory.available", lambda free=free: free)
        assert workers.most_jobs() == jobs


def test_the_state_of_each_worker_is_its_own(employ, tmp_path):
    employ(2).prove([ONE, TWO])
    assert all(len(list(Path(tmp_path / str(n)).iterdir())) == 1 for n in range(2))
