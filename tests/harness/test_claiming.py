import os

from harness.claiming import claimed
from harness.cli.running import run


def test_two_claims_at_once_get_different_sandboxes(world):
    provider = world.provider
    provider.up("three-node-1", "three-node", world.told.append)
    with claimed(world.app, provider, "three-node") as first, claimed(world.app, provider, "three-node") as second:
        assert (first, second) == ("three-node-1", "three-node-2")


def test_a_running_sandbox_is_preferred_to_a_dead_one(world):
    for name in ("three-node-1", "three-node-2"):
        world.provider.up(name, "three-node", world.told.append)
    world.provider.die("three-node-1")
    with claimed(world.app, world.provider, "three-node") as name:
        assert name == "three-node-2"


def test_a_sandbox_of_another_provider_is_left_alone(world, tmp_path):
    world.provider.up("three-node-1", "three-node", world.told.append)
    other = type(world.provider)(tmp_path / "state", name="other")
    world.app.providers["other"] = other
    with claimed(world.app, other, "three-node") as name:
        assert name == "three-node-2"


def test_two_starts_of_the_same_lab_at_once_start_it_once(world, labs):
    children = []
    for _ in range(3):
        pid = os.fork()
        if pid == 0:
            os._exit(run(["start", "1"], world.app))
        children.append(pid)
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children] == [0, 0, 0]
    assert len(world.app.sessions.all()) == 1


def test_starts_of_different_labs_at_once_do_not_share_a_sandbox(world, labs):
    children = []
    for lab in ("1", "2"):
        pid = os.fork()
        if pid == 0:
            os._exit(run(["start", lab], world.app))
        children.append(pid)
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children] == [0, 0]
    assert len({session.sandbox for session in world.app.sessions.all()}) == 2
