"""How the result of an exam looks on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.exams.clock import words
from harness.exit_codes import ExitCode
from harness.output.exam_history import percent
from harness.output.grade import MARKS
from harness.output.tables import show_table
from harness.output.terminal import draw, for_people, printable, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def exit_code(document: Mapping[str, Any]) -> ExitCode:
    """0 full marks, 1 points lost, 3 where something could not be judged."""
    if not document["trustworthy"]:
        return ExitCode.CANNOT
    full = all(task["points"] == task["possible"] for task in document["tasks"])
    return ExitCode.DONE if full else ExitCode.POINTS_LOST


def show_result(document: Mapping[str, Any]) -> None:
    """Show the whole result as a page of text."""
    say(headline(document))
    for remark in document["remarks"]:
        say(remark)
    say("")
    for kind, names in (("domains", "domain"), ("competencies", "competency")):
        rows = [
            (line["name"], f"{line['points']}/{line['possible']}", percent(line["score"]), words(line["seconds"]))
            for line in document[kind]
        ]
        show_table((names, "points", "earned", "time"), rows)
    for task in document["tasks"]:
        _show_task(task)
    if document["next"]:
        say("\nPractise next:")
        for each in document["next"]:
            say(f"  labs start {each['lab']}: {each['title']} ({each['why']})")
    say(f"\n`labs exam result --html result.html {document['exam']}` writes this with the solutions as a page.")


def headline(document: Mapping[str, Any]) -> str:
    """Score and verdict in one line."""
    word = "passed" if document["passed"] else "not passed"
    used = f"{document['minutes_used']:.0f} of {document['minutes']:g} min"
    return f"{document['title']}: {percent(document['score'])}, {word} (pass mark {document['pass_mark']:g} %), {used}"


def task_lines(task: Mapping[str, Any]) -> Iterator[str]:
    """One task with its checks."""
    marks = [word for word, holds in (("flagged", task["flagged"]), (_resets(task), task["resets"])) if holds]
    facts = ", ".join((f"{task['points']} of {task['possible']} points", words(task["seconds"]), *marks))
    yield f"\nTask {task['number']}: {task['title']} [{task['lab']}] ({facts})"
    if task["note"]:
        yield f"  your note: {task['note']}"
    if task["lost"]:
        yield f"  not judged, and not counted: {task['lost']}"
    for check in task["checks"]:
        yield f"  {check['outcome']:<8} {earned(check):>5}  {check['sentence']}"
        if check["outcome"] != "passed":
            yield from (f"{'':18}{line}" for line in check["why"].splitlines() if line.strip())
            if check["see"]:
                yield f"{'':18}see: {check['see']}"


def earned(check: Mapping[str, Any]) -> str:
    """The check's points as ``earned/possible``; unknown where it could not be judged."""
    got = {"passed": str(check["points"]), "broken": "?"}.get(check["outcome"], "0")
    return f"{got}/{check['points']}"


def _resets(task: Mapping[str, Any]) -> str:
    return "reset once" if task["resets"] == 1 else f"reset {task['resets']} times"


def _show_task(task: Mapping[str, Any]) -> None:
    lines = list(task_lines(task))
    if not for_people():
        say("\n".join(lines))
        return
    from rich.text import Text

    for line in lines:
        word = line.strip().partition(" ")[0]
        style = "bold" if line.startswith("\nTask") else MARKS[word][1] if word in MARKS else "dim"
        draw(Text(printable(line), style))
