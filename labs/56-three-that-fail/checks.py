"""Lab 56: three that fail."""

import hashlib
from typing import Any

from grader import K8s, check


def container(k8s: K8s, name: str) -> dict[str, Any]:
    """The container of a Deployment that bears its name; the Deployment has two Pods."""
    namespace = k8s.vars["kitchen"]
    deployment = k8s.expect({
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"replicas": 2, "template": {"spec": {"containers": [{"name": name}]}}},
    })  # fmt: skip
    found: list[dict[str, Any]] = deployment["spec"]["template"]["spec"]["containers"]
    return next(each for each in found if each["name"] == name)


def answering(k8s: K8s, name: str) -> list[str]:
    """The Pods of a Deployment, both of which answer at its Service, and nobody else."""
    namespace = k8s.vars["kitchen"]
    pods = k8s.list("Pod", namespace, labels={"app": name})
    ready = [pod["metadata"]["name"] for pod in pods if not pod["metadata"].get("deletionTimestamp") and is_ready(pod)]
    assert len(ready) == 2, f"{len(ready)} Pods of {name} are ready, expected 2"
    k8s.hears("kube-node-lease", f"http://{name}.{namespace}.svc.cluster.local/hostname", ready)
    return ready


def is_ready(pod: dict[str, Any]) -> bool:
    """Whether the Pod says of itself that it is ready."""
    return any(each["type"] == "Ready" and each["status"] == "True" for each in pod["status"].get("conditions", []))


def says(k8s: K8s, pod: str, name: str, words: str) -> None:
    """A container has written these words."""
    found = k8s.log(pod, k8s.vars["kitchen"], name)
    assert words in found, f"{pod} wrote {found.strip()[:200]!r}, expected {words!r} in it"


@check(points=2)
def fault_noted(k8s: K8s) -> None:
    """`fault.txt` holds the number of the fault that `mixer` reports, and nothing else."""
    number = hashlib.md5(f"mixer-{k8s.vars['tag']}".encode(), usedforsecurity=False).hexdigest()[:8]
    found = k8s.read("fault.txt").strip()
    assert found == number, f"expected another number, found {found[:60]!r}"


@check(points=3, within=5)
def mixer_answers(k8s: K8s) -> None:
    """Both Pods of `mixer` run its program with a setting that it takes, and answer at its Service."""
    mixer = container(k8s, "mixer")
    program = " ".join([*mixer.get("command", ()), *mixer.get("args", ())])
    assert '"$SPEED" -gt "$FASTEST"' in program, "the program of mixer is another one"
    for pod in answering(k8s, "mixer"):
        says(k8s, pod, "mixer", f"at most {k8s.vars['fastest']}: fine")


@check(points=3, within=5)
def oven_answers(k8s: K8s) -> None:
    """Both Pods of `oven` are ready because they say so at /healthz, and answer at its Service."""
    oven = container(k8s, "oven")
    assert "--http-port=8080" in oven.get("args", ()), "the program of oven is another one"
    path = oven.get("readinessProbe", {}).get("httpGet", {}).get("path")
    assert path == "/healthz", f"the readiness of oven is asked at {path or 'no path'}, expected /healthz"
    answering(k8s, "oven")


@check(points=3, within=5)
def scales_answer(k8s: K8s) -> None:
    """Both Pods of `scales` weigh in the unit that `measures` names, and answer at its Service."""
    measures = {"weigh": k8s.vars["unit"], "pour": "litres"}
    live = k8s.expect({"kind": "ConfigMap", "metadata": {"name": "measures", "namespace": k8s.vars["kitchen"]}})
    assert live.get("data") == measures, f"measures has become {live.get('data')}"
    scales = container(k8s, "scales")
    given = [each.get("valueFrom", {}) for each in scales.get("env", []) if each["name"] == "UNIT"]
    source = next((each.get("configMapKeyRef", {}).get("name") for each in given), None)
    assert source == "measures", f"UNIT comes from {source or 'no ConfigMap'}, expected measures"
    for pod in answering(k8s, "scales"):
        says(k8s, pod, "scales", f"weighing in {k8s.vars['unit']}")
