"""What a cluster's pods still lack, by what the API server shows."""

from datetime import UTC, datetime, timedelta

import pytest

from setup.providers.kind import readiness


class Pods:
    """An API server that knows one pod, whose condition Ready has been so for some seconds."""

    def __init__(self, status: str, seconds: float, reason: str) -> None:
        since = (datetime.now(UTC) - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
        ready = {"type": "Ready", "status": status, "reason": reason, "lastTransitionTime": since}
        self.items = [{"metadata": {"name": "web"}, "status": {"conditions": [ready]}}]

    def call(self, method: str, path: str) -> dict:
        assert (method, path) == ("GET", "/api/v1/pods")
        return {"items": self.items}


@pytest.mark.parametrize(
    ("status", "seconds", "reason", "said"),
    [
        ("False", 3, "ContainersNotReady", "Pod web is not Ready yet"),
        ("False", 60, "ContainersNotReady", ""),
        ("True", 3, "", ""),
        ("False", 3, "PodCompleted", ""),
    ],
    ids=["just started", "broken for long", "ready", "over"],
)
def test_a_pod_may_become_ready_shortly_after_it_came(status, seconds, reason, said):
    assert readiness.rising(Pods(status, seconds, reason)) == said
