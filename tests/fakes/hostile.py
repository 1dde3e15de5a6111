"""A result of an exam on a cluster whose every string is an attack."""

from __future__ import annotations

from typing import Any

ATTACKS = (
    "<script>window.pwned = 1</script>",
    "\"><img src=x onerror='window.pwned = 1'>",
    "</pre></details></body><svg onload=window.pwned=1>",
    "{{ 7 * 7 }}{% raw %}",
    "\x1b]0;owned\x07\x1b[31mred\x00",
    "\u202egnp.exe\u2066",
    "]]></failure><failure>&bogus;<!--",
    "javascript:window.pwned=1",
    "long" + "g" * 3000,
)
TEXT = "\n".join(ATTACKS)


def result() -> dict[str, Any]:
    """A document like that of `labs exam result --json`, with every outcome, long and hostile."""
    outcomes = ("passed", "failed", "skipped", "broken")
    tasks = [
        {
            "number": number,
            "lab": f"{number:02}-lab {attack}",
            "title": attack,
            "domain": f"Troubleshooting {attack}",
            "competencies": [attack],
            "minutes": 7,
            "weight": 12.5,
            "points": 2,
            "possible": 6,
            "trustworthy": False,
            "lost": attack if number == 2 else None,
            "flagged": number % 2 == 0,
            "note": attack,
            "seconds": 4000,
            "resets": number % 3,
            "checks": [
                {
                    "name": outcome, "sentence": attack, "points": 2, "outcome": outcome,
                    "why": "" if outcome == "passed" else TEXT, "see": "" if outcome == "passed" else attack,
                }
                for outcome in outcomes
            ],
            "task": TEXT,
            "hints": [attack, TEXT],
            "solution": [{"name": attack, "text": TEXT}],
            "docs": ["https://kubernetes.io/docs/?" + attack, "javascript:window.pwned=1", attack],
        }
        for number, attack in enumerate(ATTACKS, 1)
    ]  # fmt: skip
    line = {"points": 2, "possible": 6, "score": 33.3, "seconds": 4000}
    return {
        "exam": ATTACKS[0],
        "blueprint": "mock",
        "title": f"Mock {ATTACKS[1]}",
        "score": 33.3,
        "passed": False,
        "pass_mark": 66.0,
        "trustworthy": False,
        "minutes": 120,
        "minutes_used": 119.5,
        "seed": 7,
        "started": 1795336798.4,
        "deadline": 1795340398.4,
        "submitted": None,
        "closed": None,
        "ended": 1795340400.0,
        "paused_seconds": 0,
        "pauses": 0,
        "late_seconds": 0,
        "remarks": [*ATTACKS],
        "domains": [{"name": attack, "weight": 30.0, **line} for attack in ATTACKS],
        "competencies": [{"name": attack, **line, "score": None} for attack in ATTACKS],
        "tasks": tasks,
        "next": [{"lab": attack, "title": attack, "why": attack} for attack in ATTACKS],
    }
