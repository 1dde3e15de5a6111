"""A snapshot is judged by restoring it; the script's exit code says whose doing a failure is."""

from types import SimpleNamespace

import pytest

from grader.errors import Broken, Miss
from grader.node import Node


def node(code: int, output: str = "", errors: str = "") -> Node:
    host = SimpleNamespace(run=lambda command: SimpleNamespace(rc=code, stdout=output, stderr=errors))
    return Node("cp", lambda: host)


def test_the_value_comes_back():
    assert "deed-1" in node(0, "k8s v1 ConfigMap deed-1").snapshot("/b.db", "/registry/x")


@pytest.mark.parametrize(
    ("code", "errors", "why"),
    [
        (41, "", "there is no file /b.db on cp"),
        (43, "", "/b.db on cp is empty"),
        (42, "Error: expected sha256 [1], got [2]", r"not a whole snapshot: expected sha256 \[1\], got \[2\]"),
    ],
)
def test_a_bad_file_is_a_miss(code, errors, why):
    with pytest.raises(Miss, match=why):
        node(code, "", errors).snapshot("/b.db", "/registry/x")


def test_a_scratch_etcd_that_does_not_start_is_broken():
    with pytest.raises(Broken, match="scratch etcd on cp"):
        node(1, "", "no such image").snapshot("/b.db", "/registry/x")
