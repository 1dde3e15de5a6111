"""What holds for every object and every fragment (hypothesis)."""

import copy
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.fragments import load_fragment, load_manifest
from grader.matching import differences, fits
from grader.quantities import quantity
from grader.rules import AtLeast, Exactly, Matches, partners

NAMES = st.sampled_from(["spec", "name", "ports", "resources", "limits", "cpu", "a.b/c", "\x1b[31m", "x y"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=4)


@given(OBJECTS)
def test_an_object_contains_itself(live: dict[str, Any]):
    assert list(differences(live, copy.deepcopy(live))) == []
    assert Exactly(live).problem(copy.deepcopy(live)) is None or _has_null(live)


def _has_null(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or any(map(_has_null, inner))


@given(OBJECTS, OBJECTS)
def test_more_in_the_live_object_does_no_harm(wanted: dict[str, Any], more: dict[str, Any]):
    live = copy.deepcopy(wanted) | {f"other-{key}": value for key, value in more.items()}
    assert fits(wanted, live)


@given(st.lists(VALUES, max_size=5), st.randoms())
def test_the_order_of_a_list_does_not_matter(items: list[Any], chance: Any):
    mixed = copy.deepcopy(items)
    chance.shuffle(mixed)
    assert fits({"a": items}, {"a": mixed})
    assert Exactly(items).problem(mixed) is None or _has_null(items)


@given(st.lists(st.integers(), min_size=1, max_size=5), st.data())
def test_each_wanted_item_needs_a_live_one_of_its_own(items: list[int], data: st.DataObject):
    gone = data.draw(st.integers(0, len(items) - 1))
    assert not fits({"a": items}, {"a": items[:gone] + items[gone + 1 :]})


@given(OBJECTS, VALUES)
def test_any_two_values_can_be_compared_and_told_on_one_clean_line_each(wanted: dict[str, Any], live: Any):
    for line in differences(wanted, live):
        assert line.isprintable() or "\n" not in line
        assert "\x1b" not in line


@given(NAMES, SCALARS, SCALARS)
def test_another_scalar_differs_unless_it_is_the_same_amount(key: str, wanted: Any, live: Any):
    same = wanted == live and isinstance(wanted, bool) is isinstance(live, bool)
    amount = quantity(wanted) is not None and quantity(wanted) == quantity(live)
    assert fits({key: wanted}, {key: live}) is same or amount


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from(["", "m", "k", "Ki", "Mi", "G"]))
def test_at_least_goes_by_the_amount(floor: int, found: int, unit: str):
    assert (AtLeast(f"{floor}{unit}").problem(f"{found}{unit}") is None) is (found >= floor)


@given(st.integers(0, 10**6))
def test_units_of_the_same_amount_are_equal(number: int):
    live = {"resources": {"limits": {"cpu": f"{number * 1000}m", "memory": f"{number}Ki"}}}
    wanted = {"resources": {"limits": {"cpu": number, "memory": str(number * 1024)}}}
    assert fits(wanted, live)


@given(VALUES)
def test_rules_take_any_live_value(live: Any):
    for rule in (AtLeast("1"), Matches("^a"), Exactly({"a": [1]})):
        problem = rule.problem(live)
        assert problem is None or "\x1b" not in problem


@given(st.lists(st.lists(st.integers(0, 5), max_size=6), max_size=6))
def test_partners_are_as_many_as_can_be_and_none_twice(choices: list[list[int]]):
    pairs = partners(choices)
    assert len(set(pairs.values())) == len(pairs)
    assert all(there in choices[here] for there, here in pairs.items())
    assert len(pairs) == _most(choices)


def _most(choices: list[list[int]], taken: frozenset[int] = frozenset()) -> int:
    if not choices:
        return 0
    rest = choices[1:]
    return max([_most(rest, taken), *(1 + _most(rest, taken | {there}) for there in set(choices[0]) - taken)])


TAGS = st.sampled_from(["!atleast", "!matches", "!exactly", "!absent", "!!python/object", "!other", "&a", "*a", ""])
LINES = st.builds(
    lambda indent, key, tag, value: f"{' ' * indent}{key}: {tag} {value}",
    st.integers(0, 4), st.sampled_from(["kind", "spec", "a", "? b", "- c", ""]), TAGS,
    st.sampled_from(["", "1", "500m", "[", "[1, 2]", "{a: 1}", "^(", "2020-01-01", "'x", "|", "*a", "\x07", "!absent"]),
)  # fmt: skip


@given(st.lists(LINES, max_size=6).map("\n".join) | st.text(max_size=60))
@pytest.mark.parametrize("load", [load_fragment, load_manifest])
def test_a_fragment_is_read_or_refused_with_a_value_error(load, text: str):
    with suppress(ValueError):
        loaded = load(text)
        assert isinstance(loaded, dict)
        assert all(isinstance(line, str) for line in differences(loaded, {"a": 1, "spec": [1]}))


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 5000, "- " * 20_000 + "a"])
@pytest.mark.parametrize("load", [load_fragment, load_manifest])
def test_deep_nesting_is_refused(load, text):
    with pytest.raises(ValueError, match="cannot be read"):
        load(text)
