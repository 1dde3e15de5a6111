"""Clusters that a machine could hold, but that would make it slow, are not wished for."""

import os

import pytest

from harness.exams.room import Room
from setup.providers.load import Load


@pytest.fixture
def room(make_world, monkeypatch):
    """On four processors; each cluster takes a half of one, and memory for three."""
    world = make_world()
    world.provider.holds = 3
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr(world.provider, "load", lambda shapes: Load(processors=len(shapes) / 2))
    return Room(world.app)


def clusters(count):
    return [("fake", "one")] * count


def test_what_can_be_had_need_not_be_comfortable(room):
    assert room.obstacle(clusters(3)) is None
    assert room.comfort(clusters(2)) is None
    assert room.comfort(clusters(3)) == "they take 1.5 processors while nobody works on them, more than 1.2"


def test_what_cannot_be_had_is_not_comfortable(room, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    assert room.comfort(clusters(3)) is None
    assert room.comfort(clusters(4)) == room.obstacle(clusters(4)) == "fake: there is room for 3"
