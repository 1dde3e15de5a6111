"""A fragment matches as a subset, and what is missing is named with its place."""

import pytest

from grader.fragments import load_fragment
from grader.matching import differences
from grader.text import show

WEB, SIDE = {"name": "web", "image": "nginx:1"}, {"name": "side", "image": "busybox"}


@pytest.mark.parametrize(
    ("fragment", "live", "wanted"),
    [
        ("spec: {replicas: 3}", {"spec": {"replicas": 1}}, [".spec.replicas: expected 3, found 1"]),
        ("spec: {replicas: 3}", {}, [".spec.replicas: expected 3, found nothing"]),
        ("spec: {replicas: !atleast 3}", {"spec": {"replicas": 2}}, [".spec.replicas: expected at least 3, found 2"]),
        ("spec: {replicas: !atleast 3}", {"spec": {"replicas": 3}}, []),
        (
            "spec: {replicas: !atleast 3}",
            {"spec": {"replicas": True}},
            [".spec.replicas: expected at least 3, found True"],
        ),
        ("cpu: !atleast 500m", {"cpu": "0.5"}, []),
        ("memory: !atleast 1Gi", {"memory": "1023Mi"}, [".memory: expected at least 1Gi, found '1023Mi'"]),
        ("ports: [{port: 80}]", {"ports": [{"port": 443}, {"port": 80}]}, []),
        ("ports: [{port: 80}]", {}, [".ports[0]: not found"]),
        ("ports: [{port: 80}, {port: 80}]", {"ports": [{"port": 80}]}, [".ports[1]: not found"]),
        ("verbs: [get, get]", {"verbs": ["get", "list"]}, [".verbs: expected 'get' among ['get', 'list']"]),
        ("verbs: [get]", {"verbs": None}, [".verbs: expected 'get' among []"]),
        ("a: !absent ", {}, []),
        ("a: !absent ", {"a": None}, []),
        ("a: !absent ", {"a": ""}, [".a: expected nothing, found ''"]),
        ("a: null", {"a": 1}, [".a: expected nothing, found 1"]),
        ("a: {b: !absent }", {}, []),
        ("emptyDir: {}", {}, [".emptyDir: expected {}, found nothing"]),
        ("emptyDir: {}", {"emptyDir": {"medium": "Memory"}}, []),
        ("a: !matches ^ng", {"a": "nginx"}, []),
        ("a: !matches ^x", {"a": "nginx"}, [".a: expected a text that matches ^x, found 'nginx'"]),
        ("a: !matches x", {"a": 3}, [".a: expected a text that matches x, found 3"]),
        ("a: {b: 1}", {"a": "text"}, [".a: expected {'b': 1}, found 'text'"]),
        ("a: [1]", {"a": "1"}, [".a: expected [1], found '1'"]),
        ("a: true", {"a": 1}, [".a: expected True, found 1"]),
        ("{a: 1, b: 2}", {}, [".a: expected 1, found nothing", ".b: expected 2, found nothing"]),
        ("labels: {app.io/x: y}", {"labels": {}}, [".labels['app.io/x']: expected 'y', found nothing"]),
        ("resources: {limits: {cpu: 0.5}}", {"resources": {"limits": {"cpu": "500m"}}}, []),
        ("hard: {requests.memory: 1Gi}", {"hard": {"requests.memory": "1024Mi"}}, []),
    ],
)
def test_differences_name_the_place(fragment, live, wanted):
    assert list(differences(load_fragment(fragment), live)) == wanted


@pytest.mark.parametrize(
    ("fragment", "live", "fine"),
    [
        ("v: !exactly [get, list]", {"v": ["list", "get"]}, True),
        ("v: !exactly [get]", {"v": ["get", "list"]}, False),
        ("v: !exactly [get, get]", {"v": ["get", "list"]}, False),
        ("v: !exactly []", {}, True),
        ("v: !exactly []", {"v": ["x"]}, False),
        ("v: !exactly {}", {}, False),
        ("v: !exactly {}", {"v": {}}, True),
        ("v: !exactly {a: 1}", {"v": {"a": 1, "b": 2}}, False),
        ("v: !exactly {a: {b: !matches ^x}}", {"v": {"a": {"b": "xy"}}}, True),
        ("v: !exactly {a: {b: 1}}", {"v": {"a": {"b": 1, "c": 2}}}, False),
        ("limits: !exactly {cpu: 500m}", {"limits": {"cpu": "0.5"}}, True),
    ],
)
def test_exactly_allows_nothing_more(fragment, live, fine):
    assert (not list(differences(load_fragment(fragment), live))) is fine


def test_a_list_is_matched_one_to_one_even_when_the_first_choice_is_wrong():
    expected = load_fragment("c: [{image: !matches .}, {name: web}]")
    assert list(differences(expected, {"c": [WEB, SIDE]})) == []


def test_the_item_of_the_same_name_is_the_nearest():
    expected = load_fragment("c: [{name: web, image: nginx:2, tty: true}]")
    assert list(differences(expected, {"c": [SIDE | {"image": "nginx:2", "tty": True}, WEB]})) == [
        ".c[0].image: expected 'nginx:2', found 'nginx:1'",
        ".c[0].tty: expected True, found nothing",
    ]


def test_a_megabyte_is_not_repeated_in_the_explanation():
    (line,) = differences({"data": {"key": "value"}}, {"data": {"key": "x" * 1_000_000}})
    assert len(line) < 300
    assert show("x" * 1_000_000) in line
