"""The language of a lab's checks: what an author may ask a cluster."""

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from grader import admission, objects, rights, workloads
from grader.access import Access, Subject
from grader.api import Api, ApiServer, Object, Objects
from grader.errors import Broken, Miss, Refused
from grader.fragments import Fragment
from grader.kubeconfigs import KubeconfigFault, read_file
from grader.login import Login, demand, log_in
from grader.node import Node
from grader.scheduling import Canaries
from grader.traffic import Client, Target, Traffic


class K8s:
    """A cluster as the checks see it. Every method either returns or raises ``AssertionError``: the candidate's miss.

    Anything else it raises makes the check broken. ``vars`` are the lab's rendered vars, ``work`` is the candidate's
    work folder. One object serves all checks of a grade, side by side.
    """

    def __init__(
        self,
        api: Api,
        *,
        vars: Mapping[str, Any],  # noqa: A002 - the word of lab.yaml
        work: Path,
        nodes: Mapping[str, str] | None = None,
    ) -> None:
        self.vars = MappingProxyType(dict(vars))
        self.work = work
        self._api = api
        self._access = Access(api)
        self._canaries = Canaries(api)
        self._nodes = {name: Node.connect(name, backend) for name, backend in (nodes or {}).items()}
        self._traffic = Traffic(api, self._nodes.get)
        self._moving = threading.Lock()

    @classmethod
    def connect(
        cls,
        kubeconfig: Path,
        *,
        vars: Mapping[str, Any],  # noqa: A002
        work: Path,
        nodes: Mapping[str, str] | None = None,
    ) -> "K8s":
        """Use the grader's kubeconfig (group system:masters). Sends nothing yet; Broken if it cannot be read.

        ``nodes``: testinfra's specification of each node that can be entered, like ``docker://labs-worker``.
        """
        return cls(ApiServer.connect(kubeconfig), vars=vars, work=work, nodes=nodes)

    def close(self) -> None:
        """Remove what the grade has put into the cluster; the judge does it at the end of every grade."""
        self._traffic.close()

    def node(self, name: str) -> Node:
        """A node's inside, which can be asked with the API server down; Broken where nodes cannot be entered."""
        if name not in self._nodes:
            raise Broken(f"node {name!r} cannot be entered here; there are {', '.join(self._nodes) or 'none'}")
        return self._nodes[name]

    def get(self, kind: str, name: str, namespace: str | None = None) -> Object | None:
        """Return one object, or None if there is none; namespaced kinds are looked for in ``default`` if not told.

        ``kind``: ``Pod``, ``pods``, ``deployments.apps``, ``apps/v1/Deployment``.
        """
        resource = self._api.resource(kind)
        return self._api.get(resource, name, (namespace or "default") if resource.namespaced else None)

    def list(self, kind: str, namespace: str | None = None, labels: Mapping[str, str] | None = None) -> Objects:
        """Return the objects of a namespace, or of all, that carry these labels."""
        return [*self._api.list(self._api.resource(kind), namespace, labels)]

    def expect(self, fragment: Fragment) -> Object:
        """Return the object that contains the fragment; else a miss with one line per difference.

        YAML or a dict. Mappings may hold more than asked for, lists too and in any order; quantities below resources
        compare by value. Tags: ``!atleast 3``, ``!matches ^nginx:``, ``!exactly {...}``, ``!absent``. Without
        metadata.name any object of the kind will do, in metadata.namespace or anywhere.
        """
        return objects.expect(self._api, fragment)

    def forbid(self, fragment: Fragment) -> None:
        """No object may contain the fragment."""
        objects.forbid(self._api, fragment)

    def read(self, path: str | Path) -> str:
        """Return the text of a file in the work folder; a miss if there is none, or no text of at most 1 MiB."""
        try:
            return read_file(self.work / path)
        except KubeconfigFault as fault:
            raise Miss(str(fault)) from None

    def allowed(
        self,
        subject: str,
        verb: str,
        resource: str,
        *,
        namespace: str | None = None,
        name: str | None = None,
        groups: Sequence[str] = (),
    ) -> None:
        """``subject`` may do it: a user name, or ``system:serviceaccount:NAMESPACE:NAME`` with its usual groups.

        ``resource`` as in kubectl: ``pods``, ``pods/log``, ``deployments.apps``, ``/healthz``. Without a namespace
        the right must hold in all of them.
        """
        action = self._access.action(verb, resource, namespace, name)
        self._access.allowed(Subject.named(subject, groups), action)

    def denied(
        self,
        subject: str,
        verb: str,
        resource: str,
        *,
        namespace: str | None = None,
        name: str | None = None,
        groups: Sequence[str] = (),
    ) -> None:
        """``subject`` may not do it; words as in ``allowed``. Without a namespace: not in all of them at once.

        Control: the same question for system:masters must be answered with yes.
        """
        action = self._access.action(verb, resource, namespace, name)
        self._access.denied(Subject.named(subject, groups), action)

    def nothing_more(
        self, subject: str, wanted: Iterable[Sequence[str]], *, namespace: str, groups: Sequence[str] = ()
    ) -> None:
        """All that the subject may do in the namespace, and on cluster-scoped resources, is wanted.

        ``wanted`` are pairs like ``("get list", "pods")``, or triples with an object's name. See ``rights``.
        """
        rights.nothing_more(self._api, Subject.named(subject, groups), wanted, namespace)

    def can_login(
        self,
        kubeconfig: str | Path | dict[str, Any],
        *,
        user: str | None = None,
        groups: Sequence[str] | None = None,
        context: str | None = None,
    ) -> Login:
        """Who the holder of this kubeconfig is to the API server: ``user``, and in each of ``groups`` at least.

        A path relative to the work folder, YAML text, or a dict. It must lead to this cluster with a certificate or
        token of its own: programs, proxies and impersonation are neither run nor followed.
        """
        login = log_in(self._api, self._access, kubeconfig, self.work, context)
        demand(login, user, groups)
        return login

    def accepts(self, manifest: Fragment, *, subject: str | None = None, groups: Sequence[str] = ()) -> Object:
        """The API server would take this object (dry run); returns it with defaults filled in. See ``admission``."""
        return admission.accepts(self._api, manifest, _acting(subject, groups))

    def refuses(
        self,
        manifest: Fragment,
        *,
        because: str | None = None,
        subject: str | None = None,
        groups: Sequence[str] = (),
    ) -> None:
        """Admission would refuse this object, with ``because`` (a pattern) in its message. See ``admission``."""
        admission.refuses(self._api, manifest, because, _acting(subject, groups))

    def schedules(self, pod: Fragment, *, on: str | Collection[str] | None = None, namespace: str | None = None) -> str:
        """A canary with this spec (and labels, namespace) is bound, to one of ``on`` if told; returns the node.

        It is a real pod, in kube-node-lease if no namespace is said, and is deleted at once. See ``scheduling``.
        """
        return self._canaries.schedules(pod, on, namespace)

    def repels(self, pod: Fragment, *, because: str | None = None, namespace: str | None = None) -> None:
        """The scheduler leaves such a canary pending, with ``because`` (a pattern) in its reason."""
        self._canaries.repels(pod, because, namespace)

    def runs(self, pod: Fragment, *, on: str | None = None, namespace: str | None = None) -> None:
        """A canary with this spec is scheduled, to the node ``on`` if told, and its container really starts there."""
        self._canaries.runs(pod, on, namespace)

    def reaches(
        self, client: Client | Sequence[Client], target: Target | Sequence[Target], port: int | Sequence[int]
    ) -> None:
        """Each client comes to reach each target at each port, over fresh TCP connections; all are tried side by side.

        A client is ``NAMESPACE/LABEL=VALUE,...`` or a live pod: a probe pod with the same labels stands for it. A
        target is ``NAMESPACE/LABEL=VALUE,...`` (every running pod of these), a live pod or Service, or a host name.
        """
        self._traffic.reaches(client, target, port)

    def refused(
        self,
        client: Client | Sequence[Client],
        target: Target | Sequence[Target],
        port: int | Sequence[int],
        *,
        control: Client | None = None,
    ) -> None:
        """No client reaches any target at any port; words as in ``reaches``.

        Controls, else the check is broken: the probe reaches itself; the target is reached from its own node (or from
        the client ``control``, needed where the target is no pod); a policy of the grader's own denies on that node.
        """
        self._traffic.refused(client, target, port, control)

    def prepare(self, *clients: Client) -> None:
        """Let the probe pods of these clients come up meanwhile: for a check that comes ``after`` this one."""
        self._traffic.prepare(clients)

    def decoys(self, places: Sequence[str], port: int) -> Objects:
        """Pods of the grader's own at ``NAMESPACE/LABEL=VALUE,...`` that listen on this port while the grade lasts.

        Targets for ``refused`` where nobody else listens, so that a rule too wide is seen: a twin with the same labels
        in another namespace, another pod beside the right one.
        """
        return self._traffic.decoys(places, port)

    def hears(self, client: Client, url: str, words: Iterable[str]) -> None:
        """Asked again and again, this URL gives each of the words (one a backend) and no answer without one of them."""
        self._traffic.hears(client, url, words)

    def log(self, pod: str, namespace: str, container: str) -> str:
        """Return what a container has written (its last 20 000 lines); a miss if there is no such container."""
        try:
            return self._api.log(namespace, pod, container)
        except Refused as refused:
            raise Miss(f"pod {pod} has no log: {refused.message}", f"kubectl logs {pod} -n {namespace}") from None

    def reschedule(self, kind: str, name: str, namespace: str = "default") -> Objects:
        """Delete a workload's pods and return the new ones, bound by the scheduler of now.

        Checks that read these pods come ``after`` this one or carry ``within``: for a moment the pods are gone.
        """
        with self._moving:
            return workloads.reschedule(self._api, kind, name, namespace)


def delay(k8s: K8s) -> float:
    """Seconds that the slowest probe pod of this grade took to come up: no check's fault."""
    return k8s._traffic.delay


def _acting(subject: str | None, groups: Sequence[str]) -> Subject | None:
    return Subject.named(subject, groups) if subject is not None else None
