"""An exam outlives a reboot: on a machine that is really started anew."""

import time

import pytest

pytestmark = pytest.mark.machine

STEPS = "on_simulated_nodes"
LATE = 6.0  # seconds; five are not worth a word


def test_an_exam_goes_on_after_a_reboot(step):
    step(STEPS, "begin")
    step(STEPS, "go_on")


def test_a_pulled_plug_takes_nothing_that_was_done(step):
    step(STEPS, "begin", off="cut")
    step(STEPS, "go_on_after_a_cut")


def test_a_machine_that_is_off_at_the_deadline_is_said(step):
    deadline = float(step(STEPS, "begin_short"))
    time.sleep(max(0.0, deadline + LATE - time.time()))
    step(STEPS, "be_late")
