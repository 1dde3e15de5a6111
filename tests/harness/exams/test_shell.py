import json
import os
import subprocess

import pytest

from harness.exams import host, sitting
from harness.exams.closing import CONTEXTS
from harness.exams.shell import base_shell, host_shell
from setup.errors import LabsError

LOGIN = """
clusters: [{name: kubernetes, cluster: {server: "https://127.0.0.1:1", certificate-authority-data: Q0E=}}]
users: [{name: me, user: {client-key-data: S0VZ}}]
"""


def run(shell, *lines):
    """What a shell says to these lines."""
    done = subprocess.run(
        shell.command, env=dict(shell.environment) | {"HOME": str(shell.folder)}, cwd=shell.folder,
        input="\n".join((*lines, "")), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.stdout, done.stderr


@pytest.fixture
def sandbox(begun):
    made = begun.app.providers["fake"].sandboxes()[0]
    made.candidate_kubeconfig.write_text(LOGIN)
    return made


def test_the_base_host_has_no_kubectl_and_shows_the_clock(begun, sandbox):
    out, err = run(
        base_shell(begun.app, begun.exam, contexts=False), "kubectl get pods", "k get pods", "echo $LABS_EXAM"
    )
    assert "kubectl: not on the base host" in err
    assert begun.exam.id in out
    assert "KUBECONFIG" not in base_shell(begun.app, begun.exam, contexts=False).environment


def test_a_host_has_kubectl_the_login_and_the_tasks_folder(begun, sandbox):
    shell = host_shell(begun.exam, begun.exam.task(2), sandbox)
    out, _ = run(shell, "pwd", "kubectl get pods", "echo $KUBECONFIG")
    assert out.splitlines()[0] == begun.exam.vars[2]["work"]
    assert str(sandbox.candidate_kubeconfig) in out
    assert "kubectl get pods" in (sandbox.directory / "kubectl.log").read_text()


def test_no_base_host_in_a_hosts_path(begun, sandbox, monkeypatch):
    base = base_shell(begun.app, begun.exam, contexts=False)
    monkeypatch.setenv("PATH", base.environment["PATH"])
    shell = host_shell(begun.exam, begun.exam.task(2), sandbox)
    assert not set(shell.environment["PATH"].split(os.pathsep)) & {str(begun.exam.folder / "shell" / "bin")}


def test_the_relaxed_mode_has_a_context_for_each_task(begun, sandbox):
    shell = base_shell(begun.app, begun.exam, contexts=True)
    document = json.loads((begun.exam.folder / CONTEXTS).read_text())
    assert [each["name"] for each in document["contexts"]] == ["cka0001", "cka0002", "cka0003"]
    assert document["users"] == [{"name": "cluster-1", "user": {"client-key-data": "S0VZ"}}]
    assert shell.environment["KUBECONFIG"] == str(begun.exam.folder / CONTEXTS)
    run(shell, "kubectl config current-context")
    log = begun.exam.folder / "kubectl.log"
    assert "config current-context" in log.read_text(), "the fake kubectl writes beside its kubeconfig"


def test_the_contexts_go_with_the_login_and_come_back(begun, sandbox):
    base_shell(begun.app, begun.exam, contexts=True)
    sitting.pause(begun.app)
    assert not (begun.exam.folder / CONTEXTS).exists()
    sitting.resume(begun.app)
    assert (begun.exam.folder / CONTEXTS).exists()
    sitting.submit(begun.app)
    assert not (begun.exam.folder / CONTEXTS).exists()


def test_ssh_opens_the_task(begun, sandbox):
    shell = host.enter(begun.app, begun.exam.task(3))
    assert begun.exam.opened == 3
    assert shell.folder.name == "cka0003"


def test_ssh_leads_nowhere_after_the_end(begun, sandbox):
    begun.now += 600
    with pytest.raises(LabsError, match="is over"):
        host.enter(begun.app, begun.exam.task(3))


def test_tmux_gets_a_status_line_of_its_own(begun, sandbox):
    base_shell(begun.app, begun.exam, contexts=False)
    folder = begun.exam.folder / "shell"
    line = subprocess.run([folder / "bin" / "exam-clock"], capture_output=True, text=True, check=True).stdout
    assert ":" in line, "the exam of the fakes lies in the future"
    assert "status-right" in (folder / "tmux.conf").read_text()
