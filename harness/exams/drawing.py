"""Drawing the labs of an exam: by the shares of the domains, unseen and weak ones first, near the exam's minutes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

NEAR = 0.15  # of the exam's minutes: as far as the labs' minutes may be from them without being changed
MOST_CHANGES = 40
SWAP_WORTH = 3  # places in the order of wishes that a draw gives up for ten minutes nearer to the exam's time


@dataclass(frozen=True)
class Entry:
    """A lab that can be drawn. ``seen`` counts past exams with it, ``earned`` is its mean share of points (0 to 1).

    ``topic`` is the same weakness for its competencies: the mean share of points over all labs about them.
    """

    lab: str
    domain: str
    minutes: int
    difficulty: str
    seen: int = 0
    earned: float = 0.0
    topic: float = 0.0


Draw = tuple[Entry, ...]


def quotas(weights: Mapping[str, float], count: int, available: Mapping[str, int]) -> dict[str, int]:
    """How many tasks each domain gets: by largest remainder, never more than there are.

    What a domain cannot give goes to the others by their weights. LabsError where all together are too few.
    """
    if sum(available.get(name, 0) for name, weight in weights.items() if weight > 0) < count:
        there = sum(available.get(name, 0) for name, weight in weights.items() if weight > 0)
        raise LabsError(
            f"the exam wants {count} tasks, but only {there} labs of its domains can run here",
            "`labs doctor` shows what cannot run and why; `labs exam start mock-embedded` needs no Docker.",
        )
    given = dict.fromkeys(weights, 0)
    while (missing := count - sum(given.values())) > 0:
        open_ = {
            name: Fraction(weight)
            for name, weight in weights.items()
            if weight > 0 and given[name] < available.get(name, 0)
        }
        total = sum(open_.values())
        ideal = {name: missing * weight / total for name, weight in open_.items()}
        for name, share in ideal.items():
            given[name] = min(available.get(name, 0), given[name] + int(share))
        missing = count - sum(given.values())
        order = sorted(open_, key=lambda name: (-(ideal[name] - int(ideal[name])), -open_[name]))
        for name in order[:missing]:
            if given[name] < available.get(name, 0):
                given[name] += 1
    return given


def draw(  # noqa: PLR0913, PLR0917
    entries: Sequence[Entry],
    weights: Mapping[str, float],
    count: int,
    minutes: int,
    seed: int,
    mix: Mapping[str, float] | None = None,
    fits: Callable[[Sequence[Entry]], bool] = lambda _: True,
) -> Draw:
    """``count`` labs; the same for the same seed and history. ``mix`` is the wanted difficulty in per cent.

    Unseen labs come before seen ones, weak topics before strong ones; among equals the seed decides. Then labs are
    exchanged within their domain while that brings the minutes nearer. ``fits`` says whether the machine can hold a
    choice; a lab with which it cannot is left out.
    """
    chance = random.Random(f"exam/{seed}")  # noqa: S311  (repeatable, not secret)
    names = sorted({entry.lab: entry for entry in entries})
    tie = dict(zip(chance.sample(names, len(names)), range(len(names)), strict=True))
    wished = sorted(
        entries, key=lambda entry: (min(entry.seen, 1), entry.topic, entry.earned, entry.seen, tie[entry.lab])
    )
    domains = {name: [entry for entry in wished if entry.domain == name] for name in weights}
    wanted = quotas(weights, count, {name: len(found) for name, found in domains.items()})
    chosen: list[Entry] = []
    refused: set[str] = set()
    for name in sorted(wanted, key=lambda name: -weights[name]):
        _take(chosen, domains[name], wanted[name], refused, mix or {}, fits)
    short = count - len(chosen)
    if short > 0:  # other domains stand in for labs that the machine cannot hold
        _take(
            chosen,
            [entry for entry in wished if entry not in chosen and weights.get(entry.domain, 0) > 0],
            short,
            refused,
            {},
            fits,
        )
    if len(chosen) < count:
        raise LabsError(
            f"this machine has room for {len(chosen)} of the {count} tasks at once",
            "`labs status` shows what runs; `labs stop --all` ends it.",
        )
    return _in_time(chosen, domains, minutes, refused, fits)


def _take(
    chosen: list[Entry], candidates: Sequence[Entry], count: int, refused: set[str],
    mix: Mapping[str, float], fits: Callable[[Sequence[Entry]], bool],
) -> None:  # fmt: skip
    """Add ``count`` of the candidates to the choice, the next always of the difficulty that is most wanting."""
    left = [entry for entry in candidates if entry.lab not in refused]
    while count > 0 and left:
        entry = min(left, key=lambda entry: (_excess(chosen, entry, mix) + 0.1 * left.index(entry), left.index(entry)))
        left.remove(entry)
        if not fits([*chosen, entry]):
            refused.add(entry.lab)
            continue
        chosen.append(entry)
        count -= 1


def _excess(chosen: Sequence[Entry], entry: Entry, mix: Mapping[str, float]) -> float:
    """By how many tasks the entry's difficulty would be above its share."""
    total = sum(mix.values())
    if total <= 0:
        return 0.0
    same = sum(each.difficulty == entry.difficulty for each in chosen) + 1
    return max(0.0, same - (len(chosen) + 1) * mix.get(entry.difficulty, 0.0) / total)


def _in_time(
    chosen: list[Entry], domains: Mapping[str, Sequence[Entry]], minutes: int, refused: set[str],
    fits: Callable[[Sequence[Entry]], bool],
) -> Draw:  # fmt: skip
    """Exchange labs within their domain as long as that brings the minutes nearer, the wishes kept in mind."""
    for _ in range(MOST_CHANGES):
        off = sum(entry.minutes for entry in chosen) - minutes
        if abs(off) <= NEAR * minutes:
            break
        swaps = [
            (abs(off + new.minutes - old.minutes) / 10 * SWAP_WORTH + pool.index(new) - pool.index(old), old, new)
            for old in chosen
            for pool in [domains.get(old.domain, ())]
            for new in pool
            if new not in chosen and new.lab not in refused and min(new.seen, 1) <= min(old.seen, 1)
            and abs(off + new.minutes - old.minutes) < abs(off)
        ]  # fmt: skip
        swaps = [swap for swap in swaps if fits([swap[2] if entry is swap[1] else entry for entry in chosen])]
        if not swaps:
            break
        _, old, new = min(swaps, key=lambda swap: (swap[0], swap[1].lab, swap[2].lab))
        chosen[chosen.index(old)] = new
    return tuple(chosen)
