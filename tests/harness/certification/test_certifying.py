"""The order of a certification's jobs, and how many clusters of real nodes it has at a time."""

import math
from types import SimpleNamespace

import pytest

from harness.certification.certifying import _at_once, _longest_first
from harness.certification.jobs import Job
from setup.providers.load import Load

SHARED = [Job("41-a", "kind", "three-node", n, 2) for n in (0, 1)]
ALONE = Job("11-a", "kind", "one-node", replaces=True)
LASTING, OTHER = (Job(slug, "kind", "three-node") for slug in ("32-a", "52-a"))
SPOILING = Job("24-a", "kind", "three-node", replaces=True)


def test_labs_in_one_share_come_first_and_what_spoils_a_cluster_of_others_last():
    jobs = [SPOILING, *reversed(SHARED), LASTING, ALONE]
    assert _longest_first(jobs, lambda job: math.inf) == [ALONE, LASTING, *SHARED, SPOILING]


def test_what_took_longest_comes_first_and_what_nobody_knows_before_it():
    took = {LASTING: 3.0, SHARED[0]: 9.0, SHARED[1]: 5.0, SPOILING: 20.0, ALONE: 1.0}
    found = _longest_first([*took, OTHER], lambda job: took.get(job, math.inf))
    assert found == [ALONE, OTHER, SHARED[0], SHARED[1], LASTING, SPOILING]


@pytest.mark.parametrize(("holds", "count"), [(9, 3), (3, 3), (2, 2), (1, 1), (0, 1)])
def test_there_is_a_cluster_more_than_cores_where_there_is_room(monkeypatch, holds, count):
    class Kind:
        """Has room for ``holds`` of the larger shape."""

        def load(self, shapes):
            return Load(sum({"one-node": 1, "three-node": 3}[shape] for shape in shapes))

        def crowded(self, shapes, beside):
            return "no room" if self.load(shapes).memory > 3 * holds else None

    monkeypatch.setattr("os.cpu_count", lambda: 2)
    app = SimpleNamespace(providers={"kind": Kind()})
    jobs = [Job("11-a", "kind", "one-node"), Job("41-a", "kind", "three-node"), Job("07-a", "embedded", "three-node")]
    assert _at_once(app, jobs) == count
    assert _at_once(app, jobs[2:]) == 1
