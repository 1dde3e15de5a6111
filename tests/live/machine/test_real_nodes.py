"""Real nodes on control groups of version 2, and through a reboot: on a machine of the tests' own."""

import pytest

from harness.paths import cache
from setup.providers.kind import images
from setup.providers.kind import runtime as runtimes

pytestmark = pytest.mark.machine

STEPS = "on_real_nodes"
SHAPE = "three-node"


def test_an_exam_on_real_nodes_goes_on_after_a_reboot(guest, step):
    runtime, why = runtimes.find()
    assert runtime is not None, why
    image = images.ensure(SHAPE, runtime, cache(), print).image
    runtime.check("save", "--output", str(guest.share / "node.tar"), image, deadline=600)
    step(STEPS, "begin")
    step(STEPS, "go_on")
