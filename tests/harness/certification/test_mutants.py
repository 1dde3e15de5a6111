"""Faulty answers made by machine."""

import yaml

from harness.certification.mutants import mutants

ROLE = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules:
  - {apiGroups: [""], resources: [pods], verbs: [get]}
"""
QUOTA = "{apiVersion: v1, kind: ResourceQuota, metadata: {name: q}, spec: {hard: {pods: 3, requests.cpu: 500m}}}"


def of(text: str, file: str = "a.yaml") -> dict[str, list]:
    """The documents of each mutant, by what it is."""
    return {each.name.partition(": ")[2]: list(yaml.safe_load_all(each.text)) for each in mutants({file: text})}


def test_an_object_and_each_of_its_fields_is_dropped_once():
    found = of(ROLE)
    assert found["dropped"] == []
    assert "namespace" not in found[".metadata.namespace dropped"][0]["metadata"]
    assert "rules" not in found[".rules dropped"][0]
    assert "verbs" not in found[".rules[0].verbs dropped"][0]["rules"][0]
    assert ".rules[0] dropped" not in found  # it is the only one, and goes with the list
    assert not any(name.startswith((".kind", ".apiVersion", ".metadata dropped")) for name in found)


def test_rights_are_widened_and_names_and_namespaces_changed():
    found = of(ROLE)
    assert found[".rules[0].verbs widened to everything"][0]["rules"][0]["verbs"] == ["*"]
    assert found[".metadata.namespace swapped"][0]["metadata"]["namespace"] == "kube-public"
    assert found[".metadata.name misspelt"][0]["metadata"]["name"] == "reader-x"


def test_numbers_and_quantities_are_doubled_and_zeroed():
    found = of(QUOTA)
    assert found[".spec.hard.pods doubled"][0]["spec"]["hard"]["pods"] == 6
    assert found[".spec.hard.pods is 0"][0]["spec"]["hard"]["pods"] == 0
    assert found[".spec.hard.requests.cpu doubled"][0]["spec"]["hard"]["requests.cpu"] == "1000m"


def test_a_namespace_is_swapped_for_another_one_of_the_solution():
    both = f"{ROLE}---{ROLE.replace('shop', 'bank')}"
    swapped = next(each for each in mutants({"a.yaml": both}) if each.name.endswith(".metadata.namespace swapped"))
    assert [document["metadata"]["namespace"] for document in yaml.safe_load_all(swapped.text)] == ["bank", "bank"]


def test_ports_and_references_are_changed():
    text = "{apiVersion: v1, kind: S, metadata: {name: s}, spec: {port: 80, claimName: data, strict: true}}"
    found = of(text)
    assert found[".spec.port one more"][0]["spec"]["port"] == 81
    assert found[".spec.claimName misspelt"][0]["spec"]["claimName"] == "data-x"
    assert found[".spec.strict turned"][0]["spec"]["strict"] is False


def test_containers_resources_are_no_rights():
    text = "{apiVersion: v1, kind: P, metadata: {name: s}, spec: {resources: {requests: {cpu: 50m}}}}"
    assert ".spec.resources widened to everything" not in of(text)


def test_selectors_select_everything():
    text = "{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {selector: {app: web}}}"
    assert of(text)[".spec.selector selects everything"][0]["spec"]["selector"] == {}


def test_the_other_objects_of_a_file_stay():
    found = [each for each in mutants({"a.yaml": f"{ROLE}---\n{QUOTA}"}) if each.name.endswith("Role/reader: dropped")]
    assert [document["kind"] for document in yaml.safe_load_all(found[0].text)] == ["ResourceQuota"]


SCRIPT = """# a comment
set -x
kubectl create namespace a
kubectl wait namespace/a --for=create
# why
kubectl run web \\
  --image=nginx
"""


def test_each_command_is_left_out_once_but_for_those_that_wait():
    found = {each.name: each.text for each in mutants({"a.sh": SCRIPT})}
    assert list(found) == [
        "a.sh command 1 left out: kubectl create namespace a",
        "a.sh command 3 left out: kubectl run web \\",
    ]
    assert "namespace a\n" not in found["a.sh command 1 left out: kubectl create namespace a"]
