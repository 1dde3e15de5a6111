import os
import subprocess

import pytest

from harness.exams import clock
from harness.exams.prompt import BAR


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00:00"), (59.9, "0:00:59"), (3600, "1:00:00"), (7199, "1:59:59"), (-5, "0:00:00")]
)
def test_a_time_span_in_words(seconds, shown):
    assert clock.words(seconds) == shown


@pytest.mark.parametrize(
    ("before", "now", "warning"),
    [(1801, 1800, 1800), (1800, 1799, None), (601, 599, 600), (7200, 200, 300), (300, 299, None), (299, 0, None)],
)
def test_a_warning_comes_once_when_its_moment_passes(before, now, warning):
    assert clock.crossed(before, now) == warning


def bar(tmp_path, line, again=False):
    """What bash makes of a clock file."""
    (tmp_path / "clock").write_text(line)
    script = f'{BAR}\n__labs_clock\n{"__labs_clock" if again else ""}\necho "[$LABS_BAR]"'
    done = subprocess.run(
        ["bash", "-c", script],
        env={"PATH": os.environ["PATH"], "LABS_EXAM_CLOCK": str(tmp_path / "clock")},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout


def test_the_prompt_shows_time_task_and_flags(tmp_path):
    import time

    shown = bar(tmp_path, f"running {int(time.time()) + 3661} 0 3 6 2\n")
    assert shown.startswith("[1:01:0")
    assert shown.endswith(", task 3 of 6, 2 flagged]\n")


def test_the_prompt_warns_once(tmp_path):
    import time

    shown = bar(tmp_path, f"running {int(time.time()) + 590} 0 0 6 0\n", again=True)
    assert shown.count("less than 10 minutes left") == 1


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("running 1000 0 1 6 0\n", "[the time is over]\n"),
        ("closing 1000 0 1 6 0\n", "[the exam is over]\n"),
        ("preparing 0 0 0 6 0\n", "[not begun]\n"),
        ("paused 1000 620 0 6 0\n", "[0:10:20 stopped]\n"),
        ("", "[]\n"),
    ],
)
def test_the_prompt_says_when_no_clock_runs(tmp_path, line, shown):
    assert bar(tmp_path, line) == shown
