"""What a sandbox's kubeconfig tells about its API server."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.nodes import variables
from harness.yaml_files import parse
from setup.errors import LabsError

if TYPE_CHECKING:
    from setup.sandbox import Sandbox


def given(sandbox: Sandbox) -> dict[str, str]:
    """The variables that come with a sandbox: its address and CA, and its nodes by role."""
    return {**address(sandbox.grader_kubeconfig), **variables(sandbox.nodes)}


def address(kubeconfig: Path) -> dict[str, str]:
    """The variables ``server`` (URL) and ``ca_data`` (base64) that labs about kubeconfigs need.

    Taken from the grader's file, which the candidate does not edit; empty while there is none.
    """
    if not kubeconfig.is_file():
        return {}
    document = parse(kubeconfig.read_text(encoding="utf-8"), str(kubeconfig))[0]
    cluster = document["clusters"][0]["cluster"]
    data = cluster.get("certificate-authority-data")
    if data is None:
        data = b64encode(Path(cluster["certificate-authority"]).read_bytes()).decode()
    return {"server": str(cluster["server"]), "ca_data": str(data)}


def entry(kubeconfig: Path, section: str) -> dict[str, Any]:
    """What the first entry of ``section`` (``clusters``, ``users``) of a kubeconfig holds; LabsError if it has none."""
    documents = parse(kubeconfig.read_text(encoding="utf-8"), str(kubeconfig))
    try:
        found: dict[str, Any] = dict(documents[0][section][0][section[:-1]])
    except (IndexError, KeyError, TypeError, ValueError):
        raise LabsError(
            f"{kubeconfig} has no {section}", "`labs exam shell` without --contexts does not need it."
        ) from None
    return found
