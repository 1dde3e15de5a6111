"""What all tests stand on."""

import signal

# Where a shell began the run in the background, interrupts are ignored, and so would be by every command that a test
# interrupts; with a handler of our own, children get the system's again.
signal.signal(signal.SIGINT, signal.default_int_handler)
