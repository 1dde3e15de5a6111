"""Every lab on kind clusters is what its folder says: the start, each solution, each wrong way, the reset."""

from collections.abc import Iterator

import pytest

from tests.live import walking
from tests.live.walking import SEEDS, Walk, all_solutions, all_wrong, labs_of, name

pytestmark = pytest.mark.kind

LABS = labs_of("kind")


@pytest.fixture(scope="module")
def walk(tmp_path_factory) -> Iterator[Walk]:
    yield from walking.walk(tmp_path_factory.mktemp("labs"))


@pytest.mark.parametrize("seed", SEEDS[1:])
@pytest.mark.parametrize("slug", LABS)
def test_untouched_scores_nothing(walk, slug, seed):
    walking.check_untouched(walk, slug, seed)


@pytest.mark.parametrize(("slug", "way"), all_solutions(LABS), ids=name)
def test_a_solution_scores_everything_and_a_reset_takes_it_back(walk, slug, way):
    walking.check_solution(walk, slug, way)


@pytest.mark.parametrize(("slug", "way"), all_wrong(LABS), ids=name)
def test_a_wrong_way_scores_what_its_file_says(walk, slug, way):
    walking.check_wrong(walk, slug, way)
