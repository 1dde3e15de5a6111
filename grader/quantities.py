"""Kubernetes quantities (``500m``, ``1Gi``, ``2``) compared by value."""

import re
from fractions import Fraction
from typing import Any

_SUFFIXES = {
    **{suffix: Fraction(10) ** power for suffix, power in zip("num", (-9, -6, -3), strict=True)},
    **{suffix: Fraction(10) ** power for suffix, power in zip(("", *"kMGTPE"), range(0, 21, 3), strict=True)},
    **{f"{suffix}i": Fraction(2) ** (10 * power) for power, suffix in enumerate("KMGTPE", start=1)},
}
_QUANTITY = re.compile(r"([+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40}))(?:[eE]([+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i)?)")

# Where the API server takes a quantity and gives it back normalised: container and claim resources, quotas,
# limit ranges, volumes, nodes. Below these keys 1024Mi and 1Gi are the same answer.
_FIELDS = re.compile(
    r"\.(?:resources|hard|used|capacity|allocatable|requests|limits|storage|sizeLimit|overhead)(?:[.\[]|$)"
)


def quantity(value: Any) -> Fraction | None:
    """Return the value of a number or quantity in its base unit (cores, bytes, pieces), or None if it is neither.

    Source: the grammar in k8s.io/apimachinery/pkg/api/resource/quantity.go.
    """
    match value:
        case bool():
            return None
        case int():
            return Fraction(value)
        case float():
            return Fraction(str(value)) if abs(value) < 1e40 else None
        case str() if found := _QUANTITY.fullmatch(value):
            number, exponent, suffix = found.groups()
            scale = Fraction(10) ** int(exponent) if exponent else _SUFFIXES[suffix or ""]
            return Fraction(number.rstrip(".")) * scale
        case _:
            return None


def same(expected: Any, actual: Any, path: str) -> bool:
    """Whether two plain values are equal; below a field that holds quantities they are compared by value."""
    if isinstance(expected, bool) is not isinstance(actual, bool):
        return False  # in Python True == 1
    if expected == actual:
        return True
    if not _FIELDS.search(path):
        return False
    value = quantity(expected)
    return value is not None and value == quantity(actual)
