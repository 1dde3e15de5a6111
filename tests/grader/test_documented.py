"""labs/README.md names the whole language, and nothing that is not in it."""

import re

import pytest

import grader
from grader.fragments import _Loader
from harness.paths import content

PAGE = (content("labs") / "README.md").read_text()


@pytest.mark.parametrize("name", grader.__all__)
def test_every_public_name_is_documented(name):
    assert re.search(rf"`[^`]*\b{name}\b[^`]*`", PAGE)


@pytest.mark.parametrize("name", [name for name in vars(grader.K8s) if not name.startswith("_") and name != "connect"])
def test_every_method_is_documented(name):
    assert re.search(rf"`[^`]*\b{name}\b[^`]*`", PAGE)


def test_no_method_is_documented_that_is_not_there():
    assert set(re.findall(r"k8s\.([a-z_]+)\(", PAGE)) <= set(vars(grader.K8s))


def test_every_tag_is_documented():
    tags = {tag for tag in _Loader.yaml_constructors if tag and tag.startswith("!")}
    assert len(tags) == 4
    assert all(tag in PAGE for tag in tags)
