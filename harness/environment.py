"""The environment in which the candidate, or a solution in their place, works."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from harness.shims import path

if TYPE_CHECKING:
    from setup.sandbox import Sandbox


def candidate_environment(sandbox: Sandbox) -> dict[str, str]:
    """The user's environment with the candidate's login and the sandbox's kubectl first.

    kubectl's discovery cache goes into the sandbox: in the home it is keyed by host and port, which a
    later sandbox may have again.
    """
    return os.environ | {
        "KUBECONFIG": str(sandbox.candidate_kubeconfig),
        "KUBECACHEDIR": str(sandbox.kubectl_cache),
        "PATH": f"{path(sandbox)}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }
