"""Lab 31: four claims that wait."""

from typing import Any

from grader import K8s, check


def volume(k8s: K8s, name: str) -> dict[str, Any]:
    """A volume of the start state, which must be as it was."""
    size, modes, storage_class = {
        "invoices": ("5Gi", ["ReadWriteOnce"], ""),
        "photos": (f"{k8s.vars['photos_size']}Gi", ["ReadWriteOnce"], "shelf"),
        "drafts": ("4Gi", ["ReadWriteOnce", "ReadOnlyMany"], "desk"),
        "journal": (f"{k8s.vars['journal_size']}Gi", ["ReadWriteOnce"], "archive"),
        "spare": ("40Gi", ["ReadWriteOnce", "ReadWriteMany"], ""),
    }[name]
    found = k8s.expect({
        "kind": "PersistentVolume",
        "metadata": {"name": f"vol-{k8s.vars['tag']}-{name}"},
        "spec": {
            "capacity": {"storage": size},
            "persistentVolumeReclaimPolicy": "Retain",
            "hostPath": {"path": f"/srv/{k8s.vars['tag']}/{name}"},
        },
    })  # fmt: skip
    spec = found["spec"]
    assert sorted(spec["accessModes"]) == sorted(modes), f"the volume's access modes have become {spec['accessModes']}"
    its_class = spec.get("storageClassName", "")
    assert its_class == storage_class, f"the volume's class has become {its_class!r}, it was {storage_class!r}"
    return found


def bound(k8s: K8s, name: str) -> None:
    """The claim is bound to its volume, and the volume is as it was."""
    claim = {"kind": "PersistentVolumeClaim", "metadata": {"name": name, "namespace": "press"}}
    k8s.expect({**claim, "spec": {"volumeName": f"vol-{k8s.vars['tag']}-{name}"}, "status": {"phase": "Bound"}})
    phase = volume(k8s, name)["status"].get("phase")
    assert phase == "Bound", f"the claim names the volume, but the volume is {phase}"


@check(points=2)
def invoices_bound(k8s: K8s) -> None:
    """Claim `invoices` is bound to its volume, which is as it was."""
    bound(k8s, "invoices")


@check(points=2)
def photos_bound(k8s: K8s) -> None:
    """Claim `photos` is bound to its volume, which is as it was."""
    bound(k8s, "photos")


@check(points=2)
def drafts_bound(k8s: K8s) -> None:
    """Claim `drafts` is bound to its volume, which is as it was."""
    bound(k8s, "drafts")


@check(points=3)
def journal_bound(k8s: K8s) -> None:
    """Claim `journal` is bound to the volume that was still tied to a deleted claim."""
    bound(k8s, "journal")


@check(points=1, after=invoices_bound)
def spare_untouched(k8s: K8s) -> None:
    """The spare volume is Available, bound to nothing, and as it was."""
    spare = volume(k8s, "spare")
    assert spare["status"].get("phase") == "Available", f"the spare volume is {spare['status'].get('phase')}"
    assert "claimRef" not in spare["spec"], f"the spare volume is tied to claim {spare['spec']['claimRef'].get('name')}"


@check(points=2, after=(invoices_bound, photos_bound, drafts_bound, journal_bound), within=15)
def editorial_runs(k8s: K8s) -> None:
    """The Pod of `editorial` runs with all four claims."""
    deployment = k8s.expect("""
        kind: Deployment
        metadata: {name: editorial, namespace: press}
        status: {readyReplicas: 1}
    """)
    mounted = deployment["spec"]["template"]["spec"].get("volumes") or ()
    claims = sorted(each.get("persistentVolumeClaim", {}).get("claimName", "") for each in mounted)
    assert claims == ["drafts", "invoices", "journal", "photos"], f"editorial now mounts {', '.join(claims)}"
