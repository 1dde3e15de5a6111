"""Lab 32: letters from a released volume."""

from typing import Any

from grader import K8s, check


def volume(k8s: K8s, name: str) -> dict[str, Any]:
    """A volume of the start, which must be as it was."""
    tag, size = k8s.vars["tag"], int(k8s.vars["size"]) + (name == "spare")
    found = k8s.expect({
        "kind": "PersistentVolume",
        "metadata": {"name": f"{name}-{tag}"},
        "spec": {
            "capacity": {"storage": f"{size}Gi"},
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": f"shelf-{tag}",
            "accessModes": ["ReadWriteOnce"],
            "local": {"path": f"/srv/labs/{tag}/{name}"},
        },
    })  # fmt: skip
    terms = found["spec"]["nodeAffinity"]["required"]["nodeSelectorTerms"]
    assert k8s.vars["worker"] in str(terms), f"volume {name}-{tag} belongs to another node now"
    return found


@check(points=3)
def claim_bound(k8s: K8s) -> None:
    """Claim `letters` is bound to the volume that was Released."""
    claim = {"kind": "PersistentVolumeClaim", "metadata": {"name": "letters", "namespace": "library"}}
    name = f"letters-{k8s.vars['tag']}"
    k8s.expect({**claim, "spec": {"volumeName": name}, "status": {"phase": "Bound"}})
    k8s.expect({"kind": "PersistentVolume", "metadata": {"name": name}, "status": {"phase": "Bound"}})


@check(points=2, after=claim_bound)
def volumes_kept(k8s: K8s) -> None:
    """Both volumes are as they were, reclaim policy `Retain` included, and the spare one is Available."""
    volume(k8s, "letters")
    phase = volume(k8s, "spare")["status"].get("phase")
    assert phase == "Available", f"the spare volume is {phase}"


@check(points=3, after=claim_bound)
def page_shown(k8s: K8s) -> None:
    """The reading room runs with that claim and shows the page that lies in the volume."""
    k8s.expect("""
        kind: Deployment
        metadata: {name: reading-room, namespace: library}
        spec:
          template: {spec: {volumes: [{persistentVolumeClaim: {claimName: letters}}]}}
        status: {readyReplicas: 1}
    """)
    k8s.hears("kube-node-lease", "http://reading-room.library.svc.cluster.local/", [k8s.vars["letter"]])


@check(points=2, after=page_shown)
def nothing_lost(k8s: K8s) -> None:
    """The files in the volume are those that were there, unchanged."""
    folder = f"/srv/labs/{k8s.vars['tag']}/letters"
    files = {
        "index.html": f"The first letter begins: {k8s.vars['letter']}",
        "catalogue.csv": f"seal,{k8s.vars['seal']}",
    }
    for name, text in files.items():
        found = k8s.node(k8s.vars["worker"]).read(f"{folder}/{name}")
        assert found is not None, f"{folder}/{name} is gone"
        assert found.strip() == text, f"{folder}/{name} has been changed"
