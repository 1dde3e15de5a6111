"""Keeping what a cluster held."""

import yaml

from harness.certification.evidence import MOST, Evidence, files, plain

OBJECTS = {
    "/api/v1/pods/shop/web": {"metadata": {"name": "web"}},
    "/apis/apps/v1/deployments/shop/web": {"metadata": {"name": "web"}},
    "/api/v1/nodes//cka-worker": {"metadata": {"name": "cka-worker"}},
    "/apis/rbac.authorization.k8s.io/v1/clusterroles//system:node": {"metadata": {"name": "system:node"}},
}


def test_a_file_for_each_namespace_without_what_every_cluster_has():
    found = {name: [each["resource"] for each in yaml.safe_load_all(text)] for name, text in files(OBJECTS)}
    assert found == {"cluster.yaml": ["v1/nodes"], "shop.yaml": ["v1/pods", "apps/v1/deployments"]}


def test_objects_are_kept_below_the_report(tmp_path):
    evidence = Evidence(tmp_path, "07-rbac", lambda _: OBJECTS)
    folder = evidence.keep(None, "wrong ways", "Ünlikely ../way")
    assert folder == "07-rbac/wrong-ways/nlikely-..-way"
    assert (tmp_path / folder / "shop.yaml").is_file()


def test_a_name_never_leads_out_of_the_folder():
    assert plain("../../etc/passwd") == "etc-passwd"
    assert "/" not in plain("a/b\\c")


def test_without_a_report_nothing_is_asked():
    assert Evidence(None, "07-rbac", lambda _: 1 / 0).keep(None, "start") == ""


def test_a_cluster_that_does_not_answer_leaves_nothing(tmp_path):
    def silent(_):
        raise ConnectionError

    assert Evidence(tmp_path, "07-rbac", silent).keep(None, "start") == ""
    assert list(tmp_path.iterdir()) == []


def test_there_is_a_most(tmp_path):
    evidence = Evidence(tmp_path, "07-rbac", lambda _: OBJECTS)
    assert [bool(evidence.keep(None, f"step {n}")) for n in range(MOST + 1)] == [True] * MOST + [False]
