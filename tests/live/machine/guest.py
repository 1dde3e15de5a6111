"""A Linux machine of the tests' own that can be started anew: a real kernel as a process, User-mode Linux."""

import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

HERE = Path(__file__).parent
DISK = "40G"  # sparse
MEMORY = "8G"  # taken as it is used

Off = Literal["orderly", "cut"]


@dataclass(frozen=True)
class Done:
    """What a command on the machine came to; ``code`` is None where the machine went down before its end."""

    code: int | None
    output: str
    console: str


@dataclass(frozen=True)
class Guest:
    """A machine over this one's files, which it sees and cannot change, with one processor and a disk in ``folder``.

    Files that it writes are on its disk, and there at its next start, but for those in /run. ``/disk`` is a
    plain file system on it. Its control groups are version 2.
    """

    folder: Path
    kernel: Path

    @classmethod
    def make(cls, folder: Path) -> "Guest":
        """A machine that has never been started; its kernel is built, once, where it is missing."""
        built = subprocess.run([HERE / "kernel" / "build"], check=True, stdout=subprocess.PIPE, text=True)
        disk = folder / "disk.img"
        with disk.open("wb"):
            os.truncate(disk, int(DISK.removesuffix("G")) << 30)
        subprocess.run(["mkfs.ext4", "-q", disk], check=True)
        made = cls(folder, Path(built.stdout.strip()))
        made.share.mkdir()
        return made

    @property
    def share(self) -> Path:
        """A folder of this machine's that is /run/share there."""
        return self.folder / "share"

    def boot(self, *command: str, off: Off = "orderly", within: float = 1800) -> Done:
        """Start the machine, run a command as root, and turn the machine off.

        ``orderly`` ends every process and writes the disk out; ``cut`` is as when its plug is pulled.
        """
        share = self.share
        (share / "command").write_text("".join(f"{word}\0" for word in command))
        for name in ("output", "code"):
            (share / name).unlink(missing_ok=True)
        words = (
            self.kernel, f"mem={MEMORY}", "quiet", "con=null", "con0=null,fd:1", f"ubd0={self.folder / 'disk.img'}",
            "root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro", f"init={HERE / 'init'}",
            f"share={share}", f"off={off}",
        )  # fmt: skip
        environment = {**os.environ, "TMPDIR": "/dev/shm"}  # where its memory lies, in a file without a name
        console = self.folder / "console"
        with console.open("wb") as file:
            kernel = subprocess.Popen(
                words, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
            )
        try:
            with suppress(subprocess.TimeoutExpired):
                kernel.wait(within)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(kernel.pid, signal.SIGKILL)
            kernel.wait()
        code, output = share / "code", share / "output"
        return Done(
            int(code.read_text()) if code.exists() else None,
            output.read_text() if output.exists() else "",
            console.read_text(),
        )
