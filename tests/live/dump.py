"""A dump of every object that the API serves, without what time changes."""

import json
import urllib.parse
from typing import Any

from setup.api import Api, Refused

VOLATILE = ("resourceVersion", "uid", "creationTimestamp", "managedFields", "generation", "selfLink")
LEFT_OUT = ("leases", "events", "componentstatuses")


def dump(api: Api) -> dict[str, Any]:
    """Every object of every listable kind by ``group/version/resource/namespace/name``, normalised."""
    found: dict[str, Any] = {}
    groups = [f"/apis/{each['preferredVersion']['groupVersion']}" for each in api.call("GET", "/apis")["groups"]]
    for root in ["/api/v1", *groups]:
        for resource in api.call("GET", root)["resources"]:
            if "list" not in resource["verbs"] or "/" in resource["name"] or resource["name"] in LEFT_OUT:
                continue
            for item in _items(api, f"{root}/{resource['name']}"):
                meta = item["metadata"]
                found[f"{root}/{resource['name']}/{meta.get('namespace', '')}/{meta['name']}"] = normalise(item)
    return found


def _items(api: Api, path: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    token = ""
    while True:
        try:
            page = api.call("GET", f"{path}?limit=500&continue={urllib.parse.quote(token)}")
        except Refused as error:
            if error.status in (404, 405):
                return items
            raise
        items += page.get("items") or []
        token = page["metadata"].get("continue") or ""
        if not token:
            return items


def normalise(value: Any) -> Any:
    """Leave out uids, versions and times, wherever they are."""
    if isinstance(value, dict):
        return {key: normalise(each) for key, each in value.items() if key not in VOLATILE and not key.endswith("Time")}
    return [normalise(each) for each in value] if isinstance(value, list) else value


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What is missing, what is new and what differs, for a readable assertion; empty when nothing is."""
    keys = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    return {key: [json.dumps(each.get(key))[:600] for each in (before, after)] for key in sorted(keys)}
