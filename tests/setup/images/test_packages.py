"""Packages of the Kubernetes binaries, as dpkg and apt read them."""

import io
import re
import tarfile

import pytest

from setup.images import packages


@pytest.fixture
def folder(tmp_path):
    binaries = {}
    for name in packages.NAMES:
        binaries[name] = tmp_path / name
        binaries[name].write_bytes(b"binary of " + name.encode())
    into = tmp_path / "apt"
    into.mkdir()
    packages.build(binaries, "v1.36.3", into)
    return into


def members(path):
    """The members of an ar(5) archive."""
    content = path.read_bytes()
    assert content.startswith(b"!<arch>\n")
    found, at = {}, 8
    while at < len(content):
        header = content[at : at + 60]
        assert header.endswith(b"`\n")
        size = int(header[48:58])
        found[header[:16].decode().strip()] = content[at + 60 : at + 60 + size]
        at += 60 + size + size % 2
    return found


def test_packages_are_named_as_the_communitys_own(folder):
    names = sorted(each.name.rsplit("_", 1)[0] for each in folder.iterdir())
    assert names == ["kubeadm_1.36.3-1.1", "kubectl_1.36.3-1.1", "kubelet_1.36.3-1.1"]


def test_a_package_holds_its_binary(folder):
    parts = members(next(folder.glob("kubelet_*")))
    assert list(parts) == ["debian-binary", "control.tar.gz", "data.tar.gz"]
    with tarfile.open(fileobj=io.BytesIO(parts["data.tar.gz"])) as tar:
        info = tar.getmember("./usr/bin/kubelet")
        assert info.mode == 0o755
        assert tar.extractfile(info).read() == b"binary of kubelet"


def test_building_twice_gives_the_same_package(folder, tmp_path):
    again = tmp_path / "again"
    again.mkdir()
    packages.build({name: tmp_path / name for name in packages.NAMES}, "v1.36.3", again)
    for path in folder.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes()


def test_the_index_names_every_package_with_its_size(folder):
    packages.index(folder)
    listing = (folder / "Packages").read_text()
    assert re.findall(r"^Package: (\w+)$", listing, re.M) == ["kubeadm", "kubectl", "kubelet"]
    for name, size in re.findall(r"^Filename: \./(\S+)\nSize: (\d+)$", listing, re.M):
        assert (folder / name).stat().st_size == int(size)


def test_an_empty_repository_has_an_index(tmp_path):
    packages.index(tmp_path)
    assert (tmp_path / "Packages").read_text() == ""
