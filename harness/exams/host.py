"""`ssh HOST [COMMAND]` on an exam's base host: ``python -m harness.exams.host EXAM FOLDER WORDS``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from harness.entering import FAILED, hand_over, parse
from harness.exams import places, sitting
from harness.exams.shell import host_shell
from harness.ssh import VALUED
from setup.errors import LabsError

if TYPE_CHECKING:
    from harness.app import App
    from harness.exams.exam import Task
    from harness.shell import Shell


def main(words: list[str]) -> int:
    """Enter the host of a task, which opens the task; any other host is the user's own ssh's."""
    from harness.app import App  # noqa: PLC0415

    exam_id, folder, words = words[0], Path(words[1]), words[2:]
    options = parse(words, VALUED)
    if not options.rest:
        return hand_over("ssh", words, folder)
    host, *command = options.rest
    app = App.default()
    task = next((task for task in app.exams.read(exam_id).tasks if task.host == host.rpartition("@")[2]), None)
    if task is None:
        return hand_over("ssh", words, folder)
    try:
        shell = enter(app, task)
    except LabsError as error:
        sys.stderr.write(f"ssh: {error.what}\n     {error.fix}\n")
        return FAILED
    rest = list(parse(command, VALUED).rest)  # `ssh host -t command` is allowed, too
    line = [shell.command[0], "-c", " ".join(rest)] if rest else list(shell.command)
    os.chdir(shell.folder)
    os.execve(line[0], line, dict(shell.environment))  # noqa: S606 - an argument list, no shell of ours
    return FAILED


def enter(app: App, task: Task) -> Shell:
    """Open the task and return the shell of its host; LabsError where the time is over or its cluster gone."""
    exam, task = sitting.open_task(app, task.number)
    return host_shell(exam, task, places.need(app, exam, task))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
