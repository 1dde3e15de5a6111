"""The paper of an exam: which tasks, on which clusters, worth how much; settled before anything is started."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.choosing import choose
from harness.exams import assembling, drawing
from harness.exams.claims import alone, claims_of
from harness.exams.exam import Cluster, Task
from harness.exams.history import standing
from harness.exams.room import Room
from harness.task import EXAMPLE
from harness.variables import draw
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.app import App
    from harness.exams.assembling import Group, Seat
    from harness.exams.blueprint import Blueprint
    from harness.lab import Lab

TRIES = 5  # seeds that are tried for a lab whose drawn names collide with another's


@dataclass(frozen=True)
class Paper:
    """What the journal's first event says."""

    seed: int
    tasks: tuple[Task, ...]
    clusters: tuple[Cluster, ...]

    def facts(self) -> dict[str, Any]:
        """The same as JSON."""
        return {
            "seed": self.seed,
            "tasks": [dataclasses.asdict(task) for task in self.tasks],
            "clusters": [dataclasses.asdict(cluster) for cluster in self.clusters],
        }


def write_paper(app: App, blueprint: Blueprint, seed: int, minutes: int) -> Paper:
    """Draw the tasks and put them on clusters; LabsError where this machine cannot run such an exam."""
    room = Room(app)
    weights = blueprint.weights(app.catalog.curriculum)
    if blueprint.labs:
        labs = [app.catalog.get(app.catalog.slug(slug)) for slug in blueprint.labs]
        seats = [_seat(app, blueprint, lab, seed) for lab in labs]
    else:
        labs, seats = _drawn(app, blueprint, weights, room, seed, minutes)
    groups = assembling.assemble(_apart(app, blueprint, labs, seats, seed), room.obstacle, room.comfort)
    return Paper(seed, *_numbered(labs, groups, weights, seed))


def seed_of(seed: int, lab: str, attempt: int = 0) -> int:
    """The seed from which a task's names and numbers are drawn; the same for the same exam."""
    import random  # noqa: PLC0415

    return random.Random(f"task/{seed}/{lab}/{attempt}").randrange(1_000_000)  # noqa: S311  (repeatable, not secret)


def _drawn(
    app: App, blueprint: Blueprint, weights: Mapping[str, float], room: Room, seed: int, minutes: int
) -> tuple[list[Lab], list[Seat]]:
    seats: dict[str, Seat] = {}
    labs: dict[str, Lab] = {}
    obstacles: list[str] = []
    for lab in app.catalog.read()[0]:
        try:
            seats[lab.slug] = _seat(app, blueprint, lab, seed)
            labs[lab.slug] = lab
        except LabsError as error:
            obstacles.append(error.what)
    past = standing(app)
    entries = [
        drawing.Entry(
            lab.slug, lab.spec.domain, lab.spec.minutes, str(lab.spec.difficulty),
            past.seen(lab.slug), past.earned(lab.slug), past.topic(lab.spec.competencies),
        )
        for lab in labs.values()
    ]  # fmt: skip

    def fits(chosen: Sequence[drawing.Entry]) -> bool:
        try:
            assembling.assemble([seats[entry.lab] for entry in chosen], room.obstacle)
        except LabsError:
            return False
        return True

    try:
        drawn = drawing.draw(
            entries, weights, blueprint.tasks or 0, minutes, seed,
            {str(level): share for level, share in blueprint.difficulty.items()}, fits,
        )  # fmt: skip
    except LabsError as error:
        why = f"; {obstacles[0]}" if obstacles else ""
        raise LabsError(f"{error.what}{why}", error.fix) from None
    return [labs[entry.lab] for entry in drawn], [seats[entry.lab] for entry in drawn]


def _seat(app: App, blueprint: Blueprint, lab: Lab, seed: int, attempt: int = 0) -> Seat:
    wanted = [app.providers[name] for name in blueprint.providers if name in app.providers]
    allowed = {provider.name: provider for provider in wanted} if blueprint.providers else app.providers
    if blueprint.shapes and lab.spec.shape not in blueprint.shapes:
        raise LabsError(f"{lab.slug} needs the shape {lab.spec.shape}, which this exam does not take")
    provider = choose(lab, allowed)
    values = {
        **draw(lab.spec.variables, lab.slug, seed_of(seed, lab.slug, attempt)),
        **EXAMPLE, "lab": lab.slug,
    }  # fmt: skip
    claims = claims_of(lab, values)
    return assembling.Seat(lab.slug, provider.name, lab.spec.shape, claims, alone(lab, claims, provider.name))


def _apart(app: App, blueprint: Blueprint, labs: Sequence[Lab], seats: Sequence[Seat], seed: int) -> list[Seat]:
    """The same seats, with other names drawn where only chance made two labs want the same ones."""
    settled: list[Seat] = []
    for lab, first in zip(labs, seats, strict=True):
        best, fewest = first, _conflicts(first, settled)
        for attempt in range(1, TRIES):
            if fewest == 0:
                break
            other = _seat(app, blueprint, lab, seed, attempt)
            if _conflicts(other, settled) < fewest:
                best, fewest = dataclasses.replace(other, attempt=attempt), _conflicts(other, settled)
        settled.append(best)
    return settled


def _conflicts(seat: Seat, others: Sequence[Seat]) -> int:
    return sum(seat.kind == other.kind and seat.claims.conflict(other.claims) is not None for other in others)


def _numbered(
    labs: Sequence[Lab], groups: Sequence[Group], weights: Mapping[str, float], seed: int
) -> tuple[tuple[Task, ...], tuple[Cluster, ...]]:
    """Tasks in the order of the labs, clusters in that of their first task."""
    home = {seat.lab: (group, seat) for group in groups for seat in group.seats}
    order: list[Group] = []
    for lab in labs:
        if home[lab.slug][0] not in order:
            order.append(home[lab.slug][0])
    worth = _worth(labs, weights)
    tasks = []
    for number, lab in enumerate(labs, 1):
        group, seat = home[lab.slug]
        tasks.append(Task(
            number, lab.slug, lab.spec.title, lab.spec.domain, lab.spec.minutes, lab.points, worth[lab.slug],
            seed_of(seed, lab.slug, seat.attempt), order.index(group) + 1, f"cka{number:04}", group.resets(seat),
        ))  # fmt: skip
    return tuple(tasks), tuple(Cluster(index, group.provider, group.shape) for index, group in enumerate(order, 1))


def _worth(labs: Sequence[Lab], weights: Mapping[str, float]) -> dict[str, float]:
    """The share of the score, in per cent, of each lab: its domain's share by its points."""
    points: dict[str, int] = {}
    for lab in labs:
        points[lab.spec.domain] = points.get(lab.spec.domain, 0) + lab.points
    counted = {name: weight for name, weight in weights.items() if points.get(name)}
    total = sum(counted.values())
    if not total:
        raise LabsError("none of the exam's labs belongs to a domain with a share", "Mend the blueprint's `shares`.")
    return {
        lab.slug: round(100 * counted.get(lab.spec.domain, 0.0) / total * lab.points / points[lab.spec.domain], 4)
        for lab in labs
    }
