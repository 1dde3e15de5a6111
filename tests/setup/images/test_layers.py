"""Layers hold what they are given, and the same contents give the same bytes."""

import os
import tarfile

from setup.images.layers import Entry, tree_entries, write


def test_same_contents_give_the_same_layer(tmp_path):
    file = tmp_path / "file"
    file.write_text("contents")
    entries = (Entry("/b", file), Entry("/a", link="b", mode=0o777), Entry("/tmp", mode=0o1777))
    first = write(entries, tmp_path)
    os.utime(file, (1, 1))
    assert write(tuple(reversed(entries)), tmp_path) == first


def test_a_layer_holds_files_links_and_folders(tmp_path):
    file = tmp_path / "file"
    file.write_text("contents")
    layer = write((Entry("/bin/b", file), Entry("/a", link="bin/b"), Entry("/tmp", mode=0o1777)), tmp_path)
    with tarfile.open(layer.file) as tar:
        kinds = {each.name: (each.isfile(), each.linkname, each.mode) for each in tar}
    assert kinds == {"a": (False, "bin/b", 0o755), "bin/b": (True, "", 0o755), "tmp": (False, "", 0o1777)}


def test_the_last_entry_of_a_name_stays(tmp_path):
    for name in ("old", "new"):
        (tmp_path / name).write_text(name)
    layer = write((Entry("/x", tmp_path / "old"), Entry("/x", tmp_path / "new")), tmp_path)
    with tarfile.open(layer.file) as tar:
        assert tar.extractfile("x").read() == b"new"


def test_a_tree_keeps_what_is_executable(tmp_path):
    (tmp_path / "etc").mkdir()
    for name, mode in (("etc/conf", 0o600), ("etc/run", 0o700)):
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(mode)
    modes = {each.path: each.mode for each in tree_entries(tmp_path, "/x")}
    assert modes == {
        "/x/etc/conf": 0o644,
        "/x/etc/run": 0o755,
    }
