"""Lab 03: a start that did not take effect."""

from grader import K8s, check


@check(points=1)
def always(k8s: K8s) -> None:
    """Nothing is asked."""
