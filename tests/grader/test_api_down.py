"""With the API server dead a control plane lab is judged through the node, at once: missed, not broken."""

import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.api import ApiServer, Wire
from grader.checks import load_checks
from grader.judging import judge
from grader.k8s import K8s
from grader.kubeconfigs import Credentials
from grader.node import Node
from grader.outcomes import Outcome

CHECKS = Path(__file__).parents[2] / "labs" / "11-etcd-backup" / "checks.py"


class DeadControlPlane:
    """A node on which crictl and etcdutl answer, but no API server."""

    def run(self, command: str) -> SimpleNamespace:
        if "crictl" in command:
            return SimpleNamespace(rc=0, stdout='{"containers": []}', stderr="")
        if "curl" in command:
            return SimpleNamespace(rc=7, stdout="", stderr="")
        return SimpleNamespace(rc=0, stdout="ConfigMap notes note-1", stderr="")


@pytest.fixture
def k8s(tmp_path) -> K8s:
    dead = ApiServer(Wire(Credentials(context="x", server="https://127.0.0.1:1", insecure=True)))
    made = K8s(dead, vars={"control_plane": "cp", "tag": "t", "note": "note-1", "deed": "deed-1"}, work=tmp_path)
    made._nodes["cp"] = Node("cp", DeadControlPlane)
    return made


def test_a_dead_api_server_is_the_candidates_miss_within_seconds(k8s):
    began = time.monotonic()
    grade = judge("11-etcd-backup", load_checks(CHECKS), k8s)
    assert time.monotonic() - began < 15
    assert grade.trustworthy
    assert [verdict.outcome for verdict in grade.verdicts] == [
        Outcome.PASSED, Outcome.FAILED, Outcome.SKIPPED, Outcome.SKIPPED,
    ]  # fmt: skip
    assert "no container of etcd and kube-apiserver runs on cp" in grade.verdicts[1].why
