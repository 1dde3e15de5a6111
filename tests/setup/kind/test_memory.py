"""What control groups say of a node's memory."""

import pytest

from setup.providers.kind.memory import parse


@pytest.mark.parametrize(
    ("stat", "size"),
    [
        ("cache 7\nrss 12288\ntotal_cache 9\ntotal_rss 345849856\ntotal_inactive_anon 3", 345849856),
        ("anon 104857600\nfile 7\ninactive_anon 3", 104857600),
        ("", 0),
    ],
)
def test_only_what_processes_take_counts(stat, size):
    assert parse(stat) == size
