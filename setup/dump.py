"""Every object that an API server serves, without what time alone changes."""

import json
import urllib.parse
from collections.abc import Iterable, Iterator
from typing import Any

from setup.api import Api, Object, Refused

VOLATILE = ("resourceVersion", "uid", "creationTimestamp", "managedFields", "generation", "selfLink")
LEFT_OUT = ("leases", "events", "componentstatuses")
PAGE = 500

Dump = dict[str, Any]


def dump(api: Api) -> Dump:
    """Every object of every listable kind by ``/apis/group/version/resource/namespace/name``, normalised.

    Leases and events are left out, and uids, versions and times in the others.
    """
    found: Dump = {}
    groups = [f"/apis/{each['preferredVersion']['groupVersion']}" for each in api.call("GET", "/apis")["groups"]]
    for root in ["/api/v1", *groups]:
        for resource in api.call("GET", root)["resources"]:
            if "list" not in resource["verbs"] or "/" in resource["name"] or resource["name"] in LEFT_OUT:
                continue
            found |= _named(f"{root}/{resource['name']}", _items(api, f"{root}/{resource['name']}"))
    return found


def dump_like(api: Api, keys: Iterable[str]) -> Dump:
    """The objects of the kinds and names that these keys of a dump have, in whatever namespace, normalised."""
    found: Dump = {}
    for path, name in {(key.rsplit("/", 2)[0], key.rsplit("/", 1)[1]) for key in keys}:
        found |= _named(path, _items(api, path, f"metadata.name={name}"))
    return found


def _named(path: str, items: Iterable[Object]) -> Dump:
    return {
        f"{path}/{item['metadata'].get('namespace', '')}/{item['metadata']['name']}": normalise(item) for item in items
    }


def _items(api: Api, path: str, fields: str = "") -> Iterator[Object]:
    token = ""
    while True:
        try:
            query = urllib.parse.urlencode({"limit": PAGE, "continue": token, "fieldSelector": fields})
            page = api.call("GET", f"{path}?{query}")
        except Refused as error:
            if error.status in (404, 405):
                return
            raise
        yield from page.get("items") or ()
        token = page["metadata"].get("continue") or ""
        if not token:
            return


def normalise(value: Any) -> Any:
    """Leave out uids, versions and times, wherever they are."""
    if isinstance(value, dict):
        return {key: normalise(each) for key, each in value.items() if key not in VOLATILE and not key.endswith("Time")}
    return [normalise(each) for each in value] if isinstance(value, list) else value


def difference(before: Dump, after: Dump) -> Dump:
    """What is missing, what is new and what differs, each as a pair of texts; empty when nothing is."""
    keys = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    return {key: [json.dumps(each.get(key))[:600] for each in (before, after)] for key in sorted(keys)}
