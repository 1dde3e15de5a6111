"""A folder that is being made belongs to its maker, whoever sweeps meanwhile."""

import shutil

import pytest

from setup import folders
from setup.errors import LabsError


def test_a_folder_that_is_swept_before_it_is_owned_is_made_again(tmp_path, monkeypatch):
    take, sweeps = folders.take, []

    def swept_first(directory):
        if not sweeps:
            sweeps.extend(folders.sweep(tmp_path, "finished", shutil.rmtree))
        return take(directory)

    monkeypatch.setattr(folders, "take", swept_first)
    with folders.claimed(tmp_path / "new", shutil.rmtree):
        (tmp_path / "new" / "pki").mkdir()
    assert sweeps == ["new"]
    assert (tmp_path / "new" / "pki").is_dir()


def test_a_folder_that_is_swept_while_its_owner_waits_is_made_again(tmp_path, monkeypatch):
    take, sweeps = folders.take, []

    def swept_after(directory):
        lock = take(directory)
        if not sweeps:
            sweeps.append(directory.name)
            shutil.rmtree(directory)
        return lock

    monkeypatch.setattr(folders, "take", swept_after)
    with folders.claimed(tmp_path / "new", shutil.rmtree):
        (tmp_path / "new" / "pki").mkdir()
    assert sweeps == ["new"]


def test_a_folder_that_is_there_is_not_claimed(tmp_path):
    (tmp_path / "new").mkdir()
    with pytest.raises(LabsError, match="being made by another"), folders.claimed(tmp_path / "new", shutil.rmtree):
        pass


def test_an_owned_folder_is_not_swept(tmp_path):
    with folders.claimed(tmp_path / "new", shutil.rmtree):
        assert folders.sweep(tmp_path, "finished", shutil.rmtree) == ()
    assert folders.sweep(tmp_path, "finished", shutil.rmtree) == ("new",)
