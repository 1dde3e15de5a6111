"""How a task, a hint and a solution look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.output.terminal import draw, for_people, printable, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.solution import Page

NEXT = (("labs shell", "work on it"), ("labs grade", "have it judged"), ("labs hint", "get a little help"))


def show_task(markdown: str, title: str, minutes: int, *, steps: bool = False) -> None:
    """Show a task's Markdown under its lab's title, and what to type next."""
    if markdown.startswith("# "):
        markdown = markdown.partition("\n")[2]  # the title is shown already
    if not for_people():
        say(f"{title} ({minutes} min)\n\n{markdown.strip()}\n")
        if steps:
            say("Next: " + "; ".join(f"`{command}` to {what}" for command, what in NEXT))
        return
    from rich.markdown import Markdown
    from rich.padding import Padding
    from rich.text import Text

    head = Text.assemble((title, "bold"), (f"  {minutes} min", "dim"))
    draw("", head, "", Padding(Markdown(printable(markdown), hyperlinks=False), (0, 2)), "")
    if steps:
        lines = [Text.assemble((f"  {command:<12}", "bold cyan"), (what, "dim")) for command, what in NEXT]
        draw(*lines, "")


def show_hint(number: int, count: int, hint: str) -> None:
    """Show hint ``number`` of ``count``."""
    head = f"Hint {number} of {count}"
    if not for_people():
        say(f"{head}: {hint}")
        return
    from rich.text import Text

    draw(Text.assemble((f"{head}  ", "bold"), printable(hint)))


def show_solution(pages: Sequence[Page]) -> None:
    """Show the files of a solution in their order."""
    if not for_people():
        for page in pages:
            say(f"# {page.name}\n{page.text.rstrip()}\n")
        return
    from rich.padding import Padding
    from rich.syntax import Syntax
    from rich.text import Text

    for page in pages:
        kind = {"yaml": "yaml", "sh": "bash", "json": "json"}.get(page.name.rpartition(".")[2], "text")
        syntax = Syntax(printable(page.text.rstrip()), kind, background_color="default", word_wrap=True)
        draw(Text(page.name, "bold"), Padding(syntax, (0, 0, 1, 2)))
