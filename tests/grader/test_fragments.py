"""Fragments are read as authors mean them."""

import pytest

from grader.fragments import load_fragment, load_manifest
from grader.rules import Absent, AtLeast, Exactly, Matches


def test_the_four_tags_become_rules():
    loaded = load_fragment("{a: !atleast 3, b: !matches ^x, c: !exactly {d: [1]}, e: !absent }")
    assert loaded == {"a": AtLeast("3"), "b": Matches("^x"), "c": Exactly({"d": [1]}), "e": Absent()}


def test_exactly_takes_scalars_as_yaml_does():
    assert load_fragment("{a: !exactly 3, b: !exactly '3', c: !exactly true}") == {
        "a": Exactly(3),
        "b": Exactly("3"),
        "c": Exactly(True),
    }


def test_dates_stay_text():
    assert load_fragment("day: 2026-01-02") == {"day": "2026-01-02"}


def test_an_indented_fragment_is_read():
    assert load_fragment("\n        kind: Pod\n        metadata: {name: x}\n    ")["metadata"] == {"name": "x"}


@pytest.mark.parametrize(
    "fragment",
    ["", "text", "[1]", "a: 1\na: 2", "a: !atleast many", "a: !matches '('", "a: !absent 3", "a: !unknown 3", "a: []",
     "a: {b: [{c: []}]}", "a: 1\n---\nb: 2", "a: [", "!!python/object/apply:os.system [id]"],
)  # fmt: skip
def test_an_authors_mistake_is_a_value_error(fragment):
    with pytest.raises(ValueError, match=r"."):
        load_fragment(fragment)


@pytest.mark.parametrize(
    "manifest", ["[1]", "{metadata: {}}", "{kind: Pod, spec: !absent }", "{kind: Pod, metadata: {name: no}}"]
)
def test_a_manifest_has_a_kind_and_no_rules(manifest):
    with pytest.raises(ValueError, match=r"."):
        load_manifest(manifest)
