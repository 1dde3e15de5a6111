"""Lab 02: a check that cannot be judged."""

from grader import K8s, check


@check(points=2)
def judged(k8s: K8s) -> None:
    """The file `done` is there."""
    if (k8s.work / "broken").exists():
        raise ConnectionResetError("the cluster went away")
    assert (k8s.work / "done").exists()
