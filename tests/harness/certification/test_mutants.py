"""Faulty answers made by machine."""

import yaml

from harness.certification.mutants import mutants, statements

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
    assert found[".rules[0] dropped"][0]["rules"] == []
    assert not any(name.startswith((".kind", ".apiVersion", ".metadata dropped")) for name in found)


def test_rights_are_widened_and_names_and_namespaces_changed():
    found = of(ROLE)
    assert found[".rules[0].verbs widened to everything"][0]["rules"][0]["verbs"] == ["*"]
    assert found[".metadata.namespace is default"][0]["metadata"]["namespace"] == "default"
    assert found[".metadata.name misspelt"][0]["metadata"]["name"] == "reader-x"


def test_numbers_and_quantities_are_doubled_and_zeroed():
    found = of(QUOTA)
    assert found[".spec.hard.pods doubled"][0]["spec"]["hard"]["pods"] == 6
    assert found[".spec.hard.pods is 0"][0]["spec"]["hard"]["pods"] == 0
    assert found[".spec.hard.requests.cpu doubled"][0]["spec"]["hard"]["requests.cpu"] == "1000m"


def test_selectors_select_everything():
    text = "{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {selector: {app: web}}}"
    assert of(text)[".spec.selector selects everything"][0]["spec"]["selector"] == {}


def test_the_other_objects_of_a_file_stay():
    found = [each for each in mutants({"a.yaml": f"{ROLE}---\n{QUOTA}"}) if each.name.endswith("Role/reader: dropped")]
    assert [document["kind"] for document in yaml.safe_load_all(found[0].text)] == ["ResourceQuota"]


SCRIPT = """# a comment
kubectl create namespace a
kubectl run web \\
  --image=nginx
cat > file <<'END'
one
END
for each in a b; do
  kubectl get "$each"
done
kubectl patch x -p '
{"a": 1}'
"""


def test_a_script_falls_into_whole_commands():
    assert [each.splitlines()[0] for each in statements(SCRIPT)] == [
        "# a comment",
        "kubectl create namespace a",
        "kubectl run web \\",
        "cat > file <<'END'",
        "for each in a b; do",
        "kubectl patch x -p '",
    ]
    assert "".join(statements(SCRIPT)) == SCRIPT


def test_each_command_is_left_out_once():
    texts = [each.text for each in mutants({"a.sh": SCRIPT})]
    assert len(texts) == 5
    assert all(len(text) < len(SCRIPT) for text in texts)
