"""Lab 22: enough for everybody."""

from typing import Any

from grader import K8s, check, quantity


def pod(namespace: str, name: str, *containers: dict[str, Any]) -> dict[str, Any]:
    """A Pod whose containers have these resources; its name says in a verdict what was tried."""
    image = "registry.k8s.io/pause:3.10"
    named = [{"name": f"c{number}", "image": image, "resources": each} for number, each in enumerate(containers)]
    return {"kind": "Pod", "metadata": {"name": name, "namespace": namespace}, "spec": {"containers": named}}


def service(namespace: str, name: str, **spec: Any) -> dict[str, Any]:
    """A Service with one port."""
    return {
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"ports": [{"port": 80}], **spec},
    }


def demand(found: dict[str, Any], **wanted: dict[str, str]) -> None:
    """The resources of a container are these; quantities compare by value."""
    for side, amounts in wanted.items():
        for what, amount in amounts.items():
            live = found.get(side, {}).get(what)
            assert quantity(live) == quantity(amount), f"{what} in {side}: expected {amount}, found {live or 'nothing'}"


@check(points=3)
def defaults_filled_in(k8s: K8s) -> None:
    """A container of the team that names no resources gets the requests and limits asked for."""
    its = k8s.vars
    admitted = k8s.accepts(pod(its["team"], "without-resources", {}))["spec"]["containers"][0]["resources"]
    demand(
        admitted,
        requests={"cpu": f"{its['cpu']}m", "memory": f"{its['memory']}Mi"},
        limits={"cpu": f"{its['cpu_limit']}m", "memory": f"{its['memory_limit']}Mi"},
    )


@check(points=2)
def largest_container(k8s: K8s) -> None:
    """A container of the team may have the largest limits, also beside another one, and not a bit more."""
    its, small = k8s.vars, {"cpu": "10m", "memory": "16Mi"}
    cpu, memory = its["cpu_most"], its["memory_most"]
    largest = {"requests": small, "limits": {"cpu": f"{cpu}m", "memory": f"{memory}Mi"}}
    fast = {"requests": small, "limits": {"cpu": f"{cpu + 1}m", "memory": f"{memory}Mi"}}
    big = {"requests": small, "limits": {"cpu": f"{cpu}m", "memory": f"{memory + 1}Mi"}}
    k8s.refuses(pod(its["team"], f"limit-of-{cpu + 1}m-cpu", fast))
    k8s.refuses(pod(its["team"], f"limit-of-{memory + 1}mi-memory", big))
    k8s.accepts(pod(its["team"], "two-largest-containers", largest, largest))


@check(points=2)
def ingest_runs(k8s: K8s) -> None:
    """All Pods of `ingest` run and would be let in again, under the quota as it was agreed."""
    team = k8s.vars["team"]
    k8s.expect(f"""
        kind: ResourceQuota
        metadata: {{name: agreed, namespace: {team}}}
        spec:
          hard: !exactly {{pods: 12, requests.cpu: 2, requests.memory: 2Gi, limits.cpu: 4, limits.memory: 4Gi}}
    """)
    deployment = k8s.expect(f"""
        kind: Deployment
        metadata: {{name: ingest, namespace: {team}}}
        status: {{replicas: 3, readyReplicas: 3}}
    """)
    like_it = {"name": "another-ingest", "namespace": team}
    k8s.accepts({"kind": "Pod", "metadata": like_it, "spec": deployment["spec"]["template"]["spec"]})


@check(points=2, after=ingest_runs)
def ingest_has_its_share(k8s: K8s) -> None:
    """Every Pod of `ingest` has the requests and limits asked for."""
    team, share = k8s.vars["team"], k8s.vars["share"]
    deployment = k8s.expect({"kind": "Deployment", "metadata": {"name": "ingest", "namespace": team}})
    pods = k8s.list("Pod", team, labels=deployment["spec"]["selector"].get("matchLabels"))
    assert len(pods) >= 3, f"expected three Pods, found {len(pods)}"
    for each in pods:
        demand(
            each["spec"]["containers"][0].get("resources", {}),
            requests={"cpu": f"{share}m", "memory": "192Mi"},
            limits={"cpu": f"{share * 2}m", "memory": "448Mi"},
        )


@check(points=2)
def batch_cpu(k8s: K8s) -> None:
    """The batch namespace lets all the CPU be requested that it has, and no more."""
    namespace, most = f"{k8s.vars['team']}-batch", k8s.vars["batch_cpu"]
    small = {"memory": "16Mi"}
    more = {"requests": {**small, "cpu": f"{most * 1000 + 1}m"}, "limits": small}
    k8s.refuses(pod(namespace, f"requests-{most * 1000 + 1}m-cpu", more))
    k8s.accepts(pod(namespace, f"requests-{most}-cpu", {"requests": {**small, "cpu": most}, "limits": small}))


@check(points=2)
def batch_memory(k8s: K8s) -> None:
    """The memory limits in the batch namespace may come to what it has, and to no more."""
    namespace, most = f"{k8s.vars['team']}-batch", k8s.vars["batch_memory"]
    small = {"cpu": "10m", "memory": "16Mi"}
    more = {"requests": small, "limits": {"cpu": "10m", "memory": f"{most * 1024 + 1}Mi"}}
    k8s.refuses(pod(namespace, f"limit-of-{most * 1024 + 1}mi-memory", more))
    all_of_it = {"requests": small, "limits": {"cpu": "10m", "memory": f"{most}Gi"}}
    k8s.accepts(pod(namespace, f"limit-of-{most}gi-memory", all_of_it))


@check(points=1)
def no_open_ports(k8s: K8s) -> None:
    """The batch namespace takes Services, but none of type NodePort or LoadBalancer."""
    namespace = f"{k8s.vars['team']}-batch"
    k8s.refuses(service(namespace, "node-port", type="NodePort"))
    k8s.refuses(service(namespace, "load-balancer", type="LoadBalancer", allocateLoadBalancerNodePorts=False))
    k8s.accepts(service(namespace, "cluster-ip", type="ClusterIP"))
