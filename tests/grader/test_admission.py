"""A dry run says what is admitted, who refused, and when nothing is known."""

import pytest

from grader import admission
from grader.errors import Broken, Miss, NoAnswer, Refused
from grader.k8s import K8s

POD = "{kind: Pod, metadata: {name: big, namespace: team}, spec: {containers: [{name: a, image: b}]}}"
QUOTA = Refused(403, "Forbidden", 'pods "big" is forbidden: exceeded quota: compute')
WEBHOOK = Refused(403, "Forbidden", 'admission webhook "all.evil.org" denied the request: no')


def refuse(refused: Refused, *, everywhere: bool = True):
    def admit(manifest, subject):
        if everywhere or manifest["metadata"]["namespace"] == "team":
            raise refused

    return admit


def test_accepted_objects_are_returned_and_not_stored(api, k8s: K8s):
    assert k8s.accepts(POD)["metadata"]["name"] == "big"
    assert "dry-run pods" in api.calls
    assert api.objects == {}


def test_a_taken_name_is_no_refusal(api, k8s: K8s):
    api.add("pods", "big", "team")
    assert k8s.accepts(POD)["metadata"]["generateName"] == "big-"
    with pytest.raises(Miss, match="accepts Pod"):
        k8s.refuses(POD)


@pytest.mark.parametrize("refused", [QUOTA, WEBHOOK, Refused(404, "NotFound", 'namespaces "team" not found')])
def test_a_refusal_where_acceptance_is_due_says_who_refused(api, k8s: K8s, refused):
    api.admit = refuse(refused)
    with pytest.raises(Miss) as miss:
        k8s.accepts(POD)
    assert refused.message in str(miss.value)
    assert miss.value.see == "kubectl describe resourcequota,limitrange -n team"


def test_the_right_refusal(api, k8s: K8s):
    api.admit = refuse(QUOTA)
    k8s.refuses(POD, because="exceeded quota")


def test_another_refusal_is_not_the_quotas(api, k8s: K8s):
    api.admit = refuse(WEBHOOK)
    with pytest.raises(Miss, match=r"not because of 'exceeded quota': admission webhook .all.evil.org. denied"):
        k8s.refuses(POD, because="exceeded quota")


def test_without_a_reason_a_plain_pod_is_the_control(api, k8s: K8s):
    api.admit = refuse(QUOTA, everywhere=False)
    k8s.refuses(POD)
    api.admit = refuse(WEBHOOK)
    with pytest.raises(Miss, match="so is any plain pod"):
        k8s.refuses(POD)


def test_a_missing_namespace_is_no_refusal_of_admission(api, k8s: K8s):
    api.admit = refuse(Refused(404, "NotFound", 'namespaces "team" not found'))
    with pytest.raises(Miss, match="not found"):
        k8s.refuses(POD)


@pytest.mark.parametrize("verb", ["accepts", "refuses"])
@pytest.mark.parametrize(
    "trouble", [NoAnswer("failed calling webhook"), Refused(400, "BadRequest", "strict decoding"), Refused(401, "", "")]
)
def test_no_answer_and_a_wrong_manifest_are_broken(api, k8s: K8s, verb, trouble):
    api.admit = refuse(trouble)
    with pytest.raises(type(trouble)):
        getattr(k8s, verb)(POD)


def test_a_quota_that_is_not_counted_yet_is_waited_for(api, k8s: K8s, monkeypatch):
    monkeypatch.setattr(admission, "_QUOTA_SECONDS", 0.15)
    uncounted = Refused(403, "Forbidden", "status unknown for quota: compute, resources: cpu")
    answers = iter([uncounted, QUOTA])

    def admit(manifest, subject):
        raise next(answers)

    api.admit = admit
    k8s.refuses(POD, because="exceeded quota")
    api.admit = refuse(uncounted)
    with pytest.raises(Broken, match="has not counted"):
        k8s.refuses(POD, because="exceeded quota")


def test_acting_as_somebody(api, k8s: K8s):
    acted = []
    api.admit = lambda manifest, subject: acted.append(subject)
    k8s.accepts(POD, subject="jane", groups=["devs"])
    assert acted == [("jane", ("devs", "system:authenticated"))]


def test_the_authors_manifest_stays_as_it_was(k8s: K8s):
    pod = {"kind": "Pod", "metadata": {"name": "x"}, "spec": {}}
    k8s.accepts(pod)
    assert pod == {"kind": "Pod", "metadata": {"name": "x"}, "spec": {}}


def test_a_custom_kind_that_is_not_served_is_a_miss(k8s: K8s):
    with pytest.raises(Miss):
        k8s.accepts("{kind: Thing, apiVersion: other.org/v1, metadata: {name: x}}")


@pytest.mark.parametrize("verb", ["accepts", "refuses", "schedules", "repels"])
def test_a_webhook_that_may_hang_is_named(api, k8s: K8s, verb):
    api.add("validatingwebhookconfigurations", "x", webhooks=[{"name": "hangs.example.org"}])
    api.admit = refuse(NoAnswer("504 Timeout"))
    with pytest.raises(NoAnswer, match=r"504 Timeout\nadmission webhooks that may hang: hangs\.example\.org"):
        getattr(k8s, verb)(POD)
