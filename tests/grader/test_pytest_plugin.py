"""A lab's checks run under plain pytest against a sandbox."""

import json
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

KUBECONFIG = """
current-context: c
contexts: [{name: c, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1', insecure-skip-tls-verify: true}}]
users: [{name: u, user: {token: secret}}]
"""
CHECKS = '''
from grader import K8s, check

@check(points=1)
def passes(k8s: K8s) -> None:
    """Passes."""
    assert k8s.vars["nonce"] == "abc"
    assert k8s.work.name == "work"

@check(points=1)
def misses(k8s: K8s) -> None:
    """Misses."""
    k8s.read("none.txt")

@check(points=1, after=misses)
def waits(k8s: K8s) -> None:
    """Waits."""

@check(points=1)
def breaks(k8s: K8s) -> None:
    """Breaks."""
    k8s.get("Pod", "x")
'''


@pytest.fixture
def lab(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(pytester.path / "state"))
    folder = pytester.path / "labs" / "07-rbac"
    folder.mkdir(parents=True)
    (folder / "lab.yaml").touch()
    (folder / "checks.py").write_text(CHECKS)
    sandbox = pytester.path / "state" / "cka-labs" / "sandboxes" / "three-node-1"
    (sandbox / "work").mkdir(parents=True)
    (sandbox / "grader.kubeconfig").write_text(KUBECONFIG)
    (sandbox / "session.json").write_text(json.dumps({"lab": "07-rbac", "vars": {"nonce": "abc"}}))
    return folder


def plugins(pytester: pytest.Pytester) -> tuple[str, ...]:
    """Name the plugin where the package is not installed."""
    return () if pytester.plugins or _installed() else ("-p", "grader.pytest_plugin")


def _installed() -> bool:
    from importlib.metadata import entry_points

    return any(point.value == "grader.pytest_plugin" for point in entry_points(group="pytest11"))


def test_one_test_a_check(pytester: pytest.Pytester, lab: Path):
    result = pytester.runpytest_inprocess(
        *plugins(pytester), str(lab), "--sandbox", "three-node-1", "-p", "no:cacheprovider"
    )
    result.assert_outcomes(passed=1, failed=2, skipped=1)
    result.stdout.fnmatch_lines(["*none.txt cannot be read*", "*NoAnswer*"])


def test_a_sandbox_may_be_a_folder(pytester: pytest.Pytester, lab: Path):
    folder = pytester.path / "state" / "cka-labs" / "sandboxes" / "three-node-1"
    pytester.runpytest_inprocess(
        *plugins(pytester), str(lab), "--sandbox", str(folder), "-k", "passes"
    ).assert_outcomes(passed=1, deselected=3)


def test_without_a_sandbox_checks_are_left_alone(pytester: pytest.Pytester, lab: Path):
    pytester.runpytest_inprocess(*plugins(pytester), str(lab.parent)).assert_outcomes()


def test_a_sandbox_of_another_lab_or_none(pytester: pytest.Pytester, lab: Path):
    other = lab.rename(lab.with_name("08-other"))
    for name in ("three-node-1", "missing"):
        result = pytester.runpytest_inprocess(*plugins(pytester), str(other), "--sandbox", name)
        assert result.ret == pytest.ExitCode.USAGE_ERROR or result.parseoutcomes().get("errors")
