"""Which tools there are, in which versions, and where each comes from."""

import json
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
KUBERNETES = "v1.36.3"
ETCD = "v3.6.16"
KWOK = "v0.8.0"
KIND = "v0.33.0"
KUBERNETES_BINARIES = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")
DOWNLOADS = "https://dl.k8s.io/release"
VERSION_PACKAGE = "k8s.io/component-base/version"
HELM_PACKAGE = "helm.sh/helm/v4/internal/version"
KUSTOMIZE_PACKAGE = "sigs.k8s.io/kustomize/api/provenance"


@dataclass(frozen=True)
class Module:
    """One go.mod of ours: the binaries it builds and how long that takes on two cores, in seconds.

    ``binaries`` are pairs of our name of a binary and its Go package; ``ldflags`` stamp the version.
    """

    name: str
    version: str
    binaries: tuple[tuple[str, str], ...]
    seconds: int
    ldflags: str = "-s -w"

    @property
    def directory(self) -> Path:
        """Where its go.mod and go.sum are."""
        return HERE / self.name


def stamp(version: str) -> str:
    """The linker flags without which Kubernetes' binaries call themselves v0.0.0, and kubeadm refuses."""
    major, minor, _ = version.removeprefix("v").split(".")
    values = {"gitVersion": version, "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean"}
    return " ".join(["-s -w", *(f"-X {VERSION_PACKAGE}.{key}={value}" for key, value in values.items())])


MODULES = (
    Module("etcd", ETCD, (("etcd", "go.etcd.io/etcd/server/v3"),), 60),
    Module("kwok", KWOK, (("kwok", "sigs.k8s.io/kwok/cmd/kwok"),), 75),
    Module(
        "kubernetes",
        KUBERNETES,
        tuple((name, f"k8s.io/kubernetes/cmd/{name}") for name in KUBERNETES_BINARIES),
        270,
        stamp(KUBERNETES),
    ),
)

HELM, KUSTOMIZE = "v4.2.4", "v5.8.1"
SHELL_MODULES = (  # beside kubectl in the shell of a cluster with real nodes
    Module("helm", HELM, (("helm", "helm.sh/helm/v4/cmd/helm"),), 60, f"-s -w -X {HELM_PACKAGE}.version={HELM}"),
    Module(
        "kustomize",
        KUSTOMIZE,
        (("kustomize", "sigs.k8s.io/kustomize/kustomize/v5"),),
        10,
        f"-s -w -X {KUSTOMIZE_PACKAGE}.version=kustomize/{KUSTOMIZE}",
    ),
)

KIND_MODULE = Module("kind", KIND, (("kind", "sigs.k8s.io/kind"),), 10)


def target() -> str:
    """This machine as ``GOOS/GOARCH``."""
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine().lower())
    return f"{sys.platform}/{machine}"


def checksum(binary: str) -> str | None:
    """The SHA-256 of the official download of a Kubernetes binary for this machine, or None where none is pinned."""
    pinned: dict[str, str] = json.loads((HERE / "checksums.json").read_text())
    return pinned.get(f"{target()}/{binary}")


def download_url(binary: str) -> str:
    """The address of the official download of a Kubernetes binary for this machine."""
    return f"{DOWNLOADS}/{KUBERNETES}/bin/{target()}/{binary}"
