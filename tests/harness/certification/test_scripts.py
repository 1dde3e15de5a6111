"""The commands of a script."""

import pytest

from harness.certification.scripts import here_documents, only_waits, statements

SCRIPT = """# a comment that doesn't matter
kubectl create namespace a  # and one that's behind

kubectl run web \\
  --image=nginx
cat > file <<'END'
one's own
END
for each in a b; do
  kubectl get "$each"
done
kubectl patch x -p '{"a": {
  "b": 1}}'
kubectl get x |
  grep "it's"
"""


def test_a_script_falls_into_whole_commands():
    assert [each.splitlines()[0] for each in statements(SCRIPT)] == [
        "# a comment that doesn't matter",
        "kubectl create namespace a  # and one that's behind",
        "kubectl run web \\",
        "cat > file <<'END'",
        "for each in a b; do",
        """kubectl patch x -p '{"a": {""",
        "kubectl get x |",
    ]
    assert "".join(statements(SCRIPT)) == SCRIPT


def test_a_script_may_be_empty_or_no_script():
    assert list(statements("")) == [""]
    assert "".join(statements("kubectl get 'x\ndone )\n")) == "kubectl get 'x\ndone )\n"


def test_here_documents_are_what_is_between_their_words():
    assert here_documents("kubectl apply -f - <<'END' | cat\na: <<B\n# it's\nEND\n") == ["a: <<B\n# it's\n"]
    assert here_documents("echo 1") == []


@pytest.mark.parametrize(
    "command",
    [
        "kubectl wait csr/amara --for=jsonpath='{.status.certificate}' --timeout=30s\n",
        "kubectl -n press rollout status deployment editorial --timeout=60s",
        "kubectl -n studio wait --for=delete pod -l app=ledger \\\n  --timeout=30s",
        'for name in a b; do kubectl -n studio rollout status deployment "$name"; done',
        "for name in a b; do\n  kubectl wait pod/$name\n  sleep 1\ndone\n",
        "# until it is there\nsleep 2",
    ],
)
def test_waiting_is_told_from_doing(command):
    assert only_waits(command)


@pytest.mark.parametrize(
    "command",
    [
        "kubectl delete pod wait",
        "kubectl rollout restart deployment web",
        "for name in a b; do kubectl delete pod $name; kubectl wait pod/$name; done",
        "kubectl wait pod/a && kubectl delete pod a",
        "# only a comment",
        "until kubectl get csr x; do kubectl create -f y; done",
    ],
)
def test_doing_is_told_from_waiting(command):
    assert not only_waits(command)
