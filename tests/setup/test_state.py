"""Manifests of a starting state."""

import pytest

from setup.errors import LabsError
from setup.state import Manifest, documents


def test_documents_are_read_in_order_and_empty_ones_skipped():
    text = "---\n{apiVersion: v1, kind: Namespace, metadata: {name: a}}\n---\n---\n" * 2
    assert [each["kind"] for each in documents(Manifest("start/a.yaml", text))] == ["Namespace", "Namespace"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "start/a.yaml is not YAML"),
        ("kind: Pod", "without apiVersion, kind and metadata.name"),
        ("- 1", "without"),
    ],
)
def test_what_is_no_manifest_is_named(text, said):
    with pytest.raises(LabsError, match=said):
        list(documents(Manifest("start/a.yaml", text)))
