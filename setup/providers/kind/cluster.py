"""One kind cluster of ours: its name, its nodes, and the files that belong to it."""

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

FINISHED = "cluster.json"  # a cluster with this file in its folder was made to its end


@dataclass(frozen=True)
class Cluster:
    """A finished cluster. ``nodes`` are container names, the first control plane first; ``server`` is the API's URL.

    ``etcd_port`` is the port of 127.0.0.1 on which the first control plane's etcd answers.
    """

    name: str
    shape: str
    version: str
    runtime: str
    nodes: tuple[str, ...]
    server: str
    etcd_port: int
    directory: Path

    @property
    def grader_kubeconfig(self) -> Path:
        """The login of group system:masters."""
        return self.directory / "grader.kubeconfig"

    def save(self) -> None:
        """Write ``cluster.json``; from then on the cluster counts as made."""
        facts = {
            "shape": self.shape,
            "version": self.version,
            "runtime": self.runtime,
            "nodes": self.nodes,
            "server": self.server,
            "etcd_port": self.etcd_port,
        }
        part = self.directory / f"{FINISHED}.part"
        part.write_text(json.dumps(facts))
        part.replace(self.directory / FINISHED)

    @classmethod
    def load(cls, directory: Path) -> "Cluster | None":
        """Read the cluster whose files are in ``directory``; None where none was finished there."""
        try:
            facts = json.loads((directory / FINISHED).read_text())
            return cls(
                directory.name,
                facts["shape"],
                facts["version"],
                facts["runtime"],
                tuple(facts["nodes"]),
                facts["server"],
                int(facts["etcd_port"]),
                directory,
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None


def tag(state: Path) -> str:
    """Four letters that tell this state folder's clusters from those of any other on the same machine."""
    return hashlib.sha256(str(state.resolve()).encode()).hexdigest()[:4]


def forget(directory: Path) -> None:
    """Remove a cluster's files, first the one that says it is finished."""
    (directory / FINISHED).unlink(missing_ok=True)
    shutil.rmtree(directory, ignore_errors=True)
