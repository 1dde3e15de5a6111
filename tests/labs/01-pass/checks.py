"""Lab 01: every outcome of a candidate's work but broken."""

from grader import K8s, check


@check(points=1)
def written(k8s: K8s) -> None:
    """`answer.txt` is there."""
    assert (k8s.work / "answer.txt").is_file(), "answer.txt: expected a file, found nothing"


@check(points=3, after=written)
def right(k8s: K8s) -> None:
    """`answer.txt` holds the code."""
    found = (k8s.work / "answer.txt").read_text().strip()
    assert found == k8s.vars["code"], f"expected {k8s.vars['code']}, found {found}"
