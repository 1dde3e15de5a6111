"""A lab to be changed and proved: a copy of the one that has everything, and nothing beside it."""

import shutil

import pytest

from harness.catalog import Catalog


@pytest.fixture
def mine(tmp_path, mini_labs):
    """The lab's folder."""
    root = tmp_path / "mine"
    shutil.copytree(mini_labs / "01-pass", root / "01-pass")
    shutil.copy(mini_labs / "curriculum.yaml", root)
    return root / "01-pass"


@pytest.fixture
def make_own_world(make_world, mine):
    """A world that knows only this lab, as it is by then."""

    def make():
        world = make_world(mine.parent)
        world.app.catalog.__dict__.update(Catalog((mine.parent,)).__dict__)
        return world

    return make
