"""Lab 53: Pods that are never made."""

from typing import Any

from grader import K8s, check

IMAGE = "registry.k8s.io/pause:3.10"
STRICT = {
    "securityContext": {"runAsNonRoot": True, "runAsUser": 65535, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [
        {
            "name": "test",
            "image": IMAGE,
            "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        }
    ],
}


def both_pods(k8s: K8s, name: str) -> list[dict[str, Any]]:
    """The two Pods of a Deployment, which run."""
    farm = k8s.vars["farm"]
    k8s.expect(f"""
        kind: Deployment
        metadata: {{name: {name}, namespace: {farm}}}
        spec:
          replicas: 2
          template: {{spec: {{containers: [{{name: {name}, image: "{IMAGE}"}}]}}}}
        status: {{replicas: 2, updatedReplicas: 2, readyReplicas: 2}}
    """)
    pods = [pod for pod in k8s.list("Pod", farm, labels={"app": name}) if pod["status"].get("phase") == "Running"]
    assert len(pods) == 2, f"expected two running Pods of {name}, found {len(pods)}"
    return pods


def tried(k8s: K8s, name: str, **spec: Any) -> dict[str, Any]:
    """A test Pod; its name says in a verdict what was tried."""
    return {"kind": "Pod", "metadata": {"name": name, "namespace": k8s.vars["farm"]}, "spec": {**STRICT, **spec}}


@check(points=2)
def herd_runs(k8s: K8s) -> None:
    """Both Pods of `herd` run under the account that its Deployment names."""
    wanted = f"herder-{k8s.vars['tag']}"
    for pod in both_pods(k8s, "herd"):
        found = pod["spec"].get("serviceAccountName")
        assert found == wanted, f"expected the ServiceAccount {wanted}, found {found}"


@check(points=2)
def press_runs(k8s: K8s) -> None:
    """Both Pods of `press` run."""
    both_pods(k8s, "press")


@check(points=2, after=press_runs)
def rules_kept(k8s: K8s) -> None:
    """The namespace takes Pods that fulfil the level restricted, and no others."""
    k8s.accepts(tried(k8s, "as-demanded"))
    loose = {key: value for key, value in STRICT["containers"][0].items() if key != "securityContext"}
    k8s.refuses(tried(k8s, "may-gain-privileges", containers=[loose]), because="PodSecurity")
    k8s.refuses(
        tried(k8s, "may-be-root", securityContext={"seccompProfile": {"type": "RuntimeDefault"}}), because="PodSecurity"
    )
    k8s.refuses(tried(k8s, "on-the-hosts-network", hostNetwork=True), because="PodSecurity")


@check(points=2)
def barn_runs(k8s: K8s) -> None:
    """Both Pods of `barn` run with the class that its Deployment names, and with the priority asked for."""
    wanted = {"priorityClassName": f"harvest-{k8s.vars['tag']}", "priority": k8s.vars["priority"]}
    for pod in both_pods(k8s, "barn"):
        found = {key: pod["spec"].get(key) for key in wanted}
        assert found == wanted, f"expected {wanted}, found {found}"


@check(points=1, after=barn_runs)
def barn_evicts_nobody(k8s: K8s) -> None:
    """A Pod of that class never evicts others."""
    admitted = k8s.accepts(tried(k8s, "of-that-class", priorityClassName=f"harvest-{k8s.vars['tag']}"))
    found = admitted["spec"].get("preemptionPolicy")
    assert found == "Never", f"expected preemptionPolicy Never, found {found}"


@check(points=1, after=barn_runs)
def others_have_no_priority(k8s: K8s) -> None:
    """A Pod that names no class has no priority."""
    found = k8s.accepts(tried(k8s, "without-a-class"))["spec"].get("priority", 0)
    assert found == 0, f"expected the priority 0, found {found}"


@check(points=2)
def mill_runs(k8s: K8s) -> None:
    """Both Pods of `mill` run."""
    both_pods(k8s, "mill")


@check(points=1, after=(herd_runs, press_runs, barn_runs, mill_runs))
def silo_kept(k8s: K8s) -> None:
    """`silo` runs as before."""
    for pod in both_pods(k8s, "silo"):
        spec = pod["spec"]
        assert spec.get("serviceAccountName") == "default", f"silo now runs as {spec.get('serviceAccountName')}"
        assert not spec.get("priorityClassName"), f"silo now has the class {spec.get('priorityClassName')}"
