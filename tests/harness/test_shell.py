import os
import shutil
import subprocess

import pytest

from harness.shell import exports, make_shell

BASH = shutil.which("bash")


@pytest.fixture
def sandbox(world, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "home of mine"))
    (tmp_path / "home of mine").mkdir()
    return world.provider.up("three-node-1", "three-node", world.told.append)


def in_shell(shell, script):
    done = subprocess.run(
        shell.command,
        env=shell.environment,
        cwd=shell.folder,
        input=script,
        check=False,
        capture_output=True,
        text=True,
        timeout=20,
    )
    return done.stdout


@pytest.mark.skipif(BASH is None, reason="no bash here")
def test_bash_reads_the_users_rc_first_and_leaves_it_as_it_is(sandbox, tmp_path):
    rc = tmp_path / "home of mine" / ".bashrc"
    rc.write_text('export MINE=1 KUBECONFIG=/mine PS1="me> "\n')
    out = in_shell(
        make_shell(sandbox, "01-pass", BASH), 'echo "$MINE $KUBECONFIG $PWD|$PS1|$(type -t k)"\nk get pods\n'
    )
    assert out == f"1 {sandbox.candidate_kubeconfig} {sandbox.work}|[01-pass] me> |alias\n"
    assert "kubectl get pods" in (sandbox.directory / "kubectl.log").read_text()
    assert rc.read_text() == 'export MINE=1 KUBECONFIG=/mine PS1="me> "\n'


def test_zsh_gets_its_files_from_the_sandbox_and_the_users_are_read_first(sandbox, tmp_path):
    shell = make_shell(sandbox, "01-pass", "/bin/zsh")
    folder = sandbox.directory / "shell"
    assert shell.environment["ZDOTDIR"] == str(folder)
    rc = (folder / ".zshrc").read_text()
    assert rc.index(f"'{tmp_path}/home of mine'/.zshrc") < rc.index("export KUBECONFIG=") < rc.index("alias k=kubectl")


def test_another_shell_is_started_plainly_with_the_environment(sandbox):
    shell = make_shell(sandbox, "01-pass", "/usr/bin/fish")
    assert shell.command == ("/usr/bin/fish",)
    assert shell.environment["KUBECONFIG"] == str(sandbox.candidate_kubeconfig)
    assert shell.environment["PATH"].split(os.pathsep)[0] == str(sandbox.bin)


def test_exports_survive_eval_whatever_the_path(tmp_path):
    from setup.sandbox import Sandbox

    odd = Sandbox("n", "fake", "three-node", "v1", tmp_path / "it's; $HOME `x`", tmp_path / "b in")
    done = subprocess.run(
        ["sh", "-c", f'{exports(odd)}\nprintf %s "$KUBECONFIG"'], check=False, capture_output=True, text=True
    )
    assert done.stdout == str(odd.candidate_kubeconfig)
