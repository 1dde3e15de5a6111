"""What is to be proved: labs by provider, in shares that workers take side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.certification.certificate import Certificate
from harness.certification.proving import unreadable
from harness.choosing import choose, obstacle
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from harness.app import App
    from harness.lab import Lab

SHARE, LARGE_SHARE = 45, 18  # mutants in one share: some half a minute; on real nodes minutes
LARGE = "kind"  # its clusters fill a machine: only as many at a time as there is room for


@dataclass(frozen=True)
class Order:
    """What is to be done with each lab. ``report`` is the folder that evidence is kept in, if any."""

    roots: tuple[Path, ...]
    state: Path
    cache: Path
    repeat: int = 0
    mutants: bool = True
    report: Path | None = None


@dataclass(frozen=True)
class Job:
    """One share of a lab on one provider; the first, number 0, is the one that takes all the steps.

    With ``replaces`` no other lab can go on with its cluster.
    """

    slug: str
    provider: str
    shape: str
    share: int = 0
    shares: int = 1
    replaces: bool = False

    @property
    def whole(self) -> bool:
        """Whether this share takes all the steps."""
        return self.share == 0


def plan(
    app: App, slugs: Sequence[str], provider: str | None, *, everywhere: bool, shares: bool
) -> Iterator[Job | Certificate]:
    """The jobs for these labs, and at once the certificates of those that cannot run here or cannot be read.

    ``slugs`` are those that the user named; without any it is all labs, and with ``provider`` those of them for which
    it is the cheapest (``everywhere``: that can run on it at all).
    """
    for slug in slugs or app.catalog.folders:
        lab = app.catalog.get(slug)
        try:
            names = list(_providers(app, lab, provider, named=bool(slugs), everywhere=everywhere))
        except LabsError as error:
            if error.code == 2:
                raise
            yield unreadable(Job(slug, provider or "-", "-"), error.what)
            continue
        for name in names:
            yield from _jobs(app, lab, name, shares=shares)


def _providers(app: App, lab: Lab, wanted: str | None, *, named: bool, everywhere: bool) -> Iterator[str]:
    if wanted is not None and wanted not in app.providers:
        choose(lab, app.providers, wanted)  # says which there are
    able = [name for name, each in app.providers.items() if set(lab.spec.needs) <= each.capabilities]
    if named and wanted is not None:
        yield wanted
    elif everywhere:
        yield from (name for name in able if wanted in (None, name))
    elif wanted is None or able[:1] == [wanted]:
        yield able[0] if able else next(iter(app.providers))


def _jobs(app: App, lab: Lab, provider: str, *, shares: bool) -> Iterator[Job | Certificate]:
    why = obstacle(lab, app.providers[provider])
    if why is not None:
        yield Certificate(lab.slug, provider, obstacle=f"{provider}: {why}")
        return
    count = _shares(lab, LARGE_SHARE if provider == LARGE else SHARE) if shares and not lab.spec.replaces else 1
    for share in range(count):
        yield Job(lab.slug, provider, lab.spec.shape, share, count, lab.spec.replaces)


def _shares(lab: Lab, size: int) -> int:
    from harness.certification.faulty import example_mutants  # noqa: PLC0415  (late: reads the lab's files)

    try:
        return -(-len(example_mutants(lab)) // size) or 1
    except LabsError:
        return 1  # lint says what is wrong with its files
