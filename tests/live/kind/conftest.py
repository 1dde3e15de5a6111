"""Kind clusters for the live tests, and the proof that afterwards the machine is as it was."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from platformdirs import user_cache_path

from setup.providers.kind import runtime as runtimes
from setup.providers.kind import tunables
from setup.providers.kind.cluster import tag
from setup.providers.kind.provider import Kind
from setup.providers.kind.runtime import Runtime
from setup.sandbox import Sandbox


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Shapes come first: beside the shared cluster, ha would need more inotify instances than kernels give."""
    items.sort(key=lambda item: "test_shapes" not in item.nodeid)


@dataclass
class KindCluster:
    """A sandbox on kind and what tests do to it; ``sandbox`` is read again after each reset."""

    provider: Kind
    sandbox: Sandbox
    runtime: Runtime

    def kubectl(self, *words: str, input: str | None = None, code: int | None = 0) -> str:
        """Run kubectl as the candidate; returns both streams and fails the test on another exit code."""
        done = subprocess.run(
            [self.sandbox.bin / "kubectl", "--kubeconfig", self.sandbox.candidate_kubeconfig, *words],
            env={**os.environ, "KUBECACHEDIR": str(self.sandbox.kubectl_cache)},
            input=input,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert code is None or done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def node(self, role: str) -> str:
        """The name of a node, by its role: ``control-plane``, ``worker`` …"""
        return next(name for name, _ in self.sandbox.nodes if name.endswith(f"-{role}"))

    def enter(self, role: str, *words: str) -> str:
        """Run a command in a node; returns what it prints."""
        done = self.runtime.exec(self.node(role), *words, deadline=60)
        assert done.code == 0, (words, done.err)
        return done.text

    def reset(self) -> None:
        """Bring the sandbox back to its baseline."""
        self.provider.reset(self.sandbox)
        found = Sandbox.load(self.sandbox.directory)
        assert found is not None
        self.sandbox = found


@dataclass(frozen=True)
class Machine:
    """What must be the same before and after; others on this machine may end theirs meanwhile."""

    containers: frozenset[str]
    networks: frozenset[str]
    volumes: frozenset[str]
    tunables: tuple[tuple[str, str], ...]
    kubeconfig: bytes | None

    @classmethod
    def look(cls, runtime: Runtime) -> "Machine":
        def names(*words: str) -> frozenset[str]:
            return frozenset(runtime.check(*words).text.split())

        file = Path.home() / ".kube" / "config"
        return cls(
            names("ps", "--all", "--quiet", "--no-trunc"),
            names("network", "ls", "--quiet", "--no-trunc"),
            names("volume", "ls", "--quiet"),
            tuple(sorted(tunables.look().items())),
            file.read_bytes() if file.exists() else None,
        )


@pytest.fixture(scope="session")
def kind_runtime() -> Runtime:
    found, why = runtimes.find()
    assert found is not None, why
    return found


@pytest.fixture(scope="session")
def kind_provider(tmp_path_factory, kind_runtime) -> Iterator[Kind]:
    """A provider with a state folder of the tests' own; afterwards the machine is as it was before."""
    before = Machine.look(kind_runtime)
    state = tmp_path_factory.mktemp("kind-state")
    provider = Kind(state, user_cache_path("cka-labs"))
    yield provider
    for sandbox in (state / "sandboxes").glob("*/"):
        provider.down(sandbox.name)
    provider.clean(lambda _: None)
    assert [name for name in kind_runtime.containers().values() if name.startswith(f"labs-{tag(state)}")] == []
    assert list((state / "clusters").glob("*")) == []
    after = Machine.look(kind_runtime)
    assert after.containers <= before.containers
    assert after.networks <= before.networks
    assert after.volumes <= before.volumes
    assert (after.tunables, after.kubeconfig) == (before.tunables, before.kubeconfig)


@pytest.fixture(scope="session")
def shared_kind_cluster(kind_provider, kind_runtime) -> KindCluster:
    """One three-node cluster for the whole run."""
    return KindCluster(kind_provider, kind_provider.up("three-node-1", "three-node", print), kind_runtime)


@pytest.fixture
def kind_cluster(shared_kind_cluster) -> Iterator[KindCluster]:
    """The shared cluster, at its baseline before and after each test."""
    shared_kind_cluster.reset()
    yield shared_kind_cluster
    shared_kind_cluster.reset()
