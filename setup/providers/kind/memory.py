"""How much memory the nodes of a cluster take, as their control groups count it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from setup.providers.kind.runtime import Runtime

FILES = ("/sys/fs/cgroup/memory/memory.stat", "/sys/fs/cgroup/memory.stat")  # cgroup v1, v2
KEYS = ("total_rss", "anon")  # memory of processes, page cache not counted; cgroup v1, v2


def resident(runtime: Runtime, nodes: Sequence[str]) -> int:
    """The bytes that the processes in these nodes take; a node that does not run takes none."""
    with ThreadPoolExecutor(len(nodes)) as pool:
        return sum(pool.map(lambda node: parse(runtime.exec(node, "cat", *FILES).text), nodes))


def parse(stat: str) -> int:
    """The memory of processes out of a memory.stat file, cgroups(7); 0 where it does not say."""
    found = dict(line.split(" ", 1) for line in stat.splitlines() if " " in line)
    return next((int(found[key]) for key in KEYS if key in found), 0)
