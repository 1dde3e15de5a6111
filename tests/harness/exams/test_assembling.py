"""Putting labs on clusters, held to its promises by made-up claims."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from harness.exams.assembling import Seat, assemble
from harness.exams.claims import Claim, Claims
from setup.errors import LabsError

NAMES = some.sampled_from(["a", "b", "ab", "a*", "b*", "*"])
CLAIM = some.builds(Claim, some.sampled_from(["namespace", "node", "persistentvolume"]), NAMES) | some.sampled_from(
    [Claim("control-plane"), Claim("cluster")]
)
CLAIMS = some.builds(Claims, some.frozensets(CLAIM, max_size=3), some.frozensets(CLAIM, max_size=2))
LOOKS = some.tuples(CLAIMS, some.sampled_from(["embedded", "kind"]), some.sampled_from([None, "it changes nodes"]))
SEATS = some.lists(LOOKS, min_size=1, max_size=12).map(
    lambda found: [Seat(f"{n:02}", where, "three-node", claims, why) for n, (claims, where, why) in enumerate(found)]
)


def at_most(count):
    return lambda clusters: f"there is room for {count}" if len(clusters) > count else None


def taken(*names):
    return Claims(frozenset(Claim("namespace", name) for name in names), frozenset())


@given(SEATS, some.integers(1, 12))
def test_no_two_labs_on_a_cluster_conflict_and_each_has_one(seats, room):
    try:
        groups = assemble(seats, at_most(room))
    except LabsError:
        return
    assert sorted(seat.lab for group in groups for seat in group.seats) == sorted(seat.lab for seat in seats)
    assert len(groups) <= room
    for group in groups:
        for seat in group.seats:
            assert seat.kind == (group.provider, group.shape)
            assert all(seat.claims.conflict(other.claims) is None for other in group.seats if other is not seat)


@given(SEATS)
def test_with_room_enough_every_lab_can_be_reset_alone(seats):
    assert all(group.resets(seat) for group in assemble(seats, at_most(100)) for seat in group.seats)


def shape(groups):
    return {frozenset(seat.lab for seat in group.seats) for group in groups}


@given(SEATS)
def test_the_same_labs_are_put_on_the_same_clusters(seats):
    assert shape(assemble(seats, at_most(100))) == shape(assemble(list(reversed(seats)), at_most(100)))


def test_labs_without_conflict_share_one_cluster():
    seats = [Seat(f"{n:02}", "embedded", "three-node", taken(f"n{n}")) for n in range(10)]
    assert len(assemble(seats, at_most(1))) == 1


def test_what_cannot_be_reset_alone_shares_where_room_is_short():
    seats = [
        Seat("01", "kind", "three-node", taken("a"), "it changes nodes"),
        Seat("02", "kind", "three-node", taken("b")),
    ]
    assert len(assemble(seats, at_most(2))) == 2
    (group,) = assemble(seats, at_most(1))
    assert [group.resets(seat) for seat in group.seats].count(False) == 1


@given(SEATS, some.integers(1, 12), some.integers(1, 12))
def test_clusters_of_their_own_end_where_comfort_does(seats, room, comfort):
    try:
        groups = assemble(seats, at_most(room), at_most(min(comfort, room)))
    except LabsError:
        return
    fewest = assemble(seats, at_most(room), at_most(0))
    assert len(groups) <= max(comfort, len(fewest))
    assert comfort < room or shape(groups) == shape(assemble(seats, at_most(room)))


def test_more_clusters_than_fit_are_refused_with_the_reason():
    seats = [Seat(f"{n:02}", "kind", "three-node", taken("same")) for n in range(3)]
    with pytest.raises(LabsError, match=r"needs 3 clusters.*room for 2"):
        assemble(seats, at_most(2))
