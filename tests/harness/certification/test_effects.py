"""Faults that do not show in the cluster."""

from harness.certification.effects import no_effect
from harness.certification.mutants import Mutant

RIGHT = {
    "/apis/apps/v1/deployments/shop/web": {"metadata": {"name": "web"}, "spec": {"replicas": 2}, "status": {"a": 1}},
    "/apis/networking.k8s.io/v1/networkpolicies/shop/web": {"metadata": {"name": "web"}, "spec": {"b": 1}},
}
APPLIED = {"kubectl.kubernetes.io/last-applied-configuration": "{}"}


def test_a_fault_that_leaves_its_object_as_it_was_is_none():
    now = {
        key: each | {"status": {}, "metadata": {"name": "web", "annotations": APPLIED}} for key, each in RIGHT.items()
    }
    assert no_effect(Mutant("x", "a", str, ("Deployment", "web")), RIGHT, now)
    assert no_effect(Mutant("x", "a", str, ("NetworkPolicy", "web")), RIGHT, now)


def test_a_fault_that_changes_its_object_or_makes_another_is_one():
    deployment, policy = RIGHT
    for now in (
        RIGHT | {deployment: {"metadata": {"name": "web"}, "spec": {"replicas": 3}}},
        RIGHT | {"/apis/apps/v1/deployments/default/web": RIGHT[deployment]},
        {policy: RIGHT[policy]},
    ):
        assert not no_effect(Mutant("x", "a", str, ("Deployment", "web")), RIGHT, now)


def test_a_fault_about_more_than_one_object_or_none_that_is_there_is_one():
    assert not no_effect(Mutant("x", "a.sh", str), RIGHT, RIGHT)
    assert not no_effect(Mutant("x", "a", str, ("Deployment", "gone")), RIGHT, RIGHT)


def test_addresses_that_are_drawn_anew_each_time_are_no_difference():
    service = "/api/v1/services/shop/web"

    def drawn(address, port):
        spec = {"clusterIP": address, "clusterIPs": [address], "ports": [{"port": port}]}
        return {service: {"metadata": {"name": "web"}, "spec": spec}}

    mutant = Mutant("x", "a", str, ("Service", "web"))
    assert no_effect(mutant, drawn("10.96.0.7", 80), drawn("10.96.0.8", 80))
    assert not no_effect(mutant, drawn("10.96.0.7", 80), drawn("10.96.0.7", 81))
