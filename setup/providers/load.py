"""What sandboxes take from the machine, so that providers can be asked about each other's."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """Bytes of memory, inotify instances of the user whose limit nodes share (root, unless Docker is rootless), and
    processors' time while nobody works on them: 1 is one processor that has nothing else to do.
    """

    memory: int = 0
    instances: int = 0
    processors: float = 0.0

    def __add__(self, other: "Load") -> "Load":
        """Both together."""
        return Load(self.memory + other.memory, self.instances + other.instances, self.processors + other.processors)
