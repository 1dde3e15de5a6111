"""Lab 10: a Kustomize overlay for one more pier."""

import hashlib
import json
from pathlib import Path
from typing import Any

import yaml

from grader import K8s, check, quantity

BASE = Path(__file__).parent / "start/work/base"
NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
SETTINGS = {"COMPANY": "Grey Gull Ferries", "LANGUAGE": "en", "REFRESH": "30"}


def documents(k8s: K8s, path: str | Path) -> list[dict[str, Any]]:
    """The YAML documents of a file in the work folder that are mappings."""
    try:
        return [each for each in yaml.safe_load_all(k8s.read(path)) if isinstance(each, dict)]
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise AssertionError(f"{path} cannot be read as YAML: {error}") from None


def built_upon(k8s: K8s, folder: Path, seen: set[Path]) -> set[Path]:
    """The folders that a Kustomize folder leads to, directly or by way of others."""
    name = next((name for name in NAMES if (folder / name).is_file()), None)
    if folder in seen or not name:
        return seen
    seen.add(folder)
    for each in documents(k8s, folder / name):
        for key in ("resources", "bases", "components"):
            named = each.get(key)
            for path in named if isinstance(named, list) else ():
                if isinstance(path, str):
                    built_upon(k8s, (folder / path).resolve(), seen)
    return seen


def live(k8s: K8s, kind: str, name: str = "board") -> dict[str, Any]:
    """An object of the new board."""
    metadata = {"name": f"{k8s.vars['berth']}-{name}", "namespace": k8s.vars["pier"]}
    return k8s.expect({"kind": kind, "metadata": metadata})


def container(deployment: dict[str, Any]) -> dict[str, Any]:
    """The container `board` of a Deployment."""
    found: list[dict[str, Any]] = deployment["spec"]["template"]["spec"]["containers"]
    ours = next((each for each in found if each["name"] == "board"), None)
    assert ours, f"there is no container board, only {', '.join(each['name'] for each in found)}"
    return ours


def settings(k8s: K8s) -> dict[str, Any]:
    """The ConfigMap from which the container `board` gets its environment."""
    sources = container(live(k8s, "Deployment")).get("envFrom") or ()
    names = [each.get("configMapRef", {}).get("name", "another source") for each in sources]
    assert len(names) == 1, f"expected one ConfigMap for the environment of board, found {', '.join(names) or 'none'}"
    return live(k8s, "ConfigMap", names[0].removeprefix(f"{k8s.vars['berth']}-"))


def content(each: dict[str, Any]) -> dict[str, Any]:
    """What a Deployment, Service or ConfigMap of the board comes down to."""
    spec = each.get("spec", {})
    template = spec.get("template", {})
    return {
        "data": each.get("data"),
        **{key: spec.get(key) for key in ("replicas", "selector", "ports")},
        "template.spec": template.get("spec"),
        "template.metadata.labels": template.get("metadata", {}).get("labels"),
    }


def fits(wanted: dict[str, str], found: Any) -> bool:
    """Whether a mapping has these entries."""
    return isinstance(found, dict) and wanted.items() <= found.items()


@check(points=2)
def overlay_builds_on_base(k8s: K8s) -> None:
    """The overlay builds upon the base, whose files are as they were."""
    folder = (k8s.work / k8s.vars["berth"]).resolve()
    found = built_upon(k8s, folder, set())
    assert found, f"there is no {NAMES[0]} in {folder}"
    assert (k8s.work / "base").resolve() in found, f"{folder.name} does not build upon the folder base"
    for file in sorted(BASE.iterdir()):
        assert k8s.read(f"base/{file.name}") == file.read_bytes().decode(), f"base/{file.name} has been changed"


@check(points=3)
def board_runs(k8s: K8s) -> None:
    """The new Deployment has its Pods, all ready, with the image asked for."""
    its, count = k8s.vars, k8s.vars["replicas"]
    image = "registry.k8s.io/e2e-test-images/agnhost:2.53"
    k8s.expect({
        "kind": "Deployment",
        "metadata": {"name": f"{its['berth']}-board", "namespace": its["pier"]},
        "spec": {"replicas": count, "template": {"spec": {"containers": [{"name": "board", "image": image}]}}},
        "status": {"replicas": count, "updatedReplicas": count, "readyReplicas": count},
    })  # fmt: skip


@check(points=2, after=board_runs)
def container_adapted(k8s: K8s) -> None:
    """`board` is the only container and has the memory limit, with its requests and port as in the base."""
    deployment = live(k8s, "Deployment")
    pods = deployment["spec"]["template"]["spec"]
    names = [each["name"] for each in (*pods["containers"], *pods.get("initContainers", ()))]
    assert names == ["board"], f"expected the container board alone, found {', '.join(names)}"
    ours = container(deployment)
    resources = {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": f"{k8s.vars['memory']}Mi"}}
    for side, amounts in resources.items():
        for what, amount in amounts.items():
            found = ours.get("resources", {}).get(side, {}).get(what)
            assert quantity(found) == quantity(amount), f"{what} in {side}: expected {amount}, found {found}"
    ports = [(each.get("name"), each["containerPort"]) for each in ours.get("ports", ())]
    assert ports == [("display", 8080)], f"the ports of board have become {ports}"


@check(points=1, after=board_runs)
def all_labelled(k8s: K8s) -> None:
    """Deployment, Pods, Service and ConfigMap carry the label of the berth."""
    berth = k8s.vars["berth"]
    deployment = live(k8s, "Deployment")
    for kind, each in {
        "Deployment": deployment,
        "Pod": deployment["spec"]["template"],
        "Service": live(k8s, "Service"),
        "ConfigMap": settings(k8s),
    }.items():
        found = each["metadata"].get("labels", {}).get("berth")
        assert found == berth, f"{kind}: expected the label berth={berth}, found {found or 'none'}"


@check(points=2, after=board_runs)
def service_selects_its_own(k8s: K8s) -> None:
    """The new Service has its port and selects the Pods of the new board, and no others."""
    service = live(k8s, "Service")
    selector = service["spec"].get("selector")
    assert selector, "the Service has no selector"
    pods = k8s.list("Pod", k8s.vars["pier"], labels=selector)
    names = [pod["metadata"]["name"] for pod in pods if not pod["metadata"].get("deletionTimestamp")]
    own = [name for name in names if name.startswith(f"{k8s.vars['berth']}-board-")]
    others = sorted(set(names) - set(own))
    assert not others, f"it also selects {', '.join(others)}"
    assert len(own) == k8s.vars["replicas"], f"it selects {len(own)} Pods of the new board"
    ports = [(each["port"], each["targetPort"]) for each in service["spec"]["ports"]]
    assert ports == [(80, 8080)], f"the ports of the Service have become {ports}"


@check(points=3, after=board_runs)
def settings_generated(k8s: K8s) -> None:
    """The container reads a ConfigMap with the settings asked for, whose name ends in the hash of what it holds."""
    found = settings(k8s)
    data, name = found.get("data") or {}, found["metadata"]["name"]
    wanted = {**SETTINGS, "REFRESH": str(k8s.vars["refresh"]), "PHONE": str(k8s.vars["phone"])}
    assert {key: value.rstrip("\n") for key, value in data.items()} == wanted, f"expected {wanted}, found {data}"
    # Kustomize: api/hasher/hasher.go; a name is not part of it.
    text = json.dumps({"data": data, "kind": "ConfigMap", "name": ""}, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()[:10].translate(str.maketrans("013ae", "ghkmt"))
    expected = f"{k8s.vars['berth']}-board-settings-{digest}"
    assert name == expected, f"for what it holds, Kustomize names it {expected}; found {name}"


@check(points=2, after=board_runs)
def rendered_is_live(k8s: K8s) -> None:
    """`rendered.yaml` holds the Deployment, the Service and the ConfigMap just as they are live."""
    found = documents(k8s, "rendered.yaml")
    for each in (live(k8s, "Deployment"), live(k8s, "Service"), settings(k8s)):
        kind = each["kind"]
        metadata = {key: each["metadata"][key] for key in ("name", "namespace")}
        built = next((doc for doc in found if doc.get("kind") == kind and fits(metadata, doc.get("metadata"))), None)
        assert built, f"rendered.yaml has no {kind} {metadata['name']} in namespace {metadata['namespace']}"
        labels = built["metadata"].get("labels")
        assert labels == each["metadata"].get("labels"), f"{kind}: its labels are {labels} in rendered.yaml"
        body = {key: value for key, value in built.items() if key not in ("apiVersion", "metadata", "status")}
        k8s.expect({**body, "metadata": metadata})  # all that is in the file is live
        wanted = content(k8s.accepts({**body, "metadata": metadata}))
        for part, value in content(each).items():  # and what is live is in the file, or a default
            assert value == wanted[part], f"{kind}: {part} has more in it live than in rendered.yaml"


@check(points=1, after=board_runs)
def others_kept(k8s: K8s) -> None:
    """The board in `main-pier` and `old-board` are as they were."""
    pause, name = "registry.k8s.io/pause:3.10", "board-settings-f68h6gb2fk"
    k8s.expect(f"""
        kind: Deployment
        metadata: {{name: board, namespace: main-pier}}
        spec:
          replicas: 2
          template:
            metadata: {{labels: !exactly {{app: board}}}}
            spec:
              containers:
                - {{name: recorder, image: "{pause}"}}
                - {{name: board, image: "{pause}", envFrom: [{{configMapRef: {{name: {name}}}}}]}}
        status: {{readyReplicas: 2}}
    """)
    k8s.expect({"kind": "ConfigMap", "metadata": {"name": name, "namespace": "main-pier"}, "data": SETTINGS})
    k8s.expect("""
        kind: Service
        metadata: {name: board, namespace: main-pier}
        spec: {selector: !exactly {app: board}}
    """)
    k8s.expect(f"""
        kind: Deployment
        metadata: {{name: old-board, namespace: {k8s.vars["pier"]}}}
        spec:
          replicas: 1
          template:
            metadata: {{labels: !exactly {{app: board, made: by-hand}}}}
            spec: {{containers: [{{name: board, image: "{pause}"}}]}}
        status: {{readyReplicas: 1}}
    """)
