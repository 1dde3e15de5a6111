"""How much of the machine a node may take."""

import os

from setup import shapes
from setup.providers.kind.runtime import Runtime

MIB = 1 << 20
CONTROL_PLANE_MEMORY, WORKER_MEMORY = 3072 * MIB, 2048 * MIB  # bytes at most


def limit(runtime: Runtime, cluster: str, shape: str) -> None:
    """Let no node of a cluster take more than its share."""
    cores = os.cpu_count() or 1
    shares = {True: (CONTROL_PLANE_MEMORY, cores), False: (WORKER_MEMORY, max(1, cores // 2))}
    nodes = shapes.named(shapes.configuration(shape) | {"name": cluster})
    for role, (memory, cpus) in shares.items():
        names = [node.name for node in nodes if node.control_plane is role]
        if names:
            runtime.limit(names, memory, cpus)
