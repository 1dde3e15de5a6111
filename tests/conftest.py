"""What all tests stand on."""

import signal

from hypothesis import HealthCheck, settings

# Where a shell began the run in the background, interrupts are ignored, and so would be by every command that a test
# interrupts; with a handler of our own, children get the system's again.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples in every run, so that a run that passed passes again; machines may be slow.
slow = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile("labs", derandomize=True, database=None, deadline=None, suppress_health_check=slow)
settings.load_profile("labs")
