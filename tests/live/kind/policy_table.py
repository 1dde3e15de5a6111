"""The policies of the live truth table: by a sentence, the policies that are in force together.

Namespaces x, y and z carry the label ``ns``; each has pods a, b and c with the label ``pod``; a and b are of
``tier: front``. Every pod serves TCP 80, 81 and 8080 and UDP 80; the port named ``main`` is 80 in a, 81 in b and
8080 in c.
"""

from typing import Any

import yaml


def _policies(text: str) -> list[dict[str, Any]]:
    return [
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"namespace": each.pop("in", "x"), "name": f"p{number}"},
            "spec": each,
        }
        for number, each in enumerate(yaml.safe_load(text))
    ]


POLICIES = {
    sentence: _policies(text)
    for sentence, text in {
        "no policy": "[]",
        "deny inwards": "[{podSelector: {}}]",
        "deny outwards": "[{podSelector: {}, policyTypes: [Egress]}]",
        "deny both ways": "[{podSelector: {}, policyTypes: [Ingress, Egress]}]",
        "deny one pod inwards": "[{podSelector: {matchLabels: {pod: a}}}]",
        "an empty rule allows all": "[{podSelector: {}}, {podSelector: {matchLabels: {pod: a}}, ingress: [{}]}]",
        "from pods of the own namespace": "[{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}]",
        "from one pod of the own namespace": (
            "[{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {pod: b}}}]}]}]"
        ),
        "from another namespace": (
            "[{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {ns: y}}}]}]}]"
        ),
        "from all namespaces": "[{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}]",
        "these pods of that namespace": (
            "[{podSelector: {}, ingress: [{from: "
            "[{namespaceSelector: {matchLabels: {ns: y}}, podSelector: {matchLabels: {pod: a}}}]}]}]"
        ),
        "that namespace, or these pods": (
            "[{podSelector: {}, ingress: [{from: "
            "[{namespaceSelector: {matchLabels: {ns: y}}}, {podSelector: {matchLabels: {pod: a}}}]}]}]"
        ),
        "expressions of both kinds": (
            "[{podSelector: {matchExpressions: [{key: pod, operator: NotIn, values: [c]}]}, ingress: [{from: "
            "[{namespaceSelector: {matchExpressions: [{key: ns, operator: In, values: [y, z]}]},"
            " podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}}]}]}]"
        ),
        "one port": "[{podSelector: {}, ingress: [{ports: [{port: 80}]}]}]",
        "two ports, one of UDP": "[{podSelector: {}, ingress: [{ports: [{port: 81}, {port: 80, protocol: UDP}]}]}]",
        "a protocol alone": "[{podSelector: {}, ingress: [{ports: [{protocol: UDP}]}]}]",
        "SCTP alone opens nothing else": "[{podSelector: {}, ingress: [{ports: [{protocol: SCTP}]}]}]",
        "a range of ports": "[{podSelector: {}, ingress: [{ports: [{port: 81, endPort: 8080}]}]}]",
        "a named port inwards": "[{podSelector: {}, ingress: [{ports: [{port: main}]}]}]",
        "a named port outwards": "[{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: main}]}]}]",
        "a named port outwards to some pods": (
            "[{podSelector: {}, policyTypes: [Egress], egress: "
            "[{to: [{namespaceSelector: {}, podSelector: {matchLabels: {tier: front}}}], ports: [{port: main}]}]}]"
        ),
        "a port from some, another from others": (
            "[{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {ns: y}}}], ports: [{port: 80}]},"
            " {from: [{podSelector: {}}], ports: [{port: 81}]}]}]"
        ),
        "everything but a hole": (
            "[{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [ADDRESS_OF_y/a]}}]}]}]"
        ),
        "one address": "[{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: ADDRESS_OF_z/c}}]}]}]",
        "one address outwards": (
            "[{podSelector: {}, policyTypes: [Egress], egress: "
            "[{to: [{ipBlock: {cidr: ADDRESS_OF_y/b}}], ports: [{port: 80}]}]}]"
        ),
        "a block without the pods": "[{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 192.0.2.0/24}}]}]}]",
        "outwards to the own namespace": (
            "[{podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}]}]}]"
        ),
        "outwards to these pods of that namespace": (
            "[{podSelector: {matchLabels: {pod: a}}, policyTypes: [Egress], egress: [{to: "
            "[{namespaceSelector: {matchLabels: {ns: z}}, podSelector: {matchLabels: {pod: c}}}],"
            " ports: [{port: 80}]}]}]"
        ),
        "two policies add up": (
            "[{podSelector: {}, ingress: [{ports: [{port: 80}]}]},"
            " {podSelector: {matchLabels: {pod: a}}, ingress: [{from: [{namespaceSelector: {matchLabels: {ns: z}}}]}]}]"
        ),
        "both ends must agree": (
            "[{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {ns: y}}}]}]},"
            " {in: y, podSelector: {}, ingress: [{from: [{podSelector: {}}]},"
            " {from: [{namespaceSelector: {matchLabels: {ns: x}}}], ports: [{port: 81}]}]}]"
        ),
        "all three namespaces shut": (
            "[{podSelector: {}, policyTypes: [Ingress, Egress]},"
            " {in: y, podSelector: {}, policyTypes: [Ingress, Egress]},"
            " {in: z, podSelector: {}, policyTypes: [Ingress, Egress]}]"
        ),
    }.items()
}
