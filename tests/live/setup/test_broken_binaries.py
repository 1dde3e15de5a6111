"""A control plane whose binaries do not work is given up with a clear sentence, and nothing is left of it."""

from pathlib import Path

import pytest

from setup.errors import LabsError
from setup.providers.embedded import making, seeds
from setup.sandbox import Sandbox
from setup.tools import cache as tools

pytestmark = pytest.mark.live


def test_an_api_server_that_ends_at_once_is_named(live_providers, monkeypatch, tmp_path):
    provider = live_providers["embedded"]
    binaries = dict(tools.ensure(provider.cache, lambda _: None))
    seed = seeds.ensure(provider.cache, binaries, "three-node", lambda _: None)
    broken = tmp_path / "kube-apiserver"
    broken.write_text("#!/bin/sh\necho 'this binary is broken' >&2\nexit 1\n")
    broken.chmod(0o755)
    sandbox = Sandbox("three-node-8", "embedded", "three-node", "v1.36.3", provider.root / "three-node-8", tmp_path)
    monkeypatch.setattr(seeds, "SETTLE_WITHIN", 4.0)
    with pytest.raises(LabsError, match=r"did not start in 4 s: kube-apiserver\.log ends with: this binary is broken"):
        making.make(sandbox, {**binaries, "kube-apiserver": broken}, seed, lambda _: None)
    assert not sandbox.directory.exists()


def test_a_binary_that_is_missing_is_given_up_at_once(live_providers, monkeypatch, tmp_path):
    provider = live_providers["embedded"]
    binaries = dict(tools.ensure(provider.cache, lambda _: None))
    seed = seeds.ensure(provider.cache, binaries, "three-node", lambda _: None)
    sandbox = Sandbox("three-node-8", "embedded", "three-node", "v1.36.3", provider.root / "three-node-8", tmp_path)
    monkeypatch.setattr(seeds, "SUPERVISED_WITHIN", 1.0)
    with pytest.raises(LabsError, match=r"did not start: supervisor\.log ends with: FileNotFoundError"):
        making.make(sandbox, {**binaries, "etcd": Path("/nowhere/etcd")}, seed, lambda _: None)
    assert not sandbox.directory.exists()
