"""Shapes name their nodes as kind does."""

import pytest

from setup.errors import LabsError
from setup.providers.embedded.nodes import address, manifest
from setup.shapes import Node, nodes


def test_three_node():
    assert nodes("three-node") == (
        Node(0, "cka-control-plane", True),
        Node(1, "cka-worker", False),
        Node(2, "cka-worker2", False),
    )


def test_an_unknown_shape_names_the_known_ones():
    with pytest.raises(LabsError) as caught:
        nodes("two-node")
    assert ("three-node" in caught.value.fix, caught.value.code) == (True, 2)


def test_only_the_control_plane_is_tainted():
    plane, worker, _ = nodes("three-node")
    taint = {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}
    assert manifest(plane)["spec"] == {"taints": [taint]}
    assert manifest(worker)["spec"] == {}
    assert address(worker) == "172.30.0.3"
