"""Lab 12's record: what an outage of both nodes, or of one, costs the candidate."""

import shlex
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.checks import load_checks

LAB = Path(__file__).parent.parent / "labs" / "12-upgrade"
LENGTH = 1000  # seconds of record


@pytest.fixture
def judged(tmp_path):
    """Judges a record of one line a second until now; the worker runs for so many seconds."""
    (check,) = [each for each in load_checks(LAB / "checks.py") if each.name == "ledger_stayed_open"]

    def judge(lines, worker=10_000.0):
        record = tmp_path / "record"
        began = int(time.time()) - LENGTH
        record.write_text("".join(f"{began + second} {said}\n" for second, said in sorted(lines.items())))

        def run(command, *words):
            if "/proc/1/stat" in command:
                return SimpleNamespace(output=f"{20_000 - worker}\n20000.0")
            line = command % tuple(map(shlex.quote, words))
            line = line.replace("/var/lib/labs/record", str(record))
            ran = subprocess.run(["sh", "-c", line], check=True, capture_output=True, text=True)
            return SimpleNamespace(output=ran.stdout)

        node = SimpleNamespace(run=run)
        check(SimpleNamespace(vars={"control_plane": "c", "worker": "w"}, node=lambda _: node))

    return judge


def steady(**changes):
    """A record that says 3 all the time, but for ``s500="1"`` and the like; None leaves the second out."""
    lines = dict.fromkeys(range(LENGTH + 1), "3") | {int(key[1:]): said for key, said in changes.items()}
    return {second: said for second, said in lines.items() if said is not None}


def outage():
    """Down at 500, again at 700, the API server at 720, the Pods not before 900; some went before the record did."""
    lines = steady(**{f"s{second}": None for second in range(500, 700)}, s700="back")
    lines |= dict.fromkeys(range(495, 500), "1") | dict.fromkeys(range(701, 720), "-")
    return lines | dict.fromkeys(range(720, 900), "0")


def test_a_steady_record_is_fine(judged):
    judged(steady())


def test_a_moment_with_one_pod_costs_the_points(judged):
    with pytest.raises(AssertionError, match="1 Pods of ledger were ready at"):
        judged(steady(s500="1"))


def test_a_gap_costs_the_points(judged):
    with pytest.raises(AssertionError, match="the record has a gap of 101 s"):
        judged(steady(**{f"s{second}": None for second in range(500, 600)}))


@pytest.mark.parametrize("lines", [{}, dict.fromkeys(range(LENGTH + 1), "-")])
def test_a_record_without_a_count_costs_the_points(judged, lines):
    with pytest.raises(AssertionError, match="the record says nothing"):
        judged(lines)


def test_an_outage_of_both_nodes_costs_nothing(judged):
    judged(outage(), worker=290.0)


def test_what_was_wrong_before_or_after_an_outage_still_counts(judged):
    for second in (450, 950):
        with pytest.raises(AssertionError, match="1 Pods"):
            judged(outage() | {second: "1"}, worker=290.0)


def test_a_new_start_of_one_node_alone_is_the_candidates(judged):
    with pytest.raises(AssertionError, match="1 Pods"):
        judged(outage())
