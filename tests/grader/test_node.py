"""A node is a thin layer over a testinfra host; here the host is this machine, or one that answers from a table."""

from types import SimpleNamespace

import pytest

from grader import Broken, Node
from grader.errors import Miss


@pytest.fixture
def node() -> Node:
    return Node.connect("here", "local://")


class Host:
    """Answers a command by the first key found in it: exit code, output, errors."""

    def __init__(self, **answers: tuple[int, str, str]) -> None:
        self.answers = {key.replace("_", "-"): answer for key, answer in answers.items()}

    def run(self, command: str) -> SimpleNamespace:
        for key, (code, output, errors) in self.answers.items():
            if key in command:
                return SimpleNamespace(rc=code, stdout=output, stderr=errors)
        return SimpleNamespace(rc=1, stdout="", stderr="unknown command")


def faked(**answers: tuple[int, str, str]) -> Node:
    return Node("worker", lambda: Host(**answers))


def test_arguments_are_quoted(node: Node):
    ran = node.run("printf %s", "a; echo b")
    assert (ran.code, ran.output) == (0, "a; echo b")


def test_a_command_that_fails_has_its_code(node: Node):
    assert node.run("exit 3").code == 3


def test_a_command_that_hangs_is_broken(node: Node):
    with pytest.raises(Broken, match=r"on here, `sleep 9` did not end within 0.2 s"):
        node.run("sleep 9", seconds=0.2)


def test_output_is_cleaned(node: Node):
    assert node.run("printf '\\033[31mred'").output == "red"


def test_a_file_or_none(node: Node, tmp_path):
    (tmp_path / "x").write_text("text")
    assert node.read(str(tmp_path / "x")) == "text"
    assert node.read(str(tmp_path / "y")) is None


@pytest.mark.parametrize(
    "errors",
    [
        "Error response from daemon: container 7f is not running",
        "Error: no container with name or ID: no such container",
        "Cannot connect to the Docker daemon at unix:///var/run/docker.sock",
    ],
)
def test_a_node_that_cannot_be_entered_is_broken(errors):
    node = faked(timeout=(1, "", errors))
    for ask in (lambda: node.run("true"), lambda: node.read("/x"), lambda: node.runs("kubelet"), node.containers):
        with pytest.raises(Broken, match="worker cannot be entered"):
            ask()


def test_services_are_asserted():
    node = faked(is_active=(0, "active\n", ""), is_enabled=(1, "disabled\n", ""))
    node.runs("kubelet")
    with pytest.raises(Miss, match="kubelet is not enabled on worker: it is disabled"):
        node.starts("kubelet")
    with pytest.raises(Miss, match="kubelet does not run on worker: it is failed"):
        faked(is_active=(3, "failed\n", "")).runs("kubelet")


def test_containers_by_name():
    listed = '{"containers": [{"metadata": {"name": "etcd"}}, {"metadata": {"name": "kube-apiserver"}}]}'
    node = faked(crictl=(0, listed, ""))
    assert [each["metadata"]["name"] for each in node.containers()] == ["etcd", "kube-apiserver"]
    assert len(node.containers("etcd")) == 1
    with pytest.raises(Broken, match="crictl gives no answer on worker: no socket"):
        faked(crictl=(1, "", "no socket")).containers()


def test_an_api_server_that_is_down_is_named():
    faked(curl=(0, "ok", "")).api_answers()
    with pytest.raises(Miss, match="no container of etcd and kube-apiserver runs on worker"):
        faked(curl=(7, "", ""), crictl=(0, '{"containers": []}', "")).api_answers()


def test_fetch_tells_no_answer_from_no_curl():
    assert faked(curl=(0, "hello", "")).fetch("http://10.0.0.1/") == "hello"
    assert faked(curl=(22, "", "")).fetch("http://10.0.0.1/") is None
    with pytest.raises(Broken, match="no curl"):
        faked(curl=(127, "", "")).fetch("http://10.0.0.1/")


def test_a_handshake_shows_the_certificate():
    assert faked(openssl=(0, "-----BEGIN CERTIFICATE-----", "")).certificate(6443) == "-----BEGIN CERTIFICATE-----"
    assert faked(openssl=(1, "", "")).certificate(6443) is None


def test_a_unit_that_does_not_start_again_is_a_miss():
    with pytest.raises(Miss, match="kubelet does not start on worker: bad unit"):
        faked(restart=(1, "", "bad unit")).restart("kubelet")
