"""Quantities are compared by value."""

from fractions import Fraction

import pytest

from grader.quantities import quantity, same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("500m", "0.5"),
        ("1Gi", "1024Mi"),
        ("1k", 1000),
        ("2", 2),
        ("1e3", "1000"),
        ("1E", "1000P"),
        (".5", 0.5),
        ("5.", 5),
    ],
)
def test_equal_quantities(one, other):
    assert quantity(one) == quantity(other) is not None


@pytest.mark.parametrize("text", ["", "m", "1gi", "1 Gi", "one", "1e999999999", "1Gi\n", True, None, {}, [1], "9" * 99])
def test_what_is_no_quantity(text):
    assert quantity(text) is None


def test_small_values_are_exact():
    assert quantity("1n") == Fraction(1, 10**9)


@pytest.mark.parametrize(
    ("expected", "actual", "path", "wanted"),
    [
        ("0.5", "500m", ".spec.containers[0].resources.limits.cpu", True),
        ("1Gi", "1024Mi", ".spec.hard[requests.memory]", True),
        ("1Gi", "1024Mi", ".spec.capacity.storage", True),
        (1, "1", ".spec.hard.pods", True),
        ("1Gi", "1024Mi", ".data.size", False),
        ("1Gi", "2Gi", ".spec.capacity.storage", False),
        ("Container", "Container", ".spec.limits[0].type", True),
        ("Container", "Pod", ".spec.limits[0].type", False),
        (80, "80", ".spec.ports[0].targetPort", False),
        (True, 1, ".spec.x", False),
        (None, None, "", True),
    ],
)
def test_where_values_count_and_where_spelling_does(expected, actual, path, wanted):
    assert same(expected, actual, path) is wanted
