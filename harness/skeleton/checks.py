"""Lab @SLUG@: a ConfigMap with two values."""

from grader import K8s, check


@check(points=1)
def exists(k8s: K8s) -> None:
    """ConfigMap `paint` exists in namespace `shop`."""
    k8s.expect("""
        kind: ConfigMap
        metadata: {name: paint, namespace: shop}
    """)


@check(points=2, after=exists)
def holds_the_values(k8s: K8s) -> None:
    """`paint` holds the `colour` and the `code` of the task."""
    k8s.expect(
        {
            "kind": "ConfigMap",
            "metadata": {"name": "paint", "namespace": "shop"},
            "data": {"colour": k8s.vars["colour"], "code": k8s.vars["code"]},
        }
    )
