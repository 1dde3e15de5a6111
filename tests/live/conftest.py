"""Real control planes for the live tests, from the user's cache of binaries, and users with homes of their own."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from platformdirs import user_cache_path

from setup.processes import Identity
from setup.providers import Provider, providers
from setup.providers.embedded.running import identities
from setup.sandbox import Sandbox
from tests.live.sitting import Sitting
from tests.live.user import User


@dataclass(frozen=True)
class Cluster:
    """A running sandbox and what tests do to it."""

    provider: Provider
    sandbox: Sandbox

    def run(self, *arguments: str, input: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run kubectl as the candidate."""
        return subprocess.run(
            [self.sandbox.bin / "kubectl", "--kubeconfig", self.sandbox.candidate_kubeconfig, *arguments],
            env={**os.environ, "KUBECACHEDIR": str(self.sandbox.kubectl_cache)},
            input=input,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def kubectl(self, *arguments: str, input: str | None = None) -> str:
        """Run kubectl as the candidate and return what it prints; fails the test when kubectl fails."""
        done = self.run(*arguments, input=input)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def reset(self) -> None:
        """Bring the cluster back to its baseline."""
        self.provider.reset(self.sandbox)

    def process(self, name: str) -> Identity:
        """One of the sandbox's processes, e.g. ``kube-apiserver``."""
        return identities(self.sandbox.directory)[name]

    def stop_apiserver(self) -> None:
        """Freeze the API server: connections are taken, nothing is answered."""
        self.process("kube-apiserver").send(signal.SIGSTOP)

    def cont_apiserver(self) -> None:
        """Let the API server go on."""
        self.process("kube-apiserver").send(signal.SIGCONT)


@pytest.fixture(scope="session")
def live_providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Provider]]:
    """All providers, with a state folder of the tests' own; every sandbox in it is gone afterwards."""
    state = tmp_path_factory.mktemp("state")
    made = dict(providers(state, user_cache_path("cka-labs")))
    yield made
    for provider in made.values():
        for each in (state / "sandboxes").glob("*/"):
            provider.down(each.name)


@pytest.fixture(scope="session")
def shared_cluster(live_providers: dict[str, Provider]) -> Cluster:
    """One sandbox for the whole run."""
    provider = live_providers["embedded"]
    return Cluster(provider, provider.up("three-node-1", "three-node", lambda _: None))


@pytest.fixture
def cluster(shared_cluster: Cluster) -> Iterator[Cluster]:
    """The shared sandbox, at its baseline before and after each test."""
    shared_cluster.reset()
    yield shared_cluster
    shared_cluster.cont_apiserver()
    shared_cluster.reset()


@pytest.fixture
def second_cluster(live_providers: dict[str, Provider]) -> Iterator[Cluster]:
    """A sandbox of the test's own, which it may break."""
    provider = live_providers["embedded"]
    yield Cluster(provider, provider.up("three-node-2", "three-node", lambda _: None))
    provider.down("three-node-2")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Live tests come last."""
    here = Path(__file__).parent
    items.sort(key=lambda item: here in item.path.parents)


@pytest.fixture
def user(tmp_path, cache_home) -> Iterator[User]:
    (tmp_path / "home").mkdir()
    someone = User(tmp_path / "state")
    yield someone
    someone.labs("stop", "--all")
    assert someone.processes() == []
    assert someone.files() == []


@pytest.fixture(scope="session")
def cache_home() -> Path:
    """The user's real cache folder, named so that another HOME still finds it."""
    from harness.paths import cache

    os.environ.setdefault("XDG_CACHE_HOME", str(cache().parent))
    return cache()


@pytest.fixture
def sitting(user) -> Iterator[Sitting]:
    made = Sitting(user)
    yield made
    if made.app.exams.open() is not None:
        made.labs("abandon", "--yes")
    deadline = time.monotonic() + 15
    while any("harness.exams.proctor" in " ".join(each.cmdline()) for each in user.processes()):
        assert time.monotonic() < deadline, "the proctor is still there"
        time.sleep(0.2)
    user.labs("stop", "--all")
    kept = [path for path in user.files() if "exams" not in path.relative_to(user.state).parts]
    assert kept == [], "an exam leaves its own folder and nothing else"
    for path in user.files():
        path.unlink()
