"""The kind configurations: what is in the shapes, what is added, and the table of images."""

import re

import pytest

from setup import shapes
from setup.providers.kind import images
from setup.providers.kind.making import configuration
from setup.providers.kind.provider import Kind
from setup.tools.pins import KIND


@pytest.mark.parametrize("shape", Kind.shapes)
def test_every_shape_gets_names_images_and_a_port_for_etcd(shape):
    config = configuration(shape, "labs-x", "image:1", cgroup="2")
    assert config["name"] == "labs-x"
    assert {node["image"] for node in config["nodes"]} == {"image:1"}
    first = config["nodes"][0]
    assert first["role"] == "control-plane"
    assert first["extraPortMappings"] == [{"containerPort": 2379, "listenAddress": "127.0.0.1"}]
    assert "kubeadmConfigPatches" not in config


def test_on_cgroup_v1_the_kubelet_is_told_to_bear_it():
    assert "failCgroupV1: false" in configuration("one-node", "x", "i", cgroup="1")["kubeadmConfigPatches"][0]


def test_all_shapes_are_the_providers():
    assert set(shapes.shapes()) == set(Kind.shapes)


def test_official_images_carry_their_digest_and_belong_to_the_pinned_kind():
    assert images.table()["kind"] == KIND
    for which in ("current", "previous"):
        entry = images.table()[which]["official"]
        assert re.fullmatch(rf"kindest/node:{re.escape(entry['version'])}@sha256:[0-9a-f]{{64}}", entry["image"])


def test_the_previous_shape_is_one_minor_older():
    def minors(source):
        found = [images.entry(shape, source).version for shape in ("three-node", "previous-minor")]
        return [int(version.split(".")[1]) for version in found]

    for source in ("official", "built"):
        current, previous = minors(source)
        assert current == previous + 1


def test_the_load_balancer_is_the_one_of_the_pinned_kind():
    assert images.table()["load-balancer"]["name"].startswith("docker.io/envoyproxy/envoy:v")
