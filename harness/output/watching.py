"""How a certification looks while it goes on: on stderr, because stdout belongs to the result."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from harness.certification.progress import Done, Progress
from harness.output.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.live import Live

    from harness.certification.jobs import Job

EVERY = 10  # of a step's many things, when there is no terminal to draw on


class Watch:
    """Shows what each worker does: in place for people, line by line in a pipe."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.jobs = len(jobs)
        self.done = 0
        self.at: dict[Job, Progress] = {}
        self.live: Live | None = None

    def __enter__(self) -> Watch:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.live import Live

            console = Console(stderr=True, markup=False, emoji=False, highlight=False)
            self.live = Live(console=console, auto_refresh=False, transient=True)
            self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.live is not None:
            self.live.stop()

    def show(self, said: Any) -> None:
        """Show what a worker said: Progress, Done, or a line of text."""
        match said:
            case Progress():
                self.at[said.job] = said
                if said.of == 0 or (said.at and said.at % EVERY == 0):
                    self._line(_text(said))
            case Done():
                self.done += 1
                self.at.pop(said.job, None)
                word = "in order" if said.certificate.ok else "NOT in order"
                self._line(f"{_named(said.job)}: {word} ({self.done} of {self.jobs})")
            case _:
                self._line(str(said))
        self._draw()

    def _line(self, text: str) -> None:
        if self.live is None:
            sys.stderr.write(printable(text) + "\n")
            sys.stderr.flush()

    def _draw(self) -> None:
        if self.live is not None:
            from rich.text import Text

            lines = [_text(each) for each in self.at.values()]
            lines.append(f"{self.done} of {self.jobs} done")
            self.live.update(Text(printable("\n".join(lines)), no_wrap=True, overflow="ellipsis"), refresh=True)


def _named(job: Job) -> str:
    share = f" (share {job.share + 1} of {job.shares})" if job.shares > 1 else ""
    return f"{job.slug} on {job.provider}{share}"


def _text(progress: Progress) -> str:
    count = f" {progress.at}/{progress.of}" if progress.of else ""
    return f"{_named(progress.job)}: {progress.step}{count}"
