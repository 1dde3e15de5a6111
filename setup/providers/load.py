"""What sandboxes take from the machine, so that providers can be asked about each other's."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """Bytes of memory, and inotify instances of the user whose limit nodes share: root, unless Docker is rootless."""

    memory: int = 0
    instances: int = 0

    def __add__(self, other: "Load") -> "Load":
        """Both together."""
        return Load(self.memory + other.memory, self.instances + other.instances)
