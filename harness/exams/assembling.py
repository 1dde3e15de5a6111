"""Putting the labs of an exam on few clusters, so that none can spoil another's verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from setup.errors import LabsError

if TYPE_CHECKING:
    from harness.exams.claims import Claims


@dataclass(frozen=True)
class Seat:
    """A lab that looks for a cluster: its kind of cluster and its claims.

    ``alone`` is why it cannot be reset without the rest of its cluster, None where it can.
    """

    lab: str
    provider: str
    shape: str
    claims: Claims
    alone: str | None = None
    attempt: int = 0  # which of its lab's draws it is

    @property
    def kind(self) -> tuple[str, str]:
        """The kind of cluster that it needs."""
        return self.provider, self.shape


@dataclass(frozen=True)
class Group:
    """The labs that share a cluster."""

    provider: str
    shape: str
    seats: tuple[Seat, ...]

    def takes(self, seat: Seat) -> bool:
        """Whether the lab can be added without a conflict."""
        same = seat.kind == (self.provider, self.shape)
        return same and all(seat.claims.conflict(other.claims) is None for other in self.seats)

    def resets(self, seat: Seat) -> bool:
        """Whether this lab can be given its clean start again without touching others."""
        return seat.alone is None or len(self.seats) == 1


Fits = Callable[[Sequence[tuple[str, str]]], str | None]


def assemble(seats: Sequence[Seat], fits: Fits, comfort: Fits | None = None) -> tuple[Group, ...]:
    """The clusters, as few as first fit finds; ``fits`` says why the machine cannot hold so many, or None.

    A lab that cannot be reset alone gets a cluster of its own where ``comfort`` (``fits`` unless said) has nothing
    against it, else shares one that it does not conflict with. LabsError, with the reason, where even that is too much.
    """
    comfort = comfort or fits
    apart = [_pack([seat], ()) for seat in seats if seat.alone is not None]
    groups = _pack([seat for seat in seats if seat.alone is None], ())
    roomy = (*groups, *(group for each in apart for group in each))
    if comfort([(group.provider, group.shape) for group in roomy]) is None:
        return roomy
    best = tuple(groups)
    left = [seat for seat in seats if seat.alone is not None]
    dense = _pack(left, best)
    why = fits([(group.provider, group.shape) for group in dense])
    if why is not None:
        raise LabsError(
            f"the exam needs {len(dense)} clusters, which is more than fits here: {why}",
            "`labs doctor` shows what this machine can run.",
        )
    return _loosened(dense, comfort)


def _pack(seats: Sequence[Seat], groups: Sequence[Group]) -> tuple[Group, ...]:
    """First fit, those with the most claims first: they are the hardest to place."""
    packed = list(groups)
    for seat in sorted(seats, key=lambda seat: (-len(seat.claims.taken), seat.lab)):
        for index, group in enumerate(packed):
            if group.takes(seat):
                packed[index] = Group(group.provider, group.shape, (*group.seats, seat))
                break
        else:
            packed.append(Group(seat.provider, seat.shape, (seat,)))
    return tuple(packed)


def _loosened(groups: tuple[Group, ...], fits: Fits) -> tuple[Group, ...]:
    """Give as many labs that cannot be reset alone a cluster of their own as there is room for."""
    current = list(groups)
    while True:
        for index, group in enumerate(current):
            crowded = next((seat for seat in group.seats if not group.resets(seat)), None)
            if crowded is None:
                continue
            rest = tuple(seat for seat in group.seats if seat is not crowded)
            tried = [*current]
            tried[index : index + 1] = [
                Group(group.provider, group.shape, rest), Group(group.provider, group.shape, (crowded,)),
            ]  # fmt: skip
            if fits([(each.provider, each.shape) for each in tried]) is None:
                current = tried
                break
        else:
            return tuple(current)
