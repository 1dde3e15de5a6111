"""Drawing, held to its promises by made-up catalogues."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from harness.exams.drawing import Entry, draw, quotas
from setup.errors import LabsError

WEIGHTS = {"Troubleshooting": 30.0, "Architecture": 25.0, "Networking": 20.0, "Workloads": 15.0, "Storage": 10.0}


def entry(number, domain, minutes=7, difficulty="medium", **past):
    return Entry(f"{number:02}-lab", domain, minutes, difficulty, **past)


entries = some.lists(
    some.builds(
        lambda domain, minutes, level, seen, earned: (domain, minutes, level, seen, earned),
        some.sampled_from([*WEIGHTS]), some.integers(4, 15), some.sampled_from(["easy", "medium", "hard"]),
        some.integers(0, 3), some.floats(0, 1),
    ),
    min_size=1, max_size=40,
).map(lambda found: [Entry(f"{n:02}-lab", d, m, lv, s, e, e) for n, (d, m, lv, s, e) in enumerate(found)])  # fmt: skip


@given(entries, some.integers(1, 20), some.integers(0, 10_000))
def test_a_draw_is_the_same_for_the_same_seed_and_names_no_lab_twice(catalogue, count, seed):
    assume(len(catalogue) >= count)
    drawn = draw(catalogue, WEIGHTS, count, 120, seed)
    assert drawn == draw(list(reversed(catalogue)), WEIGHTS, count, 120, seed)
    assert len({each.lab for each in drawn}) == len(drawn) == count


@given(some.dictionaries(some.sampled_from([*WEIGHTS]), some.integers(0, 30), min_size=1), some.integers(1, 20))
def test_quotas_add_up_and_never_ask_for_more_than_there_is(available, count):
    assume(sum(available.values()) >= count)
    given_ = quotas(WEIGHTS, count, available)
    assert sum(given_.values()) == count
    assert all(given_[name] <= available.get(name, 0) for name in WEIGHTS)


@given(some.integers(1, 40))
def test_with_enough_labs_every_domain_is_within_one_task_of_its_share(count):
    given_ = quotas(WEIGHTS, count, dict.fromkeys(WEIGHTS, 100))
    assert all(abs(given_[name] - count * weight / 100) < 1 for name, weight in WEIGHTS.items())


def test_the_official_weights_for_seventeen_tasks():
    assert quotas(WEIGHTS, 17, dict.fromkeys(WEIGHTS, 100)) == {
        "Troubleshooting": 5, "Architecture": 4, "Networking": 3, "Workloads": 3, "Storage": 2,
    }  # fmt: skip


def test_too_few_labs_are_said():
    with pytest.raises(LabsError, match="wants 3 tasks, but only 2"):
        quotas(WEIGHTS, 3, {"Storage": 2})


def test_a_domain_without_a_share_gives_nothing():
    assert quotas({"Storage": 100.0, "Networking": 0.0}, 2, {"Storage": 5, "Networking": 5})["Networking"] == 0


@given(some.integers(0, 1000))
def test_unseen_labs_come_before_seen_ones(seed):
    catalogue = [entry(n, "Storage", seen=1, earned=0.0) for n in range(5)]
    catalogue += [entry(n, "Storage") for n in range(5, 8)]
    drawn = draw(catalogue, {"Storage": 100.0}, 3, 21, seed)
    assert {each.lab for each in drawn} == {"05-lab", "06-lab", "07-lab"}


@given(some.integers(0, 1000))
def test_among_seen_ones_weak_topics_come_first(seed):
    catalogue = [entry(n, "Storage", seen=1, earned=n / 10, topic=n / 10) for n in range(8)]
    drawn = draw(catalogue, {"Storage": 100.0}, 3, 21, seed)
    assert {each.lab for each in drawn} == {"00-lab", "01-lab", "02-lab"}


@given(some.integers(0, 1000))
def test_the_minutes_come_near_the_exams_where_labs_allow_it(seed):
    catalogue = [entry(n, "Storage", minutes=4 + n % 8) for n in range(24)]
    drawn = draw(catalogue, {"Storage": 100.0}, 8, 60, seed)
    assert abs(sum(each.minutes for each in drawn) - 60) <= 0.15 * 60


def test_the_mix_of_difficulties_is_kept():
    catalogue = [entry(n, "Storage", difficulty=("easy", "medium", "hard")[n % 3]) for n in range(30)]
    drawn = draw(catalogue, {"Storage": 100.0}, 8, 56, 5, {"easy": 25, "medium": 50, "hard": 25})
    levels = [each.difficulty for each in drawn]
    assert abs(levels.count("medium") - 4) <= 1
    assert levels.count("easy") >= 1
    assert levels.count("hard") >= 1


def test_other_seeds_draw_other_labs():
    catalogue = [entry(n, "Storage") for n in range(30)]
    draws = {frozenset(each.lab for each in draw(catalogue, {"Storage": 100.0}, 5, 35, seed)) for seed in range(20)}
    assert len(draws) > 10


def test_a_lab_that_the_machine_cannot_hold_is_left_out():
    catalogue = [entry(n, "Storage") for n in range(6)]

    def fits(chosen):
        return not any(each.lab in ("00-lab", "01-lab") for each in chosen)

    drawn = draw(catalogue, {"Storage": 100.0}, 4, 28, 1, fits=fits)
    assert {each.lab for each in drawn} == {"02-lab", "03-lab", "04-lab", "05-lab"}
    with pytest.raises(LabsError, match="room for 4 of the 5"):
        draw(catalogue, {"Storage": 100.0}, 5, 35, 1, fits=fits)
