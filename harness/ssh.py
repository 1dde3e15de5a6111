"""`ssh NODE [COMMAND]` in a lab's shell: ``python -m harness.ssh FOLDER WORDS``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from harness.entering import FAILED, Nodes, Options, hand_over, parse

VALUED = "BbcDEeFIiJLlmOoPpQRSWw"  # ssh's options with a value (ssh(1))


def main(words: list[str]) -> int:  # noqa: RET503 - it becomes another program
    """Enter the node that the words name, or become the user's ssh."""
    nodes, words = Nodes.read(Path(words[0])), words[1:]
    options = parse(words, VALUED)
    if not options.rest:
        return hand_over("ssh", words, nodes.folder)
    host, *command = options.rest
    after = parse(command, VALUED)  # `ssh host -t command` is allowed, too
    merged = Options(options.flags | after.flags, {**options.values, **after.values}, after.rest)
    container = nodes.find(host)
    if container is None:
        return hand_over("ssh", words, nodes.folder)
    user = merged.values.get("l") or (host.rpartition("@")[0] or "root")
    if user != "root":
        sys.stderr.write(f"ssh: {host}: nodes are entered as root: ssh {host.rpartition('@')[2]}\n")
        return FAILED
    line = enter(nodes.program, container, merged, sys.stdin.isatty())
    os.execvp(line[0], line)  # noqa: S606 - an argument list, no shell


def enter(program: str, container: str, options: Options, terminal: bool) -> list[str]:
    """The command that enters: a login shell, or the words joined by spaces for a shell on the node, as sshd does.

    A terminal is given to a login shell, and to a command with ``-t``, when we have one; ``-n`` closes stdin.
    """
    wants = "t" in options.flags or (not options.rest and "T" not in options.flags)
    how = ["--tty"] if wants and terminal else []
    how += [] if "n" in options.flags else ["--interactive"]
    home = ["--workdir", "/root", "--env", "HOME=/root", "--env", f"TERM={os.environ.get('TERM', 'dumb')}"]
    shell = ["bash", "-c", " ".join(options.rest)] if options.rest else ["bash", "--login"]
    return [program, "exec", *how, *home, container, *shell]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
