"""Lab 06: a check that is broken from the start."""

from grader import K8s, check


@check(points=1)
def unsure(k8s: K8s) -> None:
    """Nobody knows."""
    raise RuntimeError("the probe is dead")
