"""Objects and kubeconfigs as no API server would give them: a miss or broken, never a crash (hypothesis)."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks import Check
from grader.judging import judge
from grader.k8s import K8s
from grader.kubeconfigs import KubeconfigFault, credentials, parse
from grader.outcomes import Outcome

WORDS = ["metadata", "name", "labels", "spec", "status", "containers", "template", "rules", "items", "\x1b]0;x\x07"]
KEYS = st.sampled_from(WORDS)
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=10
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=4)
FRAGMENTS = (
    "{kind: Deployment, metadata: {name: web, namespace: shop}, spec: {replicas: !atleast 2}}",
    "{kind: Deployment, metadata: {namespace: shop}, spec: {template: {spec: {containers: [{image: !matches x}]}}}}",
    "{kind: Deployment, metadata: {labels: {app: web}}, spec: !exactly {replicas: 1}}",
)


@given(OBJECTS)
@settings(max_examples=60)
@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_what_is_expected_or_forbidden_is_passed_or_missed(api, tmp_path, fragment: str, live: dict[str, Any]):
    metadata = live.get("metadata") if isinstance(live.get("metadata"), dict) else {}
    api.objects["deployments", "shop", "web"] = live | {"metadata": metadata | {"name": "web", "namespace": "shop"}}

    def expected(k8s: K8s) -> None:
        k8s.expect(fragment)

    def forbidden(k8s: K8s) -> None:
        k8s.forbid(fragment)

    checks = [Check(each.__name__, "A sentence.", 1, (), None, each) for each in (expected, forbidden)]
    grade = judge("lab", checks, K8s(api, vars={}, work=tmp_path))
    assert {verdict.outcome for verdict in grade.verdicts} == {Outcome.PASSED, Outcome.FAILED}
    assert not any("\x1b" in verdict.why for verdict in grade.verdicts)


ENTRY = st.fixed_dictionaries({}, optional={"name": SCALARS, "cluster": VALUES, "context": VALUES, "user": VALUES})
SECTION = st.lists(ENTRY, max_size=3) | VALUES
CONFIGS = st.fixed_dictionaries(
    {}, optional={"current-context": SCALARS, "clusters": SECTION, "contexts": SECTION, "users": SECTION}
)


@given(CONFIGS | st.text(max_size=80))
def test_a_kubeconfig_is_read_or_has_a_fault(config: Any):
    with suppress(KubeconfigFault):
        found = credentials(parse(config) if isinstance(config, str) else config, Path("/nonexistent"))
        assert found.context
