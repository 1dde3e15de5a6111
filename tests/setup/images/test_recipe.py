"""The recipe is whole: every image of kubeadm's list, every binary and every overlay is there."""

import re
from pathlib import Path

import pytest

from setup.errors import LabsError
from setup.images import node, packages
from setup.images.recipe import load
from setup.providers.kind import images
from setup.tools.pins import KUBERNETES
from setup.tools.pins_node import PREVIOUS, modules


@pytest.mark.parametrize("version", [KUBERNETES, PREVIOUS])
def test_every_binary_of_the_recipe_is_pinned(version):
    recipe = load()
    pinned = {ours for module in modules(version) for ours, _ in module.binaries}
    images = (*recipe.control_plane.values(), *recipe.system_images.values(), *recipe.lab_images.values())
    named = {Path(path).name for each in images for path in each.binaries}
    assert named | {name for names in recipe.binaries.values() for name in names} <= pinned
    assert set(recipe.binaries["packaged"]) == set(packages.NAMES)


@pytest.mark.parametrize("version", [KUBERNETES, PREVIOUS])
def test_every_module_has_its_sums(version):
    for module in modules(version):
        assert (module.directory / "go.mod").is_file(), module.name
        assert (module.directory / "go.sum").is_file() or module.name == "pause"


def test_overlays_are_in_the_recipe():
    recipe = load()
    for each in (*recipe.lab_images.values(), recipe.load_balancer):
        assert not each.overlay or (recipe.directory / "images" / each.overlay).is_dir()


def test_the_kubeadm_images_have_contents():
    names = {"kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "etcd", "coredns", "pause"}
    assert set(load().control_plane) == names


def test_images_are_named_in_full():
    for name in (*load().system_images, *load().lab_images):
        registry, rest = name.split("/", 1)
        assert "." in registry
        assert ":" in rest


def test_a_lab_image_is_built_and_pulled_under_the_same_name():
    pulled = images.table()["lab-images"]
    assert set(pulled) == set(load().lab_images)
    assert all(re.fullmatch("sha256:[0-9a-f]{64}", digest) for digest in pulled.values())


def test_each_version_has_its_own_tag():
    assert node.tag(KUBERNETES).startswith(f"cka-labs/node:{KUBERNETES}-")
    assert node.tag(KUBERNETES) != node.tag(PREVIOUS)


def test_a_version_without_recipe_says_which_there_are(tmp_path):
    with pytest.raises(LabsError, match="no recipe") as error:
        node.ensure("v1.20.0", tmp_path, "docker", print)
    assert KUBERNETES in error.value.fix
