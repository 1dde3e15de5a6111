"""What took how long is known the next time, and nothing depends on it."""

import math

import pytest

from harness.certification.certificate import Certificate, Step
from harness.certification.durations import FILE, Durations
from harness.certification.jobs import Job

JOB, OTHER = Job("07-a", "embedded", "three-node", 1, 2), Job("07-a", "embedded", "three-node", 0, 2)


def test_seconds_are_remembered_for_each_share_with_and_without_mutants(tmp_path):
    first = Durations(tmp_path, mutants=True)
    assert first.of(JOB) == math.inf
    first.keep({JOB: Certificate("07-a", "embedded", steps=(Step("mutants", 12.34, 1), Step("time", 1.0, 1)))})
    assert Durations(tmp_path, mutants=True).of(JOB) == 13.3
    assert Durations(tmp_path, mutants=True).of(OTHER) == math.inf
    assert Durations(tmp_path, mutants=False).of(JOB) == math.inf


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"a": "long"}'])
def test_a_damaged_file_is_as_none(tmp_path, damage):
    (tmp_path / FILE).write_text(damage)
    assert Durations(tmp_path, mutants=True).of(JOB) == math.inf


def test_a_cache_that_cannot_be_written_is_no_harm(tmp_path):
    (tmp_path / "file").touch()
    durations = Durations(tmp_path / "file", mutants=True)
    durations.keep({JOB: Certificate("07-a", "embedded", steps=(Step("time", 1.0, 1),))})
    assert durations.of(JOB) == 1.0
