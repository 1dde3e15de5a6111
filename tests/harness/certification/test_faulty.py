"""How mutants are judged: quickly where that is safe."""

from types import SimpleNamespace

import pytest

from grader.checks import Check
from grader.outcomes import Grade, Outcome, Verdict
from harness.certification.faulty import hasty


def check(name, within=None, after=()):
    return Check(name, name, 1, after, within, lambda k8s: None)


class FakeWalk:
    """A lab whose checks end as told; remembers which were allowed to wait."""

    def __init__(self, checks, **outcomes):
        self.lab = SimpleNamespace(checks=tuple(checks))
        self.outcomes = outcomes
        self.waited = []

    def judge(self, checks=None):
        asked = self.lab.checks if checks is None else checks
        self.waited.append([each.name for each in asked if each.within])
        return Grade.of("07-a", tuple(Verdict(e.name, e.name, 1, Outcome(self.outcomes[e.name])) for e in asked), 0.1)


@pytest.mark.parametrize(
    ("outcomes", "judged"),
    [
        ({"quick": "failed", "patient": "failed", "later": "skipped"}, [[]]),  # lost for certain: nothing is waited for
        ({"quick": "passed", "patient": "failed", "later": "skipped"}, [[], ["patient"]]),  # it may still come
        ({"quick": "passed", "patient": "passed", "later": "passed"}, [[]]),
    ],
)
def test_only_a_check_that_may_still_pass_is_waited_for(outcomes, judged):
    walk = FakeWalk([check("quick"), check("patient", within=15), check("later", after=("patient",))], **outcomes)
    hasty(walk)
    assert walk.waited == judged
