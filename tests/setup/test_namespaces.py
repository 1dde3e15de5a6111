"""What a namespace gets at once; tests/live/setup/test_state.py shows that it is what controllers make."""

import pytest

from setup import namespaces
from setup.api import Refused


class Answers:
    """An API server with one answer to every GET."""

    def __init__(self, answer):
        self.answer = answer

    def get(self, _):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_the_root_certificate_is_that_of_the_namespace_default():
    made = {"metadata": {"uid": "1", "annotations": {"a": "b"}}, "data": {"ca.crt": "c"}}
    account, root = namespaces.contents(Answers(made), "shop")
    assert account["metadata"] == {"name": "default", "namespace": "shop"}
    assert root["metadata"] == {"name": "kube-root-ca.crt", "namespace": "shop", "annotations": {"a": "b"}}
    assert root["data"] == made["data"]


def test_without_a_root_certificate_there_is_the_account_alone():
    assert [each["kind"] for each in namespaces.contents(Answers(Refused(404, "none")), "shop")] == ["ServiceAccount"]


def test_any_other_refusal_is_told():
    with pytest.raises(Refused):
        list(namespaces.contents(Answers(Refused(403, "no")), "shop"))
