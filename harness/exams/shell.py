"""The shells of an exam: the base host, which has no kubectl, and the hosts of the tasks behind `ssh HOST`."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from harness.environment import candidate_environment
from harness.exams import clock, closing, places
from harness.exams.prompt import BAR, CLOCK_SCRIPT
from harness.logins import entry
from harness.session import IN_EXAM
from harness.shell import Shell, own_folder

if TYPE_CHECKING:
    from harness.app import App
    from harness.exams.exam import Exam, Task
    from setup.sandbox import Sandbox

FOLDER = "shell"  # in the exam's folder
PYTHON = "#!/bin/sh\n# Made by `labs`; leads to the host of a task.\n"
NO_KUBECTL = """\
#!/bin/sh
echo 'kubectl: not on the base host; every task names the host to ssh to (`labs exam task`)' >&2
exit 127
"""
TMUX = """\
source-file -q ~/.tmux.conf
set -g status-interval 1
set -g status-right '#({clock})'
"""
BASE = """\
# Made by `labs exam shell`; your own dotfiles are read first and stay as they are.
[ -f ~/.bashrc ] && . ~/.bashrc
unalias kubectl k ssh 2>/dev/null
{settings}
alias tmux={tmux}
{bar}
PS1='[$LABS_BAR] {name}\\$ '
"""
KUBECTL = """\
alias k=kubectl
eval "$(kubectl completion bash 2>/dev/null)"
type __start_kubectl >/dev/null 2>&1 && complete -o default -F __start_kubectl k
"""


def base_shell(app: App, exam: Exam, *, contexts: bool) -> Shell:
    """The base host. With ``contexts``, the relaxed mode: kubectl with a context for each task, named as its host."""
    folder = _lay_out(exam)
    ours = folder / "bin"
    environment: dict[str, str] = {**os.environ, IN_EXAM: exam.id, "LABS_EXAM_CLOCK": str(clock.path(exam.folder))}
    path, more = str(ours), ""
    environment.pop("KUBECONFIG", None)
    if contexts:
        kubeconfig = write_contexts(app, exam)
        environment["KUBECONFIG"] = str(kubeconfig)
        sandbox = next(each for each in (places.find(app, exam, c.number) for c in exam.clusters) if each is not None)
        path, more = f"{sandbox.bin}{os.pathsep}{ours}", KUBECTL
    environment["PATH"] = f"{path}{os.pathsep}{os.environ.get('PATH', os.defpath)}{own_folder()}"
    rc = folder / ("contexts.bashrc" if contexts else "base.bashrc")
    exports: dict[str, str] = {key: environment[key] for key in ("PATH", "KUBECONFIG") if key in environment}
    _write(rc, _rc(folder, exports, "contexts" if contexts else "base", more))
    return Shell(_bash(rc), environment, exam.folder)


def host_shell(exam: Exam, task: Task, sandbox: Sandbox) -> Shell:
    """The task's host: kubectl with the candidate's login, in the task's work folder."""
    folder = _lay_out(exam)
    place = places.view(sandbox, task)
    place.work.mkdir(mode=0o700, parents=True, exist_ok=True)
    ours = str(folder / "bin")
    environment = candidate_environment(place) | {IN_EXAM: exam.id, "LABS_EXAM_CLOCK": str(clock.path(exam.folder))}
    parts = [part for part in environment["PATH"].split(os.pathsep) if part != ours]
    environment["PATH"] = os.pathsep.join(parts)
    rc = folder / f"{task.host}.bashrc"
    exports = {key: environment[key] for key in ("PATH", "KUBECONFIG", "KUBECACHEDIR")}
    _write(rc, _rc(folder, exports, task.host, KUBECTL))
    return Shell(_bash(rc), environment, place.work)


def write_contexts(app: App, exam: Exam) -> Path:
    """One kubeconfig with a context for each task, named as its host."""
    clusters, users, contexts = [], [], []
    for cluster in exam.clusters:
        sandbox = places.find(app, exam, cluster.number)
        if sandbox is None or not sandbox.candidate_kubeconfig.is_file():
            continue
        name = f"cluster-{cluster.number}"
        clusters.append({"name": name, "cluster": entry(sandbox.candidate_kubeconfig, "clusters")})
        users.append({"name": name, "user": entry(sandbox.candidate_kubeconfig, "users")})
        contexts += [
            {"name": task.host, "context": {"cluster": name, "user": name}} for task in exam.on(cluster.number)
        ]
    document = {"apiVersion": "v1", "kind": "Config", "clusters": clusters, "users": users, "contexts": contexts}
    current = contexts[0]["name"] if contexts else ""
    target = exam.folder / closing.CONTEXTS
    _write(target, json.dumps({**document, "current-context": current}, indent=1), mode=0o600)
    return target


def _lay_out(exam: Exam) -> Path:
    """Write what all shells of the exam have in common; the folder."""
    folder = exam.folder / FOLDER
    (folder / "bin").mkdir(mode=0o700, parents=True, exist_ok=True)
    root = shlex.quote(str(Path(__file__).resolve().parent.parent.parent))
    words = f"{shlex.quote(exam.id)} {shlex.quote(str(folder / 'bin'))}"
    python = f"PYTHONPATH={root} exec {shlex.quote(sys.executable)} -P -m harness.exams.host {words}"
    _write(folder / "bin" / "ssh", f'{PYTHON}{python} "$@"\n', mode=0o700)
    _write(folder / "bin" / "kubectl", NO_KUBECTL, mode=0o700)
    script = CLOCK_SCRIPT.format(bar=BAR, clock=shlex.quote(str(clock.path(exam.folder))))
    _write(folder / "bin" / "exam-clock", script, mode=0o700)
    _write(folder / "tmux.conf", TMUX.format(clock=str(folder / "bin" / "exam-clock").replace("'", "")))
    return folder


def _rc(folder: Path, exports: dict[str, str], name: str, more: str = "") -> str:
    settings = "\n".join(f"export {key}={shlex.quote(value)}" for key, value in exports.items())
    tmux = shlex.quote(f"tmux -L labs-{name} -f {shlex.quote(str(folder / 'tmux.conf'))}")
    return BASE.format(settings=settings, tmux=tmux, name=name, bar=BAR) + more


def _bash(rc: Path) -> tuple[str, ...]:
    return (shutil.which("bash") or "/bin/bash", "--rcfile", str(rc), "-i")


def _write(file: Path, text: str, mode: int = 0o600) -> None:
    """Replace a file as a whole: a shell may be reading the old one."""
    part = file.with_name(f"{file.name}.part")
    part.write_text(text, encoding="utf-8")
    part.chmod(mode)
    part.replace(file)
