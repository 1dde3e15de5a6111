"""Lab 43: four ways in."""

from grader import K8s, check

CLIENT = "kube-node-lease"


def desk(k8s: K8s) -> str:
    """The customs' clients."""
    return f"customs-{k8s.vars['tag']}/app=desk"


def names(k8s: K8s, *apps: str) -> list[str]:
    """The names of the Pods of these applications, each of which is there."""
    found: list[str] = []
    for app in apps:
        pods = k8s.list("Pod", k8s.vars["harbour"], labels={"app": app})
        living = [pod["metadata"]["name"] for pod in pods if not pod["metadata"].get("deletionTimestamp")]
        assert living, f"{app} has no Pods any more"
        found += living
    return found


def addresses(k8s: K8s, node: str) -> list[dict[str, str]]:
    """What a node says about where it is reached."""
    live = k8s.get("Node", node)
    assert live, f"node {node} is gone"
    found: list[dict[str, str]] = live["status"]["addresses"]
    return found


def unchanged(k8s: K8s) -> None:
    """Both Deployments listen where they did."""
    for name, port in (("pilot-old", 8080), ("pilot-new", 9000)):
        ports = [{"name": "radio", "containerPort": port}]
        container = {"name": "pilot", "args": ["netexec", f"--http-port={port}"], "ports": ports}
        k8s.expect({
            "kind": "Deployment",
            "metadata": {"name": name, "namespace": k8s.vars["harbour"]},
            "spec": {"replicas": 1, "template": {"spec": {"containers": [container]}}},
        })  # fmt: skip


@check(points=3)
def pilot_answers(k8s: K8s) -> None:
    """The Pods of `pilot-old` and `pilot-new`, and no others, answer at the Service `pilot`."""
    k8s.prepare(desk(k8s))
    unchanged(k8s)
    url = f"http://pilot.{k8s.vars['harbour']}.svc.cluster.local/hostname"
    k8s.hears(CLIENT, url, names(k8s, "pilot-old", "pilot-new"))


@check(points=3, within=3)
def lighthouse_answers(k8s: K8s) -> None:
    """The Pod of `pilot-new` alone answers at the port asked for of every node."""
    unchanged(k8s)
    door, pilots = k8s.vars["door"], names(k8s, "pilot-new")
    service = {"kind": "Service", "metadata": {"name": "lighthouse", "namespace": k8s.vars["harbour"]}}
    k8s.expect({**service, "spec": {"ports": [{"nodePort": door}]}})
    nodes = [k8s.vars[name] for name in ("control_plane", "worker", "worker2")]
    for asking, asked in zip(nodes, [*nodes[1:], nodes[0]], strict=True):
        address = next(each["address"] for each in addresses(k8s, asked) if each["type"] == "InternalIP")
        for _ in range(3):
            answer = k8s.node(asking).fetch(f"http://{address}:{door}/hostname", seconds=2)
            assert answer, f"nobody answers at port {door} of {asked}"
            assert answer.strip() in pilots, f"port {door} of {asked} is answered by {answer.strip()[:60]}"


@check(points=3)
def cranes_by_name(k8s: K8s) -> None:
    """Each Pod of `crane` answers under its own name, below a Service that has no address."""
    service = {"kind": "Service", "metadata": {"name": "crane", "namespace": k8s.vars["harbour"]}}
    k8s.expect({**service, "spec": {"clusterIP": "None"}})
    for pod in ("crane-0", "crane-1"):
        k8s.hears(CLIENT, f"http://{pod}.crane.{k8s.vars['harbour']}.svc.cluster.local:8080/hostname", [pod])


@check(points=3, after=pilot_answers)
def customs_follow(k8s: K8s) -> None:
    """The name `pilot` of the customs leads to the Service `pilot` of the harbour, whatever address that has."""
    k8s.hears(desk(k8s), "http://pilot/hostname", names(k8s, "pilot-old", "pilot-new"))
    customs = f"customs-{k8s.vars['tag']}"
    service = k8s.expect({"kind": "Service", "metadata": {"name": "pilot", "namespace": k8s.vars["harbour"]}})
    pods = [pod for app in ("pilot-old", "pilot-new") for pod in k8s.list("Pod", k8s.vars["harbour"], {"app": app})]
    fixed = {service["spec"].get("clusterIP"), *(pod["status"].get("podIP") for pod in pods)}
    slices = k8s.list("endpointslices.discovery.k8s.io", customs)
    held = {one for each in slices for end in each.get("endpoints") or () for one in end.get("addresses") or ()}
    assert not held & fixed, f"namespace {customs} holds an address of today: {', '.join(sorted(held & fixed))}"
