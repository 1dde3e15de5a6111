"""Where Podman differs from Docker: names of images, one container a call, volumes with names of their own."""

import json

import pytest

from setup.commands import Outcome
from setup.providers.kind import leftovers, runtime
from setup.providers.kind.cluster import FINISHED
from setup.providers.kind.runtime import Runtime

VOLUMES = [  # as `podman volume ls --format json` tells them
    {"Name": "a1", "Labels": {"labs-5ad2-three-node-1-worker": "true"}},
    {"Name": "b2", "Labels": {"labs-5ad2-three-node-10-worker": "true"}},
    {"Name": "c3", "Labels": {"somebody": "else's"}},
    {"Name": "d4", "Labels": None},
]


@pytest.fixture
def calls(monkeypatch):
    """The commands that were run; a list of volumes is answered, everything else succeeds."""
    said = []

    def run(words, *, deadline, stdin=None):
        said.append(words)
        return Outcome(0, json.dumps(VOLUMES).encode() if words[1:3] == ("volume", "ls") else b"", "")

    monkeypatch.setattr(runtime, "run", run)
    return said


def test_kind_is_told_where_podman_keeps_what_was_made_here():
    assert Runtime("podman").own("cka-labs/node:v1") == "localhost/cka-labs/node:v1"
    assert Runtime("docker").own("cka-labs/node:v1") == "cka-labs/node:v1"


@pytest.mark.parametrize(("program", "groups"), [("docker", [("a", "b")]), ("podman", [("a",), ("b",)])])
def test_limits_of_several_containers(calls, program, groups):
    Runtime(program).limit(("a", "b"), 1 << 30, 2)
    options = ("--memory=1073741824", "--memory-swap=1073741824", "--cpus=2")
    assert calls == [(program, "update", *options, *group) for group in groups]


def test_volumes_of_a_clusters_nodes_go_with_it_and_no_others(calls, tmp_path):
    leftovers.remove_containers(Runtime("podman"), tmp_path / "clusters" / "labs-5ad2-three-node-1")
    assert calls[-1] == ("podman", "volume", "rm", "a1")


def test_a_sweep_leaves_the_volumes_of_clusters_that_are_being_made(calls, tmp_path, monkeypatch):
    monkeypatch.setattr(leftovers, "tag", lambda _: "5ad2")
    made = tmp_path / "clusters" / "labs-5ad2-three-node-10"
    made.mkdir(parents=True)
    (made / FINISHED).touch()
    leftovers.sweep_clusters(Runtime("podman"), tmp_path)
    assert calls[-1] == ("podman", "volume", "rm", "a1")


def test_docker_has_no_such_volumes(calls):
    assert Runtime("docker").volumes() == {}
    Runtime("docker").remove_volumes(())
    assert calls == []
