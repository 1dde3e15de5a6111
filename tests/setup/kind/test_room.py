"""Whether there is room for a cluster, and what mends it."""

import dataclasses

import pytest

from setup.providers.kind.room import GIB, Machine, obstacles
from setup.providers.load import Load

ROOMY = Machine(memory=8 * GIB, disk=50 * GIB, instances=512, watches=524288, cgroup="2")


def test_a_roomy_machine_has_room():
    assert not list(obstacles(ROOMY, 1, 2, running=0))


@pytest.mark.parametrize(
    ("lack", "said", "fix"),
    [
        ({"memory": GIB}, "1.0 GiB of memory are free, this cluster needs 2.1 GiB", "labs stop --all"),
        ({"disk": GIB}, "1.0 GiB of disk are free", "docker system prune"),
        ({"instances": 20}, "is 20, with 3 nodes 60 are needed", "sudo sysctl fs.inotify.max_user_instances=512"),
        ({"watches": 100}, "fs.inotify.max_user_watches is 100", "sudo sysctl fs.inotify.max_user_watches=15000"),
    ],
)  # fmt: skip
def test_what_is_lacking_is_named_with_the_command_that_mends_it(lack, said, fix):
    (found,) = obstacles(dataclasses.replace(ROOMY, **lack), 1, 2, running=0)
    assert said in found.what
    assert fix in found.fix


def test_nodes_that_run_already_count():
    assert not list(obstacles(dataclasses.replace(ROOMY, instances=60), 1, 2, running=0))
    assert list(obstacles(dataclasses.replace(ROOMY, instances=60), 1, 2, running=3))


def test_what_cannot_be_known_is_no_obstacle():
    assert not list(obstacles(dataclasses.replace(ROOMY, disk=None, instances=None, watches=None), 1, 2, running=30))


def test_what_else_is_to_come_and_what_others_hold_counts():
    """Where root runs everything, control planes without nodes take from the same limit as nodes."""
    machine = dataclasses.replace(ROOMY, instances=128)
    assert not list(obstacles(machine, 2, 4, running=0))
    (found,) = obstacles(machine, 2, 4, running=0, beside=Load(instances=26))
    assert "is 128, with 6 nodes 146 are needed" in found.what
    assert not list(obstacles(dataclasses.replace(machine, held=68), 1, 2, running=3))
    assert list(obstacles(dataclasses.replace(machine, held=69), 1, 2, running=3))
    (found,) = obstacles(dataclasses.replace(ROOMY, memory=3 * GIB), 1, 2, running=0, beside=Load(memory=GIB))
    assert "3.0 GiB of memory are free" in found.what
