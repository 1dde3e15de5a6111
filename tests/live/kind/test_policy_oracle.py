"""The oracle agrees with what the documentation says in words; no cluster is needed for that."""

import pytest
import yaml

from tests.live.kind.policy_oracle import Pod, allowed
from tests.live.kind.policy_table import POLICIES

SPACES = {"x": {"ns": "x"}, "y": {"ns": "y"}}
WEB = Pod("x", "web", "10.0.1.1", {"app": "web"}, {("http", "TCP"): 8080})
FROM = "{{podSelector: {{}}, ingress: [{{from: [{}]}}]}}"
TWIN = Pod("y", "web", "10.0.2.1", {"app": "web"}, {("http", "TCP"): 80})
CLI = Pod("y", "cli", "10.0.2.2", {"app": "cli"})


@pytest.mark.parametrize(
    ("spec", "source", "target", "port", "wanted"),
    [
        ("podSelector: {}", CLI, WEB, 80, False),
        ("podSelector: {}", WEB, CLI, 80, True),
        ("podSelector: {}", WEB, WEB, 80, True),
        ("{podSelector: {}, policyTypes: [Egress]}", WEB, CLI, 80, False),
        ("{podSelector: {}, policyTypes: [Egress]}", CLI, WEB, 80, True),
        ("{podSelector: {}, ingress: [{}]}", CLI, WEB, 80, True),
        ("{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}", CLI, WEB, 80, False),
        ("{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}", CLI, WEB, 80, True),
        (
            FROM.format("{namespaceSelector: {matchLabels: {ns: y}}, podSelector: {matchLabels: {app: web}}}"),
            CLI,
            WEB,
            80,
            False,
        ),
        (
            FROM.format("{namespaceSelector: {matchLabels: {ns: y}}}, {podSelector: {matchLabels: {app: web}}}"),
            CLI,
            WEB,
            80,
            True,
        ),
        (
            "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/16, except: [10.0.2.2/32]}}]}]}",
            CLI,
            WEB,
            80,
            False,
        ),
        (
            "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/16, except: [10.0.2.2/32]}}]}]}",
            TWIN,
            WEB,
            80,
            True,
        ),
        ("{podSelector: {}, ingress: [{ports: [{port: http}]}]}", CLI, WEB, 8080, True),
        ("{podSelector: {}, ingress: [{ports: [{port: http}]}]}", CLI, WEB, 80, False),
        ("{podSelector: {}, egress: [{ports: [{port: http}]}], policyTypes: [Egress]}", WEB, TWIN, 80, True),
        ("{podSelector: {}, ingress: [{ports: [{port: 80, endPort: 82}]}]}", CLI, WEB, 82, True),
        ("{podSelector: {}, ingress: [{ports: [{port: 80, endPort: 82}]}]}", CLI, WEB, 83, False),
        ("{podSelector: {}, ingress: [{ports: [{port: 80, protocol: UDP}]}]}", CLI, WEB, 80, False),
    ],
)
def test_the_oracle_reads_policies_as_documented(spec, source, target, port, wanted):
    policy = {"metadata": {"namespace": "x", "name": "p"}, "spec": yaml.safe_load(spec)}
    assert allowed([policy], SPACES, source, target, port) is wanted


def test_the_table_has_at_least_25_cases_of_their_own():
    assert len(POLICIES) >= 25
    assert len({str(each) for each in POLICIES.values()}) == len(POLICIES)
