"""A world for a lab that is to be changed and proved."""

import pytest

from harness.catalog import Catalog


@pytest.fixture
def make_own_world(make_world, mine):
    """A world that knows only this lab, as it is by then."""

    def make():
        world = make_world(mine.parent)
        world.app.catalog.__dict__.update(Catalog((mine.parent,)).__dict__)
        return world

    return make
