"""Who sits an exam on a machine of the tests' own, and what that one keeps in mind from one start to the next."""

import json
import os
from pathlib import Path

from tests.live.sitting import Sitting
from tests.live.user import User

HOME = Path("/disk/home")
MAKE = 900.0  # seconds on one slow processor


def somebody() -> Sitting:
    """The same one at every start."""
    HOME.mkdir(exist_ok=True)
    return Sitting(User(HOME.parent / "state"))


def remember(sitting: Sitting) -> None:
    """Keep what must be the same after the reboot, and what must not; prints the deadline."""
    kept = {"deadline": sitting.app.exams.current().deadline, "boot": boot()}
    with (HOME / "before.json").open("w") as file:
        json.dump(kept, file)
        file.flush()
        os.fsync(file.fileno())
    print(kept["deadline"])


def recall() -> dict[str, object]:
    """What was kept."""
    return json.loads((HOME / "before.json").read_text())


def boot() -> str:
    """The id of this start of the machine."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
