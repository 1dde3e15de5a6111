"""Files are picked out of a Debian tree with everything that they are links to."""

import pytest

from setup.errors import LabsError
from setup.images import debian


@pytest.fixture
def root(tmp_path):
    (tmp_path / "usr/bin").mkdir(parents=True)
    (tmp_path / "usr/share/doc").mkdir(parents=True)
    (tmp_path / "etc/alternatives").mkdir(parents=True)
    (tmp_path / "bin").symlink_to("usr/bin")
    (tmp_path / "usr/bin/tool-real").write_text("#!/bin/sh\n")
    (tmp_path / "etc/alternatives/tool").symlink_to("/bin/tool-real")
    (tmp_path / "usr/bin/tool").symlink_to("/etc/alternatives/tool")
    (tmp_path / "usr/share/doc/a").write_text("a")
    return tmp_path


def picked(root, *paths):
    return {each.path: each.link for each in debian.pick(root, paths) if each.path.lstrip("/") not in debian.MERGED}


def test_links_are_followed_to_the_file(root):
    assert picked(root, "/bin/tool") == {
        "/usr/bin/tool": "/etc/alternatives/tool",
        "/etc/alternatives/tool": "/bin/tool-real",
        "/usr/bin/tool-real": "",
    }


def test_a_folder_is_picked_whole(root):
    assert picked(root, "/usr/share") == {"/usr/share/doc/a": ""}


def test_the_links_of_the_merged_usr_are_always_there(root):
    links = {each.path: each.link for each in debian.pick(root, ())}
    assert links == {"/bin": "usr/bin", "/sbin": "usr/sbin", "/lib": "usr/lib", "/lib64": "usr/lib64"}


def test_a_tree_that_is_in_the_cache_is_not_made_again(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LabsError, match="debootstrap"):
        debian.tree(["bash"], tmp_path, print)
    name = debian.tree_name(["bash"])
    (tmp_path / "debian" / name).mkdir(parents=True)
    assert debian.tree(["bash"], tmp_path, print) == tmp_path / "debian" / name
