"""A node is a thin layer over a testinfra host; here the host is this machine."""

import pytest

from grader import Node


@pytest.fixture
def node() -> Node:
    return Node.connect("here", "local://")


def test_arguments_are_quoted(node: Node):
    ran = node.run("printf %s", "a; echo b")
    assert (ran.code, ran.output) == (0, "a; echo b")


def test_a_command_that_fails_has_its_code(node: Node):
    assert node.run("exit 3").code == 3


def test_output_is_cleaned(node: Node):
    assert node.run("printf '\\033[31mred'").output == "red"


def test_a_file_or_none(node: Node, tmp_path):
    (tmp_path / "x").write_text("text")
    assert node.read(str(tmp_path / "x")) == "text"
    assert node.read(str(tmp_path / "y")) is None


def test_services_are_asserted():
    class Service:
        is_running, is_enabled = True, False

    class Host:
        def service(self, name: str) -> Service:
            return Service()

    node = Node("worker", Host)
    node.runs("kubelet")
    with pytest.raises(AssertionError, match="kubelet is not enabled on worker"):
        node.starts("kubelet")
