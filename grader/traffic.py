"""Which connections succeed, tried with fresh ones from probe pods until the network has come to rest.

A connection that is refused proves something only while the rest works, so three controls stand behind every
``refused``: the probe reaches itself, the target is reached from where nothing may forbid it (its own node, or a client
that the author names), and on the target's node a policy of the grader's own that lets in at one port alone does so.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from grader.admission import QUIET_NAMESPACE
from grader.api import Api, Object
from grader.dialling import PAUSE_SECONDS, Dialler, Spot
from grader.errors import Broken, Miss
from grader.node import Node
from grader.probes import NETWORK_POLICY, PORT, Place, Probes, selector, together
from grader.resources import NODE, POD
from grader.scheduling import LABEL
from grader.text import clean_line

Client = str | Mapping[str, Any]
Target = str | Mapping[str, Any]

REST_SECONDS = 4.0
"""How long the network has to come to rest: policies take effect within two."""
USUAL_START, SLOWEST = 3.0, 3.0
"""Seconds in which probe pods come up; on a machine that takes longer, the network gets up to so many times as long."""
OPEN_PORT = 8098
"""The one port at which the canary's policy lets anybody in."""
GUARDED = "labs.guarded"  # a label of canaries
OTHER = ("labs.other", "true")  # what tells a second canary on one node from the first
# On a node, for each HOST/PORT that is reached one line: its number.
_KNOCK = """
n=0
for place in "$@"; do
  (timeout 2 bash -c '</dev/tcp/$0' "$place" 2>/dev/null && echo "$n") &
  n=$((n + 1))
done
wait
"""


class Traffic:
    """The connections that one grade tries. ``enter`` gives a node by name, or None where nodes cannot be entered."""

    def __init__(self, api: Api, enter: Callable[[str], Node | None]) -> None:
        self._api = api
        self._enter = enter
        self._probes = Probes(api)
        self._dialler = Dialler(self._probes)
        self._canary = threading.Lock()
        self._mark = ""
        self._able: list[str] = []
        self._turns: dict[str, threading.Lock] = {}
        self._enforcing: set[str] = set()

    @property
    def delay(self) -> float:
        """Seconds that the slowest probe pod took to come up, or has taken so far; 0 where none was needed."""
        return self._probes.slowest

    @property
    def _rest(self) -> float:
        """How long the network has to come to rest on this machine, as busy as it is."""
        return REST_SECONDS * min(SLOWEST, max(1.0, self.delay / USUAL_START))

    def close(self) -> None:
        """Delete all probe pods."""
        self._probes.close()

    def prepare(self, clients: Iterable[Client]) -> None:
        """Make the probe pods of these clients; what keeps one from being made is for the check that asks for it."""
        for client in clients:
            with suppress(Miss, Broken):
                self._probes.begin(Place.of(client))

    def reaches(self, client: Client | Sequence[Client], target: Target | Sequence[Target], port: Any) -> None:
        """Raise Miss unless every client comes to reach every target at every port."""
        pairs = self._pairs(client, target, port)
        left = self._settle(pairs, wanted=True)
        if left:
            place, spot = left[0]
            more = f" (and {len(left) - 1} more)" if len(left) > 1 else ""
            raise Miss(f"{place} does not reach {spot}{more}", _see(place))

    def refused(
        self,
        client: Client | Sequence[Client],
        target: Target | Sequence[Target],
        port: Any,
        control: Client | None = None,
    ) -> None:
        """Raise Miss unless no client reaches any target at any port; Broken unless the controls hold."""
        pairs = self._pairs(client, target, port)
        spots = tuple(dict.fromkeys(spot for _, spot in pairs))
        left: list[tuple[Place, Spot]] = []
        together([
            lambda: left.extend(self._settle(pairs, wanted=False)),
            lambda: self._enforces({spot.node for spot in spots}),
            lambda: self._control(spots, control),
        ])  # fmt: skip
        if left:
            place, spot = left[0]
            more = f" (and {len(left) - 1} more)" if len(left) > 1 else ""
            raise Miss(f"{place} reaches {spot}, which should be refused{more}", _see(place))

    def decoys(self, places: Sequence[str], port: int) -> list[Object]:
        """Pods of the grader's own at these places that listen on this port; they come up side by side."""
        wanted = [replace(Place.of(each), port=int(port)) for each in places]
        return together([lambda place=place: self._probes.pod(place) for place in wanted])  # type: ignore[misc]

    def answers(self, client: Client, url: str, times: int) -> list[str]:
        """What ``times`` fresh HTTP requests of a client are answered; an empty text for one that failed."""
        ask = 'timeout 2 wget -q -O - "$2" 2>/dev/null | head -c 2000 | tr "\\n" " "'  # Debian's `wget -T` crashes
        script = f'for i in $(seq "$1"); do {ask}; echo; done'
        ran = self._probes.run(Place.of(client), ["sh", "-c", script, "sh", str(times), url], 2.5 * times + 2)
        lines = [clean_line(line) for line in f"{ran.output}\n".split("\n")]
        return (lines + [""] * times)[:times]

    def hears(self, client: Client, url: str, words: Iterable[str]) -> None:
        """Raise Miss unless each word comes in some answer at this URL, and each answer has one of the words."""
        wanted, place = set(words), Place.of(client)
        missing, strange = set(wanted), ""
        end = time.monotonic() + self._rest
        self._probes.pod(place)
        while True:
            found = self.answers(client, url, 1)
            found += self.answers(client, url, 20) if all(found) else []  # what is dead is not asked at length
            missing = {word for word in wanted if not any(word in each for each in found)}
            strange = next((each or "no answer" for each in found if not any(word in each for word in wanted)), "")
            if not missing and not strange:
                return
            if time.monotonic() > end:
                break
            time.sleep(PAUSE_SECONDS)
        if strange:
            raise Miss(f"{place} asked {url} and got: {strange[:200]}", _see(place))
        raise Miss(f"{place} asked {url} and never heard {', '.join(sorted(missing))}", _see(place))

    def _pairs(
        self, client: Client | Sequence[Client], target: Target | Sequence[Target], port: Any
    ) -> list[tuple[Place, Spot]]:
        ports = port if isinstance(port, list | tuple | set) else [port]
        places = [Place.of(each) for each in _each(client)]
        spots = [spot for each in _each(target) for number in ports for spot in self._spots(each, number)]
        return [(place, spot) for place in places for spot in spots]

    def _spots(self, target: Target, port: Any) -> list[Spot]:
        """Where a target is now: the pods of ``NAMESPACE/LABELS``, a live pod or Service, or a host name."""
        if not isinstance(target, str):
            return [_spot(target, port)]
        namespace, slash, labels = target.partition("/")
        if not slash:
            return [Spot(target, target, int(port))]
        pods = [
            pod for pod in self._api.list(POD, namespace, selector(labels))
            if (pod.get("status") or {}).get("podIP") and pod["status"].get("phase") == "Running"
            and not pod["metadata"].get("deletionTimestamp") and LABEL not in (pod["metadata"].get("labels") or {})
        ]  # fmt: skip
        if not pods:
            raise Miss(f"no Pod with {labels} runs in namespace {namespace}", f"kubectl get pods -n {namespace}")
        return [_spot(pod, port) for pod in pods]

    def _settle(self, pairs: Sequence[tuple[Place, Spot]], *, wanted: bool) -> list[tuple[Place, Spot]]:
        """Try until all connections are as wanted, or the time is over; return those that are not."""
        groups: dict[Place, list[Spot]] = {}
        for place, spot in pairs:
            groups.setdefault(place, []).append(spot)
        left: list[tuple[Place, Spot]] = []

        def settle(place: Place, spots: list[Spot]) -> None:
            began = time.monotonic()

            def other(opened: Sequence[bool]) -> list[Spot]:
                return [spot for spot, is_open in zip(spots, opened, strict=True) if is_open is not wanted]

            spots = other(self._dialler.dial(place, spots))
            began = max(began, self._probes.since(place))  # its own start is not the network's
            rest = began + self._rest - time.monotonic()
            if spots and rest > 0:
                spots = other(self._dialler.insist(place, spots, rest, wanted=wanted))
            left.extend((place, spot) for spot in spots)

        together([lambda place=place, spots=spots: settle(place, spots) for place, spots in groups.items()])  # type: ignore[misc]
        return left

    def _control(self, spots: Sequence[Spot], control: Client | None) -> None:
        """Every target is reached from where it must be; else Broken, for then a refusal shows nothing."""
        end = time.monotonic() + self._rest
        left = list(spots)
        while left:
            left = self._unreached(left, control)
            if left and time.monotonic() > end:
                raise Broken(f"{left[0]} is not even reached from {control or 'its own node'}: a refusal shows nothing")
            time.sleep(PAUSE_SECONDS if left else 0)

    def _unreached(self, spots: Sequence[Spot], control: Client | None) -> list[Spot]:
        """Those that one try does not reach: from ``control``, else each pod from its own node."""
        if control is not None:
            opened = self._dialler.dial(Place.of(control), spots)
            return [spot for spot, is_open in zip(spots, opened, strict=True) if not is_open]
        strange = next((spot for spot in spots if not spot.node), None)
        if strange:
            raise ValueError(f"{strange} is no pod: name a control= that reaches it")
        nodes = dict.fromkeys(spot.node for spot in spots)
        found = together([lambda name=name: self._knock(name, [s for s in spots if s.node == name]) for name in nodes])  # type: ignore[misc]
        return [spot for each in found for spot in each]

    def _knock(self, name: str, spots: Sequence[Spot]) -> list[Spot]:
        """Those that one try from this node does not reach."""
        node = self._enter(name)
        if node is None:
            opened = self._dialler.dial(Place(QUIET_NAMESPACE, node=name, host_network=True), spots)
            return [spot for spot, is_open in zip(spots, opened, strict=True) if not is_open]
        places = [f"{spot.host}/{spot.port}" for spot in spots]
        reached = node.run(f"bash -c %s knock{' %s' * len(places)}", _KNOCK, *places).output.split()
        return [spot for number, spot in enumerate(spots) if str(number) not in reached]

    def _enforces(self, nodes: set[str]) -> None:
        """On each of these nodes a canary is reached at the port that a policy of ours leaves open, and at no other."""
        with self._canary:
            if not self._mark:
                mark = secrets.token_hex(4)
                self._probes.create(NETWORK_POLICY, _one_port(mark))
                self._able = [str(node["metadata"]["name"]) for node in self._api.list(NODE) if _takes_pods(node)]
                self._mark = mark
            turns = {node: self._turns.setdefault(node, threading.Lock()) for node in nodes}
        together([lambda node=node, turn=turn: self._enforces_on(node, turn) for node, turn in turns.items()])  # type: ignore[misc]

    def _enforces_on(self, node: str, turn: threading.Lock) -> None:
        with turn:
            if node in self._enforcing:
                return
            # From another node, where there is one: else a refusal could be nothing but a route that is missing.
            apart = next((each for each in self._able if each != node), "")
            canary = Place(QUIET_NAMESPACE, ((GUARDED, self._mark),), node=node, port=OPEN_PORT)
            client = replace(canary, node=apart) if apart else replace(canary, labels=(*canary.labels, OTHER))
            together([lambda: self._probes.pod(client), lambda: self._probes.pod(canary)])
            self._proved(node, client, canary)
            self._enforcing.add(node)

    def _proved(self, node: str, client: Place, canary: Place) -> None:
        end = time.monotonic() + self._rest
        live = self._probes.pod(canary)
        spots = [_spot(live, port) for port in (PORT, OPEN_PORT)]
        while True:
            forbidden, allowed = self._dialler.dial(client, spots)
            if allowed and not forbidden:
                return
            if time.monotonic() > end:
                why = "NetworkPolicies are not enforced" if forbidden else "Pods do not reach one another"
                raise Broken(f"{why} on {node or 'this cluster'}: nothing can be said about refused connections")
            time.sleep(PAUSE_SECONDS)


def _each(value: Any) -> list[Any]:
    return [*value] if isinstance(value, list | tuple | set) else [value]


def _spot(live: Mapping[str, Any], port: Any) -> Spot:
    metadata, spec, status = live["metadata"], live.get("spec") or {}, live.get("status") or {}
    labels = metadata.get("labels") or {}
    name = f"{live.get('kind', 'Pod')} {metadata.get('namespace')}/{metadata.get('name')}"
    if LABEL in labels:  # one of ours: its own name says nothing
        shown = tuple((key, value) for key, value in labels.items() if key != LABEL)
        name = str(Place(metadata["namespace"], shown))
    if spec.get("clusterIP"):
        return Spot(name, spec["clusterIP"], int(port))
    if not status.get("podIP"):
        raise Miss(f"{name} has no address", f"kubectl get pod {metadata.get('name')} -n {metadata.get('namespace')}")
    return Spot(name, status["podIP"], int(port), spec.get("nodeName") or "")


def _takes_pods(node: Object) -> bool:
    """Whether pods of no special tolerance are put there."""
    spec = node.get("spec") or {}
    hard = any(taint.get("effect") != "PreferNoSchedule" for taint in spec.get("taints") or ())
    return not hard and not spec.get("unschedulable")


def _one_port(mark: str) -> Object:
    """The policy that lets anybody into the canaries of this mark at OPEN_PORT, and at no other."""
    return {
        "apiVersion": NETWORK_POLICY.api_version,
        "kind": NETWORK_POLICY.kind,
        "metadata": {"name": f"labs-canary-{mark}", "namespace": QUIET_NAMESPACE, "labels": {LABEL: "true"}},
        "spec": {
            "podSelector": {"matchLabels": {GUARDED: mark}},
            "policyTypes": ["Ingress"],
            "ingress": [{"ports": [{"protocol": "TCP", "port": OPEN_PORT}]}],
        },
    }


def _see(place: Place) -> str:
    return f"kubectl get networkpolicies,services,endpointslices -n {place.namespace}"
