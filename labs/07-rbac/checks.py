"""Lab 07: a pipeline gets just enough access."""

from grader import K8s, check


def account(k8s: K8s, name: str) -> str:
    """The user name under which the API server knows a ServiceAccount of the team's namespace."""
    return f"system:serviceaccount:{k8s.vars['namespace']}:{name}"


@check(points=1)
def account_exists(k8s: K8s) -> None:
    """ServiceAccount `deployer` exists in the team's namespace."""
    k8s.expect({"kind": "ServiceAccount", "metadata": {"name": "deployer", "namespace": k8s.vars["namespace"]}})


@check(points=3, after=account_exists)
def may_ship(k8s: K8s) -> None:
    """`deployer` may get, list, watch, create, update and patch Deployments in its namespace."""
    for verb in ("get", "list", "watch", "create", "update", "patch"):
        k8s.allowed(account(k8s, "deployer"), verb, "deployments.apps", namespace=k8s.vars["namespace"])


@check(points=2, after=account_exists)
def may_watch_pods(k8s: K8s) -> None:
    """`deployer` may get, list and watch Pods and read their logs in its namespace."""
    for verb, resource in (("get", "pods"), ("list", "pods"), ("watch", "pods"), ("get", "pods/log")):
        k8s.allowed(account(k8s, "deployer"), verb, resource, namespace=k8s.vars["namespace"])


@check(points=2, after=account_exists)
def may_mark_the_release(k8s: K8s) -> None:
    """`deployer` may get, update and patch the one release ConfigMap, and touch no other ConfigMap."""
    deployer, namespace = account(k8s, "deployer"), k8s.vars["namespace"]
    for verb in ("get", "update", "patch"):
        k8s.allowed(deployer, verb, "configmaps", namespace=namespace, name=f"release-{k8s.vars['release']}")
        k8s.denied(deployer, verb, "configmaps", namespace=namespace, name="feature-flags")
    for verb in ("list", "watch", "create", "deletecollection"):
        k8s.denied(deployer, verb, "configmaps", namespace=namespace)
    k8s.denied(deployer, "delete", "configmaps", namespace=namespace, name=f"release-{k8s.vars['release']}")


@check(points=1, after=account_exists)
def may_see_nodes(k8s: K8s) -> None:
    """`deployer` may get and list Nodes."""
    for verb in ("get", "list"):
        k8s.allowed(account(k8s, "deployer"), verb, "nodes")


@check(points=3, after=may_ship)
def nothing_more(k8s: K8s) -> None:
    """`deployer` may do nothing else there: not delete Deployments, enter Pods, read Secrets or hand out rights."""
    wanted = (
        ("get list watch create update patch", "deployments.apps"),
        ("get list watch", "pods"),
        ("get", "pods/log"),
        ("get list", "nodes"),
        ("get list watch create update patch delete deletecollection", "configmaps"),  # judged above
    )
    k8s.nothing_more(account(k8s, "deployer"), wanted, namespace=k8s.vars["namespace"])


@check(points=2, after=(may_ship, may_watch_pods))
def nowhere_and_nobody_else(k8s: K8s) -> None:
    """These rights hold in no other namespace and for no other account of the namespace."""
    team, other = k8s.vars["namespace"], account(k8s, "default")
    k8s.denied(other, "list", "nodes")
    asked = (("list", "deployments.apps"), ("patch", "deployments.apps"), ("list", "pods"), ("get", "configmaps"))
    for verb, resource in asked:
        k8s.denied(other, verb, resource, namespace=team)
        for namespace in (f"{team}-staging", "default", "kube-system"):
            k8s.denied(account(k8s, "deployer"), verb, resource, namespace=namespace)


@check(points=2)
def old_account_retired(k8s: K8s) -> None:
    """`pipeline` still exists and works in the staging namespace, but may do nothing in the team's namespace."""
    pipeline, team = account(k8s, "pipeline"), k8s.vars["namespace"]
    k8s.expect({"kind": "ServiceAccount", "metadata": {"name": "pipeline", "namespace": team}})
    for verb, resource in (("get", "deployments.apps"), ("patch", "deployments.apps"), ("create", "pods")):
        k8s.allowed(pipeline, verb, resource, namespace=f"{team}-staging")
        k8s.denied(pipeline, verb, resource, namespace=team)
    for resource in ("secrets", "configmaps", "rolebindings.rbac.authorization.k8s.io"):
        k8s.denied(pipeline, "list", resource, namespace=team)
