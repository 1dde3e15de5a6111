"""How long work says what it is doing: one line at a time, for stderr."""

from collections.abc import Callable

Tell = Callable[[str], None]
