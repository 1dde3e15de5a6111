"""What controllers make in every namespace, made at once: a webhook of the start could refuse it a moment later."""

from collections.abc import Iterator

from setup.api import Api, Object, Refused


def contents(api: Api, namespace: str) -> Iterator[Object]:
    """The default ServiceAccount, without which Pods are refused, and the root certificate that they mount.

    The certificate is that of the namespace default, as kube-controller-manager's root-ca-certificate-publisher made
    it (kubernetes, pkg/controller/certificates/rootcacertpublisher); left out where there is none.
    """
    yield {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": namespace}}
    root = _root("default")
    try:
        made = api.get(root)
    except Refused as error:
        if error.status != 404:
            raise
        return
    yield {**_root(namespace, annotations=made["metadata"].get("annotations", {})), "data": made["data"]}


def _root(namespace: str, **more: object) -> Object:
    metadata = {"name": "kube-root-ca.crt", "namespace": namespace, **more}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}
