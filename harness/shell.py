"""The candidate's shell: their own dotfiles first, then the sandbox's login, kubectl, alias and prompt."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.environment import candidate_environment
from harness.session import IN_SHELL
from harness.shims import lay_out, path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from setup.sandbox import Sandbox

BASH = """\
# Made by `labs shell`; your own dotfiles are read first and stay as they are.
[ -f ~/.bashrc ] && . ~/.bashrc
{settings}
alias k=kubectl
eval "$(kubectl completion bash 2>/dev/null)"
type __start_kubectl >/dev/null 2>&1 && complete -o default -F __start_kubectl k
eval "$(_LABS_COMPLETE=bash_source labs 2>/dev/null)"
PS1={prompt}"$PS1"
"""

ZSH_ENVIRONMENT = """\
[[ -f {home}/.zshenv ]] && . {home}/.zshenv
ZDOTDIR={ours}
"""

ZSH = """\
# Made by `labs shell`; your own dotfiles are read first and stay as they are.
ZDOTDIR={home}
[[ $HISTFILE == {ours}/* ]] && HISTFILE={home}/.zsh_history
[[ -f {home}/.zshrc ]] && . {home}/.zshrc
{settings}
alias k=kubectl
(( $+functions[compdef] )) || {{ autoload -Uz compinit && compinit -D }}
eval "$(kubectl completion zsh 2>/dev/null)"
(( $+functions[_kubectl] )) && compdef _kubectl kubectl k
eval "$(_LABS_COMPLETE=zsh_source labs 2>/dev/null)"
PROMPT={prompt}"$PROMPT"
"""


@dataclass(frozen=True)
class Shell:
    """A shell to start: its command, its whole environment and the folder to start in."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path


def exports(sandbox: Sandbox) -> str:
    """Lines for ``eval`` in a POSIX shell, every value quoted."""
    return "\n".join(
        (
            f"export KUBECONFIG={shlex.quote(str(sandbox.candidate_kubeconfig))}",
            f"export KUBECACHEDIR={shlex.quote(str(sandbox.kubectl_cache))}",
            f'export PATH={shlex.quote(path(sandbox))}:"$PATH"',
            f"export {IN_SHELL}={shlex.quote(sandbox.name)}",
        )
    )


def make_shell(sandbox: Sandbox, lab: str, program: str) -> Shell:
    """Write the files that ``program``, the user's shell, needs; they lie in the sandbox and go with it."""
    folder = sandbox.directory / "shell"
    folder.mkdir(mode=0o700, exist_ok=True)
    sandbox.work.mkdir(mode=0o700, exist_ok=True)
    lay_out(sandbox)
    environment = candidate_environment(sandbox) | {IN_SHELL: sandbox.name}
    own = own_folder(environment["PATH"])
    environment["PATH"] += own
    settings = exports(sandbox) + (f'\nexport PATH="$PATH"{shlex.quote(own)}' if own else "")
    match Path(program).name:
        case "bash":
            rc = folder / "bashrc"
            rc.write_text(BASH.format(settings=settings, prompt=shlex.quote(f"[{lab}] ")), encoding="utf-8")
            return Shell((program, "--rcfile", str(rc), "-i"), environment, sandbox.work)
        case "zsh":
            home = shlex.quote(os.environ.get("ZDOTDIR") or str(Path.home()))
            words = {"home": home, "ours": shlex.quote(str(folder)), "settings": settings}
            (folder / ".zshenv").write_text(ZSH_ENVIRONMENT.format(**words), encoding="utf-8")
            (folder / ".zshrc").write_text(ZSH.format(prompt=shlex.quote(f"[{lab}] "), **words), encoding="utf-8")
            return Shell((program, "-i"), environment | {"ZDOTDIR": str(folder)}, sandbox.work)
    return Shell((program,), environment, sandbox.work)


def users_shell() -> str:
    """The user's shell: ``$SHELL``, else bash, else sh."""
    return os.environ.get("SHELL") or shutil.which("bash") or "/bin/sh"


def own_folder(path: str | None = None) -> str:
    """What to add to ``path``, so that `labs` is found also if it was called by its full name."""
    if shutil.which("labs", path=path):
        return ""
    own = Path(sys.argv[0]).absolute()
    return f"{os.pathsep}{own.parent}" if own.name == "labs" else ""
