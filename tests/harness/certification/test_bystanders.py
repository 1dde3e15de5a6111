"""Which changes of a cluster are whose."""

from harness.certification.bystanders import disturbed_by_grading, disturbed_by_start

NODE = "/api/v1/nodes//cka-worker"
POD = "/api/v1/pods/shop/web-abc"


def test_a_start_may_make_what_it_likes_and_change_what_it_names():
    before, after = {NODE: {"a": 1}}, {NODE: {"a": 2}, POD: {}}
    assert list(disturbed_by_start(before, after, [])) == ["the start changed api/v1/nodes//cka-worker"]
    assert list(disturbed_by_start(before, after, [{"kind": "Node", "metadata": {"name": "cka-worker"}}])) == []


def test_a_start_may_change_what_is_in_a_namespace_that_its_lab_claims():
    names = "/api/v1/endpoints/kube-system/kube-dns"
    before, after = {names: 1, POD: 1}, {names: 2, POD: 2}
    assert list(disturbed_by_start(before, after, [], ["kube-system"])) == [f"the start changed {POD[1:]}"]


def test_a_grade_may_move_pods_and_nothing_else():
    deployment = "/apis/apps/v1/deployments/shop/web"
    before = {POD: {}, deployment: {"spec": 1, "status": {"readyReplicas": 1}}}
    moved = {"/api/v1/pods/shop/web-xyz": {}, deployment: {"spec": 1, "status": {"readyReplicas": 0}}}
    assert list(disturbed_by_grading(before, moved)) == []
    changed = {POD: {}, deployment: {"spec": 2}}
    assert list(disturbed_by_grading(before, changed)) == ["the grade changed apis/apps/v1/deployments/shop/web"]


def test_a_canary_that_was_left_is_named():
    left = "/api/v1/pods/kube-node-lease/labs-canary-1"
    assert list(disturbed_by_grading({}, {left: {}})) == [f"the grade left {left[1:]}"]
