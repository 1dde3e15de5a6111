"""Going through labs on live clusters: start, ways, grades. Shared by the tests of all providers."""

from collections.abc import Iterator
from pathlib import Path

from grader.outcomes import Grade, Outcome
from harness.app import App, LateProviders
from harness.catalog import Catalog
from harness.ending import end, stop_all
from harness.grading import grade
from harness.paths import cache, lab_roots
from harness.solving import apply_way
from harness.starting import Started, reset, start
from harness.ways import Way, solutions, wrong
from setup.providers import PROVIDERS

CATALOG = Catalog(lab_roots())
SEEDS = (7, 1234)


def labs_of(provider: str) -> tuple[str, ...]:
    """The labs for which this provider is the cheapest that has what they need."""
    made = {name: make(Path("none"), Path("none")) for name, make in PROVIDERS.items()}
    found = []
    for slug in CATALOG.folders:
        needs = set(CATALOG.get(slug).spec.needs)
        able = [name for name, each in made.items() if needs <= each.capabilities]
        found += [slug] if able[:1] == [provider] else []
    return tuple(found)


def all_solutions(slugs: tuple[str, ...]) -> list[tuple[str, Way]]:
    """Each lab with each of its solutions."""
    return [(slug, way) for slug in slugs for way in solutions(CATALOG.folders[slug])]


def all_wrong(slugs: tuple[str, ...]) -> list[tuple[str, Way]]:
    """Each lab with each of its plausible mistakes."""
    return [(slug, way) for slug in slugs for way in wrong(CATALOG.folders[slug])]


def name(value: object) -> str:
    """A test's id."""
    return value.name if isinstance(value, Way) else str(value)


class Walk:
    """One sandbox at a time, on which labs are begun, gone through and judged."""

    def __init__(self, state: Path) -> None:
        self.app = App(CATALOG, state, cache(), LateProviders(state, cache()), tell=lambda _: None)

    def begin(self, slug: str, seed: int = SEEDS[0]) -> Started:
        """Start a lab, or give it its clean start again."""
        session = self.app.sessions.of(slug)
        if session is not None and session.seed == seed:
            return reset(self.app, CATALOG.get(slug), session)
        for each in self.app.sessions.all():
            end(self.app, each)
        return start(self.app, CATALOG.get(slug), None, seed, lambda _: False)

    def go(self, started: Started, way: Way) -> None:
        """Do as a solution, or a mistake, does."""
        variables = self.app.variables(started.session, started.sandbox)
        apply_way(started.sandbox, started.lab, way.folder, variables)

    def judged(self, started: Started) -> Grade:
        """Grade a started lab twice: both times the same, and to be trusted."""
        first, second = (grade(self.app, started.lab, started.session).grade for _ in range(2))
        assert outcomes(first) == outcomes(second)
        assert first.trustworthy, first.verdicts
        return first


def walk(state: Path) -> Iterator[Walk]:
    """A walk whose sandboxes are gone in the end."""
    made = Walk(state)
    try:
        yield made
    finally:
        stop_all(made.app)


def outcomes(result: Grade) -> list[tuple[str, Outcome, int]]:
    """What a grade says, without its words."""
    return [(verdict.name, verdict.outcome, verdict.points) for verdict in result.verdicts]


def missed(result: Grade) -> set[str]:
    """The checks that did not pass."""
    return {verdict.name for verdict in result.verdicts if verdict.outcome is not Outcome.PASSED}


def check_untouched(walk: Walk, slug: str, seed: int) -> None:
    """Before any work nothing is scored."""
    started = walk.begin(slug, seed)
    result = walk.judged(started)
    assert (result.points, missed(result)) == (0, {check.name for check in started.lab.checks})


def check_solution(walk: Walk, slug: str, way: Way) -> None:
    """A solution scores everything, and a reset takes it back."""
    started = walk.begin(slug)
    walk.go(started, way)
    result = walk.judged(started)
    assert (result.points, missed(result)) == (started.lab.points, set()), result.verdicts
    assert walk.judged(walk.begin(slug)).points == 0


def check_wrong(walk: Walk, slug: str, way: Way) -> None:
    """A mistake scores what its file says."""
    started = walk.begin(slug)
    walk.go(started, way)
    result = walk.judged(started)
    wanted = way.expectation()
    assert (result.points, missed(result)) == (wanted.points, set(wanted.fails)), result.verdicts
