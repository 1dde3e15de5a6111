"""Fresh connections from probe pods, many in one command: entering a pod costs more than a connection does."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain

from grader.errors import Broken
from grader.probes import PORT, Place, Probes

TRY_SECONDS = 2
"""How long one connection is tried."""
PAUSE_SECONDS = 0.2
"""How long to wait before the same connection is tried again."""
# For each HOST PORT WANTED one line: its number, and whether a connection came about. What is not as wanted (`open`,
# `closed`, `any`) is tried again until so many hundredths of a second are over. `-e true` hangs up at once.
_SCRIPT = f"""
clock() {{ read -r now rest </proc/uptime; now=${{now%.*}}${{now#*.}}; }}
try() {{
  while :; do
    is=closed
    timeout {TRY_SECONDS + 1} nc -w {TRY_SECONDS} "$2" "$3" -e true >/dev/null 2>&1 && is=open
    clock
    if [ "$4" = any ] || [ "$4" = "$is" ] || [ "$now" -ge "$end" ]; then break; fi
    sleep {PAUSE_SECONDS}
  done
  echo "$1 $is"
}}
clock
end=$((now + $1)) n=0
shift
while [ $# -gt 0 ]; do
  try "$n" "$1" "$2" "$3" &
  n=$((n + 1))
  shift 3
done
wait
"""


@dataclass(frozen=True)
class Spot:
    """An address and port to connect to; ``node`` is where its pod runs, empty for what is no pod."""

    name: str
    host: str
    port: int
    node: str = ""

    def __str__(self) -> str:
        return f"{self.name} at port {self.port}"


@dataclass(frozen=True)
class _Wish:
    spots: tuple[Spot, ...]
    opened: Future[list[bool]]


class Dialler:
    """Connects from probe pods. What several checks want from one place while its pod starts is tried together."""

    def __init__(self, probes: Probes) -> None:
        self._probes = probes
        self._lock = threading.Lock()
        self._wishes: dict[Place, list[_Wish]] = {}

    def dial(self, place: Place, spots: Sequence[Spot]) -> list[bool]:
        """Connect once to each, and say which came about; Broken when the probe does not even reach itself."""
        mine = _Wish(tuple(spots), Future())
        with self._lock:
            self._wishes.setdefault(place, []).append(mine)
        try:
            self._probes.pod(place)
        except BaseException:
            with self._lock, suppress(KeyError, ValueError):  # somebody else may try it already
                self._wishes[place].remove(mine)
            raise
        with self._lock:  # the first who comes by takes all that has gathered
            batch = self._wishes.pop(place, [])
        if batch:
            self._try_all(place, batch)
        return mine.opened.result()

    def insist(self, place: Place, spots: Sequence[Spot], seconds: float, *, wanted: bool) -> list[bool]:
        """Connect to each again and again until all are as wanted or the time is over; the outcome of the last try."""
        return self._try(place, spots, "open" if wanted else "closed", seconds)

    def _try_all(self, place: Place, batch: Sequence[_Wish]) -> None:
        spots = tuple(dict.fromkeys(spot for wish in batch for spot in wish.spots))
        try:
            opened = dict(zip(spots, self._try(place, spots), strict=True))
        except BaseException as error:
            for wish in batch:
                wish.opened.set_exception(error)
        else:
            for wish in batch:
                wish.opened.set_result([opened[spot] for spot in wish.spots])

    def _try(self, place: Place, spots: Sequence[Spot], wanted: str = "any", seconds: float = 0) -> list[bool]:
        targets = [(spot.host, str(spot.port), wanted) for spot in spots]
        own = [] if place.host_network else [("127.0.0.1", str(PORT), "open")]
        words = [str(round(100 * seconds)), *chain.from_iterable([*targets, *own])]
        ran = self._probes.run(place, ["sh", "-c", _SCRIPT, "sh", *words], seconds + TRY_SECONDS + 4)
        said = dict(line.split() for line in ran.output.splitlines() if len(line.split()) == 2)
        results = [said.get(str(number)) for number in range(len(targets) + len(own))]
        if None in results or (own and results[-1] != "open"):
            raise Broken(f"the probe ({place}) cannot open connections: {ran.errors[:200] or ran.output[:200]}")
        return [result == "open" for result in results[: len(spots)]]
