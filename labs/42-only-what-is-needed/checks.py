"""Lab 42: only what is needed."""

from grader import K8s, check

LEDGER = "books/app=ledger"
GOSSIP = "books/app=gossip"
DNS = "kube-system/k8s-app=kube-dns"
METRICS = 9153  # another port that the DNS Pods listen on


def pods(k8s: K8s, app: str) -> str:
    """The Pods of an application in the office's namespace."""
    return f"{k8s.vars['office']}/app={app}"


def others(k8s: K8s) -> list[str]:
    """Clients that no rule is about: the visitor, and a neighbour of the ledger."""
    return [pods(k8s, "visitor"), GOSSIP]


@check(points=3)
def ledger_reached(k8s: K8s) -> None:
    """The reporters reach the ledger at its port, and neither its neighbours nor another ledger."""
    port, reporter = k8s.vars["port"], pods(k8s, "reporter")
    k8s.prepare(*others(k8s))
    k8s.refused(reporter, [GOSSIP, pods(k8s, "ledger")], port)
    k8s.reaches(reporter, LEDGER, port)


@check(points=2)
def ledger_port_only(k8s: K8s) -> None:
    """The reporters reach the ledger at its port, and at no other."""
    reporter = pods(k8s, "reporter")
    k8s.refused(reporter, LEDGER, 9090)
    k8s.reaches(reporter, LEDGER, k8s.vars["port"])


@check(points=2)
def names_found(k8s: K8s) -> None:
    """The reporters find the ledger by its name, and reach port 53 of the cluster's DNS, but of nobody else."""
    reporter = pods(k8s, "reporter")
    strangers = k8s.decoys(["kube-system/app=gossip", "books/k8s-app=kube-dns"], 53)
    k8s.refused(reporter, [GOSSIP, *strangers], 53)
    k8s.reaches(reporter, DNS, 53)
    k8s.reaches(reporter, "ledger.books.svc.cluster.local", 80)


@check(points=1)
def dns_port_only(k8s: K8s) -> None:
    """The reporters reach the cluster's DNS at port 53, and at no other."""
    reporter = pods(k8s, "reporter")
    k8s.refused(reporter, DNS, METRICS)
    k8s.reaches(reporter, DNS, 53)


@check(points=2, after=ledger_reached)
def others_free(k8s: K8s) -> None:
    """Others reach the reporters and everything else, as before."""
    k8s.reaches(pods(k8s, "visitor"), [LEDGER, GOSSIP, pods(k8s, "ledger")], k8s.vars["port"])
    k8s.reaches(others(k8s), pods(k8s, "reporter"), 8080)
