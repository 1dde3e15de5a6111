"""Somebody with state of their own who types `labs` commands."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil


@dataclass(frozen=True)
class User:
    """Somebody with a home of their own who types `labs` commands."""

    state: Path

    @property
    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key not in ("KUBECONFIG", "LABS_SANDBOX")}
        return {**kept, "XDG_STATE_HOME": str(self.state), "HOME": str(self.state.parent / "home"), "CI": "true"}

    def command(self, *words: str) -> list[str]:
        return [str(Path(sys.executable).with_name("labs")), *words]

    def spawn(self, *words: str) -> subprocess.Popen[str]:
        """Begin a command in a process group of its own."""
        return subprocess.Popen(
            self.command(*words),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def labs(self, *words: str, code: int | None = 0, within: float = 120) -> str:
        """Run a command to its end; returns what it printed; fails on another exit code, unless that is None."""
        with self.spawn(*words) as process:
            out, err = process.communicate(timeout=within)
        assert code in (None, process.returncode), (words, process.returncode, out, err)
        return out + err

    def json(self, *words: str, code: int | None = 0, within: float = 120) -> dict[str, Any]:
        """Run a command with ``--json``; stdout must be that document alone."""
        with self.spawn(*words, "--json") as process:
            out, err = process.communicate(timeout=within)
        assert code in (None, process.returncode), (words, process.returncode, out, err)
        return json.loads(out)

    def processes(self) -> list[psutil.Process]:
        """Everything that runs for this user's sandboxes."""
        found = []
        for each in psutil.process_iter():
            try:
                if any(str(self.state) in word for word in each.cmdline()) and each.pid != os.getpid():
                    found.append(each)
            except psutil.Error:
                continue
        return found

    def files(self) -> list[Path]:
        """All files in the state folder."""
        return [path for path in self.state.rglob("*") if not path.is_dir()]
