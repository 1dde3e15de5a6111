"""Taking the candidate's access away when the time is over, and keeping the work as it was then."""

from __future__ import annotations

import os
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from harness import commands, shims
from harness.exams import places
from setup import candidate
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.app import App
    from harness.exams.exam import Exam
    from setup.sandbox import Sandbox

WORK = "work"  # in the exam's folder: copies of the tasks' work folders
CONTEXTS = "contexts.kubeconfig"  # in the exam's folder: all clusters, for the relaxed mode
PATIENCE = 30.0  # seconds to wait for a reset that is under way
LARGEST = 32 << 20  # bytes of a file that is kept; no check reads more than one MiB
# Whoever came into the node from outside, and all that they started there: sessions whose leader's parent is not in it.
SEND_HOME = r"""
for folder in /proc/[0-9]*; do
  set -- $(sed 's/^.*) //' "$folder/stat" 2>/dev/null) || continue
  pid="${folder#/proc/}"
  [ "${2:-1}" = 0 ] && [ "$pid" != 1 ] && [ "$pid" != "$$" ] && echo "$pid"
done | while read -r leader; do pkill -KILL -s "$leader"; kill -KILL "$leader"; done 2>/dev/null
true
"""


def close(app: App, exam: Exam) -> Exam:
    """Shut every cluster and keep the work folders; afterwards nothing that the candidate does counts."""
    lock_out(app, exam)
    found = [sandbox for cluster in exam.clusters if (sandbox := places.find(app, exam, cluster.number)) is not None]
    with ThreadPoolExecutor(max(1, len(found))) as pool:
        open_ = [why for why in pool.map(lambda sandbox: _shut(app, sandbox), found) if why]
    lock_out(app, exam)  # a reset that was under way may have written a login
    for task in exam.tasks:
        sandbox = places.find(app, exam, task.cluster)
        if sandbox is not None:
            keep(places.view(sandbox, task).work, kept(exam, task.host))
    return app.exams.note(exam, "closed", open=open_)


def lock_out(app: App, exam: Exam) -> None:
    """Take the ways away that the candidate has, without touching the clusters; `let_in` gives them back."""
    with suppress(FileNotFoundError):
        (exam.folder / CONTEXTS).replace(exam.folder / f"{CONTEXTS}{candidate.ASIDE}")
    for sandbox in _sandboxes(app, exam):
        candidate.take_away(sandbox)
        (shims.folder(sandbox) / shims.NODES).unlink(missing_ok=True)


def let_in(app: App, exam: Exam) -> None:
    """Give the ways back that `lock_out` took."""
    with suppress(FileNotFoundError):
        (exam.folder / f"{CONTEXTS}{candidate.ASIDE}").replace(exam.folder / CONTEXTS)
    for sandbox in _sandboxes(app, exam):
        candidate.give_back(sandbox)
        shims.lay_out(sandbox)


def kept(exam: Exam, host: str) -> Path:
    """Where a task's work lies as it was at the end."""
    return exam.folder / WORK / host


def keep(work: Path, target: Path) -> None:
    """Copy a work folder: regular files and links, nothing that blocks, nothing huge."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True, mode=0o700)
    if work.is_dir():
        with suppress(shutil.Error):  # what could not be read is not there for the checks either
            shutil.copytree(work, target, symlinks=True, dirs_exist_ok=True, ignore=_strange)


def _sandboxes(app: App, exam: Exam) -> Iterable[Sandbox]:
    found = (places.find(app, exam, cluster.number) for cluster in exam.clusters)
    return [sandbox for sandbox in found if sandbox is not None]


def _shut(app: App, sandbox: Sandbox) -> str | None:
    """Revoke the candidate's rights and end what they run on nodes; what could not be shut.

    A reset that is under way is waited for, though not for ever.
    """
    with ExitStack() as stack:
        with suppress(LabsError):
            stack.enter_context(app.locks.hold(sandbox.name, PATIENCE))
        return _shut_held(app, sandbox)


def _shut_held(app: App, sandbox: Sandbox) -> str | None:
    for _, backend in sandbox.nodes:
        program, _, container = backend.partition("://")
        with suppress(LabsError):  # a node that is stopped lets nobody in
            commands.run(
                [program, "exec", container, "sh", "-c", SEND_HOME],
                env=os.environ,
                cwd=sandbox.directory,
                deadline=15.0,
            )
    try:
        app.revoke(sandbox)
    except LabsError as error:
        return error.what
    return None


def _strange(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not _plain(Path(folder) / name)]


def _plain(path: Path) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False
    if stat.S_ISREG(found.st_mode):
        return found.st_size <= LARGEST
    return stat.S_ISDIR(found.st_mode) or stat.S_ISLNK(found.st_mode)
