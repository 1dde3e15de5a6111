"""The candidate's way into a sandbox: taken away, and given back."""

from contextlib import suppress

from setup.api import Api, Refused
from setup.errors import LabsError
from setup.sandbox import Sandbox

BINDING = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/kubeadm:cluster-admins"
ASIDE = ".aside"  # at the end of the kubeconfig's name while it is taken away


def take_away(sandbox: Sandbox) -> None:
    """Move the candidate's kubeconfig aside, so that neither a shell nor a script finds it."""
    aside = sandbox.candidate_kubeconfig.with_name(sandbox.candidate_kubeconfig.name + ASIDE)
    with suppress(FileNotFoundError):
        sandbox.candidate_kubeconfig.replace(aside)


def give_back(sandbox: Sandbox) -> None:
    """Put the kubeconfig back where it was."""
    aside = sandbox.candidate_kubeconfig.with_name(sandbox.candidate_kubeconfig.name + ASIDE)
    with suppress(FileNotFoundError):
        aside.replace(sandbox.candidate_kubeconfig)


def forget(sandbox: Sandbox) -> None:
    """Remove what was moved aside: the next reset writes a login anew."""
    sandbox.candidate_kubeconfig.with_name(sandbox.candidate_kubeconfig.name + ASIDE).unlink(missing_ok=True)


def revoke(sandbox: Sandbox) -> None:
    """Take the candidate's rights away, also from copies of the kubeconfig, as the grader.

    LabsError when the API server does not answer, or refuses.
    """
    try:
        api = Api(sandbox.grader_kubeconfig)
    except (OSError, ValueError) as error:
        raise LabsError(f"the login of {sandbox.name} cannot be read: {error}") from error
    try:
        api.call("DELETE", BINDING)
    except Refused as error:
        if error.status != 404:
            raise LabsError(f"{sandbox.name}: {error}") from error
    except ConnectionError as error:
        raise LabsError(f"{sandbox.name}: {error}") from error
    finally:
        api.close()
