"""Every lab is what its folder says, on a live cluster: the start, each solution, each wrong way, the reset."""

from collections.abc import Callable, Iterator

import pytest

from grader.outcomes import Grade, Outcome
from harness.app import App, LateProviders
from harness.catalog import Catalog
from harness.ending import end, stop_all
from harness.grading import grade
from harness.paths import cache, lab_roots
from harness.solving import apply_way
from harness.starting import Started, reset, start
from harness.ways import Way, solutions, wrong

pytestmark = pytest.mark.live

CATALOG = Catalog(lab_roots())
SOLUTIONS = [(slug, way) for slug, folder in CATALOG.folders.items() for way in solutions(folder)]
WRONG = [(slug, way) for slug, folder in CATALOG.folders.items() for way in wrong(folder)]
SEEDS = (7, 1234)


@pytest.fixture(scope="module")
def app(tmp_path_factory) -> Iterator[App]:
    state = tmp_path_factory.mktemp("labs")
    made = App(CATALOG, state, cache(), LateProviders(state, cache()), tell=lambda _: None)
    yield made
    stop_all(made)


@pytest.fixture
def begin(app) -> Callable[..., Started]:
    """Start a lab on the one sandbox of this module, or give it its clean start again."""

    def end_other(session):
        end(app, session)
        return False

    def begin(slug: str, seed: int = SEEDS[0]) -> Started:
        session = app.sessions.of(slug)
        if session is not None and session.seed == seed:
            return reset(app, CATALOG.get(slug), session)
        for each in app.sessions.all():
            end(app, each)
        return start(app, CATALOG.get(slug), None, seed, end_other)

    return begin


@pytest.fixture
def judged(app) -> Callable[[Started], Grade]:
    """Grade a started lab twice: both times the same."""

    def judged(started: Started) -> Grade:
        first, second = (grade(app, started.lab, started.session).grade for _ in range(2))
        assert outcomes(first) == outcomes(second)
        assert first.trustworthy
        return first

    return judged


def go(app: App, started: Started, way: Way) -> None:
    variables = app.variables(started.session, started.sandbox)
    apply_way(started.sandbox, started.lab, way.folder, variables)


def outcomes(result: Grade) -> list[tuple[str, Outcome, int]]:
    return [(verdict.name, verdict.outcome, verdict.points) for verdict in result.verdicts]


def missed(result: Grade) -> set[str]:
    return {verdict.name for verdict in result.verdicts if verdict.outcome is not Outcome.PASSED}


def name(value: object) -> str:
    return value.name if isinstance(value, Way) else str(value)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("slug", CATALOG.folders)
def test_untouched_scores_nothing(begin, judged, slug, seed):
    started = begin(slug, seed)
    result = judged(started)
    assert (result.points, missed(result)) == (0, {check.name for check in started.lab.checks})


@pytest.mark.parametrize(("slug", "way"), SOLUTIONS, ids=name)
def test_a_solution_scores_everything_and_a_reset_takes_it_back(app, begin, judged, slug, way):
    started = begin(slug)
    go(app, started, way)
    result = judged(started)
    assert (result.points, missed(result)) == (started.lab.points, set())
    assert judged(begin(slug)).points == 0


@pytest.mark.parametrize(("slug", "way"), WRONG, ids=name)
def test_a_wrong_way_scores_what_its_file_says(app, begin, judged, slug, way):
    started = begin(slug)
    go(app, started, way)
    result = judged(started)
    wanted = way.expectation()
    assert (result.points, missed(result)) == (wanted.points, set(wanted.fails)), result.verdicts
