"""Names of mutants do not hang on what variables draw."""

from harness.certification.naming import distinct, named

ROLE = "{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {0}-cache}}, data: {{size: '{1}'}}}}"
SCRIPT = "kubectl -n {0} scale deployment web --replicas={1}\nkubectl -n {0} wait deployment web --for=create\n"


def files(tag: str, number: int) -> dict[str, str]:
    return {"10-map.yaml": ROLE.format(tag, number), "20-scale.sh": SCRIPT.format(tag, number)}


DRAWS = [files("atlas", 3), files("harbor", 9)]


def test_what_a_variable_drew_is_masked():
    names = [each.name for each in named(DRAWS[0], DRAWS)]
    assert "10-map.yaml ConfigMap/…: dropped" in names
    assert "20-scale.sh command 1 left out: kubectl -n … scale deployment web --replicas=…" in names
    assert names == [each.name for each in named(DRAWS[1], DRAWS)]
    assert not any("atlas" in name for name in names)


def test_a_new_value_is_masked_as_well():
    assert [each.name for each in named(files("quarry", 4), DRAWS)] == [each.name for each in named(DRAWS[0], DRAWS)]


def test_names_that_became_the_same_are_numbered():
    two = {"a.yaml": f"{ROLE.format('x', 1)}\n---\n{ROLE.format('y', 1)}"}
    other = {"a.yaml": f"{ROLE.format('p', 1)}\n---\n{ROLE.format('q', 1)}"}
    names = [each.name for each in named(two, [other])]
    assert "a.yaml ConfigMap/…: dropped (2)" in names
    assert len(set(names)) == len(names)


def test_each_fault_is_tried_once_and_no_fault_not_at_all():
    zero = {"a.yaml": "{apiVersion: v1, kind: Quota, metadata: {name: q}, spec: {pods: 0}}"}
    made = named(zero, [])
    names = [each.name for each in distinct(zero, made)]
    assert "a.yaml Quota/q: .spec.pods is 0" in [each.name for each in made]
    assert "a.yaml Quota/q: .spec.pods is 0" not in names
    assert "a.yaml Quota/q: .spec.pods doubled" in names
