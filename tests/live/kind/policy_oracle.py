"""What networking.k8s.io/v1 says of one connection between two pods, read from the API's documentation alone.

A connection comes about when the source's egress and the destination's ingress both allow it. A pod that no policy
selects for a direction is free in that direction; one that is selected is allowed what any of those policies allows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

Labels = Mapping[str, str]


@dataclass(frozen=True)
class Pod:
    """A pod as policies see it; ``named`` are the numbers of its named ports by (name, protocol)."""

    namespace: str
    name: str
    address: str
    labels: Labels
    named: Mapping[tuple[str, str], int] = field(default_factory=dict)


def allowed(
    policies: Iterable[Mapping[str, Any]],
    namespaces: Mapping[str, Labels],
    source: Pod,
    target: Pod,
    port: int,
    protocol: str = "TCP",
) -> bool:
    """Whether a new connection comes about; ``namespaces`` are labels by name, ``port`` is the target container's."""
    if (source.namespace, source.name) == (target.namespace, target.name):
        return True
    every = list(policies)
    for kind, peers, own, other in (("Egress", "to", source, target), ("Ingress", "from", target, source)):
        isolating = [policy["spec"] for policy in every if _isolates(policy, kind, own)]
        if isolating and not any(
            _peers(rule.get(peers), own.namespace, namespaces, other)
            and _ports(rule.get("ports"), target, port, protocol)
            for spec in isolating
            for rule in spec.get(kind.lower()) or ()
        ):
            return False
    return True


def _isolates(policy: Mapping[str, Any], kind: str, pod: Pod) -> bool:
    spec = policy["spec"]
    here = policy["metadata"]["namespace"] == pod.namespace
    return here and kind in _types(spec) and selects(spec.get("podSelector"), pod.labels)


def _types(spec: Mapping[str, Any]) -> list[str]:
    return spec.get("policyTypes") or (["Ingress", "Egress"] if spec.get("egress") else ["Ingress"])


def _peers(peers, home: str, namespaces: Mapping[str, Labels], other: Pod) -> bool:
    return not peers or any(_peer(peer, home, namespaces, other) for peer in peers)


def _peer(peer, home: str, namespaces: Mapping[str, Labels], other: Pod) -> bool:
    if block := peer.get("ipBlock"):
        address = ip_address(other.address)
        holes = block.get("except") or ()
        return address in ip_network(block["cidr"]) and not any(address in ip_network(hole) for hole in holes)
    if "namespaceSelector" in peer:
        if not selects(peer["namespaceSelector"], namespaces[other.namespace]):
            return False
    elif other.namespace != home:
        return False
    return "podSelector" not in peer or selects(peer["podSelector"], other.labels)


def _ports(ports, target: Pod, port: int, protocol: str) -> bool:
    return not ports or any(_port(entry, target, port, protocol) for entry in ports)


def _port(entry, target: Pod, port: int, protocol: str) -> bool:
    if entry.get("protocol", "TCP") != protocol:
        return False
    wanted = entry.get("port")
    if wanted is None:
        return True
    if isinstance(wanted, str):
        return target.named.get((wanted, protocol)) == port
    return wanted <= port <= entry.get("endPort", wanted)


def selects(selector: Mapping[str, Any] | None, labels: Labels) -> bool:
    """Whether a LabelSelector selects these labels; an empty one selects all."""
    selector = selector or {}
    if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(_holds(each, labels) for each in selector.get("matchExpressions") or ())


def _holds(expression: Mapping[str, Any], labels: Labels) -> bool:
    value, values = labels.get(expression["key"]), expression.get("values") or []
    match expression["operator"]:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    raise ValueError(expression["operator"])
