"""Lab 11: back to Friday's snapshot."""

from grader import K8s, Node, check


def control_plane(k8s: K8s) -> Node:
    """The node on which etcd and the API server run."""
    return k8s.node(k8s.vars["control_plane"])


@check(points=4, within=2)
def snapshot_taken(k8s: K8s) -> None:
    """The snapshot file can be restored, and holds what was in the cluster today."""
    path = f"/srv/backup/today-{k8s.vars['tag']}.db"
    value = control_plane(k8s).snapshot(path, "/registry/configmaps/town-hall/notes")
    assert value, f"{path} is a snapshot, but not of this cluster as it was today: ConfigMap notes is not in it"
    assert k8s.vars["note"] in value, f"{path} holds another ConfigMap notes"


@check(points=4)
def friday_restored(k8s: K8s) -> None:
    """The API server is ready and the cluster has what it had on Friday, and nothing made since."""
    control_plane(k8s).api_answers()
    k8s.expect({
        "kind": "ConfigMap",
        "metadata": {"name": "deeds", "namespace": "town-hall"},
        "data": {"deed": k8s.vars["deed"]},
    })  # fmt: skip
    k8s.expect("{kind: Deployment, metadata: {name: register, namespace: town-hall}, spec: {replicas: 2}}")
    k8s.forbid("{kind: ConfigMap, metadata: {name: notes, namespace: town-hall}}")


@check(points=3, after=friday_restored, within=5)
def control_plane_works(k8s: K8s) -> None:
    """The Pods of `register` are made anew and scheduled when they are deleted."""
    pods = k8s.reschedule("deployments.apps", "register", "town-hall")
    assert len(pods) >= 2, f"{len(pods)} Pods came back, expected 2"


@check(points=1, after=friday_restored)
def friday_kept(k8s: K8s) -> None:
    """Friday's snapshot still lies where it was."""
    value = control_plane(k8s).snapshot("/srv/backup/friday.db", "/registry/configmaps/town-hall/deeds")
    assert k8s.vars["deed"] in value, "/srv/backup/friday.db is not the file of Friday any more"
