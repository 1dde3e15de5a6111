"""Binaries: from the cache, else by download, else by building; nothing unpinned is kept."""

import functools
import hashlib
import http.server
import os
import threading
from pathlib import Path

import pytest

from setup.errors import LabsError
from setup.tools import build, cache, pins
from setup.tools.download import download, reachable


@pytest.fixture
def site(tmp_path):
    """A download site on this machine that serves ``binary``."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "binary").write_bytes(b"#!/bin/sh\n")
    handler = functools.partial(QuietHandler, directory=str(tmp_path / "site"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_download_with_the_pinned_sum_is_kept_and_runs(site, tmp_path):
    said = []
    download(f"{site}/binary", hashlib.sha256(b"#!/bin/sh\n").hexdigest(), tmp_path / "binary", said.append)
    assert os.access(tmp_path / "binary", os.X_OK)
    assert said == ["downloading binary: 0 of 0 MiB"]


def test_a_download_with_another_sum_is_thrown_away(site, tmp_path):
    with pytest.raises(LabsError, match="not the pinned 00"):
        download(f"{site}/binary", "00", tmp_path / "binary", lambda _: None)
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_missing_download_is_one_clear_sentence(site, tmp_path):
    with pytest.raises(LabsError, match="broke off: HTTP Error 404"):
        download(f"{site}/nothing", "00", tmp_path / "binary", lambda _: None)


def test_a_site_out_of_reach_is_told_quickly(site):
    assert reachable(site)
    assert not reachable("http://127.0.0.1:1")


@pytest.mark.parametrize("target", ["linux/amd64", "linux/arm64"])
def test_every_kubernetes_binary_has_a_pinned_download(target, monkeypatch):
    monkeypatch.setattr(pins, "target", lambda: target)
    assert all(len(pins.checksum(name) or "") == 64 for name in pins.KUBERNETES_BINARIES)


@pytest.mark.parametrize("module", pins.MODULES, ids=lambda module: module.name)
def test_go_mod_pins_the_version_that_we_say(module):
    text = (module.directory / "go.mod").read_text()
    root = {"etcd": "go.etcd.io/etcd/server/v3", "kwok": "sigs.k8s.io/kwok", "kubernetes": "k8s.io/kubernetes"}
    assert f"{root[module.name]} {module.version}" in text
    assert (module.directory / "go.sum").stat().st_size > 0


def test_without_go_and_downloads_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "reachable", lambda url: False)
    monkeypatch.setattr(cache, "find_go", lambda: None)
    with pytest.raises(LabsError) as caught:
        cache.ensure(tmp_path, lambda _: None)
    assert "no Go to build it with" in caught.value.what
    assert "install Go" in caught.value.fix


def fake_go(folder: Path, body: str) -> Path:
    folder.mkdir(exist_ok=True)
    go = folder / "go"
    go.write_text(f"#!/bin/sh\n{body}\n")
    go.chmod(0o755)
    return go


def test_go_that_is_too_old_does_not_count(tmp_path, monkeypatch):
    go = fake_go(tmp_path, "echo go1.19.8")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert build.find_go() != go
    fake_go(tmp_path, "echo go1.26.0")
    assert build.find_go() == go


def test_a_build_that_fails_gives_gos_last_words_and_leaves_nothing(tmp_path):
    go = fake_go(tmp_path / "bin", "echo 'no space left on device' >&2; exit 1")
    target = tmp_path / "out"
    target.mkdir()
    with pytest.raises(LabsError, match="could not build etcd: no space left on device"):
        build.build(go, pins.MODULES[0], target, lambda _: None)
    assert list(target.iterdir()) == []


def test_a_build_puts_every_binary_under_our_name(tmp_path):
    go = fake_go(tmp_path / "bin", 'touch "$GOBIN/server"')
    target = tmp_path / "out"
    target.mkdir()
    said = []
    build.build(go, pins.MODULES[0], target, said.append)
    assert [path.name for path in target.iterdir()] == ["etcd"]
    assert "building etcd v3.6.16 with Go" in said[0]
