"""A running cluster of one shape, and where its files are."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

FINISHED = "sandbox.json"  # a sandbox with this file in its folder was made to its end

CLUSTER = "cluster"  # in the folder of a sandbox whose cluster has a folder of its own: the cluster's name


@dataclass(frozen=True)
class Sandbox:
    """A cluster that labs are practised on, reused from lab to lab.

    ``version`` is the Kubernetes version with its ``v``; ``directory`` (mode 0700) holds everything that belongs to it.
    ``nodes`` are pairs of a node's name and how testinfra reaches it (``docker://NAME``), the first control plane
    first; empty where nodes cannot be entered. ``own_work`` is the work folder of
    one lab among several; it is not kept.
    """

    name: str
    provider: str
    shape: str
    version: str
    directory: Path
    bin: Path
    nodes: tuple[tuple[str, str], ...] = ()
    own_work: Path | None = None

    @property
    def candidate_kubeconfig(self) -> Path:
        """The candidate's login: user ``kubernetes-admin``, an ordinary cluster-admin. The candidate may edit it."""
        return self.directory / "candidate.kubeconfig"

    @property
    def grader_kubeconfig(self) -> Path:
        """The grader's login: group ``system:masters``, which no change to RBAC can stop."""
        return self.directory / "grader.kubeconfig"

    @property
    def work(self) -> Path:
        """The candidate's work folder."""
        return self.own_work or self.directory / "work"

    @property
    def kubectl_cache(self) -> Path:
        """Where kubectl may keep what it discovered (KUBECACHEDIR), instead of the user's own folder."""
        return self.directory / "kubectl-cache"

    @property
    def worn(self) -> Path:
        """A file that says that a lab changed more than the API holds: the next reset replaces the cluster."""
        return self.directory / "worn"

    def save(self) -> None:
        """Write ``sandbox.json``; from then on the sandbox counts as made."""
        facts = {
            "provider": self.provider,
            "shape": self.shape,
            "version": self.version,
            "bin": str(self.bin),
            "nodes": self.nodes,
        }
        part = self.directory / "sandbox.json.part"
        part.write_text(json.dumps(facts))
        part.replace(self.directory / FINISHED)

    @classmethod
    def load(cls, directory: Path) -> "Sandbox | None":
        """Read the sandbox that lives in ``directory``; None where none was finished there."""
        try:
            facts = json.loads((directory / FINISHED).read_text())
            nodes = tuple((str(name), str(spec)) for name, spec in facts.get("nodes", ()))
            return cls(
                directory.name,
                facts["provider"],
                facts["shape"],
                facts["version"],
                directory,
                Path(facts["bin"]),
                nodes,
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None


def remove(directory: Path) -> None:
    """Remove a sandbox's files, first the one that says it is finished."""
    (directory / FINISHED).unlink(missing_ok=True)
    shutil.rmtree(directory, ignore_errors=True)
