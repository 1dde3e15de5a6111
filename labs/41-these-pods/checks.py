"""Lab 41: charts are for the doctors of the ward."""

from grader import K8s, check

CHARTS = "records/app=charts"
PRINTER = "records/app=printer"


def doctor(k8s: K8s, place: str) -> str:
    """The doctors of a namespace: `ward`, where they may read, or `cafe`."""
    return f"{k8s.vars[place]}/role=doctor"


def strangers(k8s: K8s) -> list[str]:
    """Pods that are no doctors: one beside the doctors, one beside the charts."""
    return [f"{k8s.vars['ward']}/role=visitor", "records/app=printer"]


def still_served(k8s: K8s, port: int) -> None:
    """The charts' Pods still listen at this port: a connection that nobody waits for is refused by no policy."""
    containers = [{"args": ["netexec", f"--http-port={port}"]}]
    k8s.expect({
        "kind": "Deployment",
        "metadata": {"name": "charts", "namespace": "records"},
        "spec": {"replicas": 1, "template": {"spec": {"containers": containers}}},
    })  # fmt: skip


@check(points=3)
def only_this_namespace(k8s: K8s) -> None:
    """Doctors of the ward reach the charts at port 8080, doctors of other namespaces do not."""
    still_served(k8s, 8080)
    k8s.refused([doctor(k8s, "cafe"), "records/role=doctor", "kube-node-lease/role=doctor"], CHARTS, 8080)
    k8s.reaches(doctor(k8s, "ward"), CHARTS, 8080)


@check(points=3)
def only_doctors(k8s: K8s) -> None:
    """Doctors of the ward reach the charts at port 8080, Pods that are no doctors do not."""
    still_served(k8s, 8080)
    k8s.refused(strangers(k8s), CHARTS, 8080)
    k8s.reaches(doctor(k8s, "ward"), CHARTS, 8080)


@check(points=2)
def only_this_port(k8s: K8s) -> None:
    """Nobody reaches the charts at port 9090, not even the doctors of the ward."""
    still_served(k8s, 9090)
    k8s.refused([doctor(k8s, "ward"), doctor(k8s, "cafe"), *strangers(k8s)], CHARTS, 9090)


@check(points=2, after=only_this_port)
def others_stay_open(k8s: K8s) -> None:
    """The other Pods of `records` are reached by everybody at all ports."""
    k8s.reaches([doctor(k8s, "ward"), doctor(k8s, "cafe"), *strangers(k8s)], PRINTER, [8080, 9090])
