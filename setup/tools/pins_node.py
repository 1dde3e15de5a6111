"""The pinned binaries of a node image, each built from a go.mod of ours."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from setup import shapes
from setup.tools.pins import ETCD, KUBERNETES, KUBERNETES_BINARIES, Module, stamp

PREVIOUS = "v1.35.4"
NODE_BINARIES = ("kubelet", "kubeadm", "kube-proxy")
CONTAINERD = "github.com/containerd/containerd/v2/cmd"
PLUGINS = "github.com/containernetworking/plugins/plugins"
RECIPE = "node-image"  # the folder in kind-clusters/


ETCD_MODULE = Module(
    "etcd",
    ETCD,
    (
        ("etcd", "go.etcd.io/etcd/server/v3"),
        ("etcdctl", "go.etcd.io/etcd/etcdctl/v3"),
        ("etcdutl", "go.etcd.io/etcd/etcdutl/v3"),
    ),
    60,
)


class RecipeModule(Module):
    """A Go module of our own whose sources are in the recipe; its version is the digest of them."""

    @property
    def directory(self) -> Path:
        """Where its go.mod is."""
        return shapes.directory() / RECIPE / self.name


def _of_kubernetes(name: str, version: str, packages: tuple[str, ...], seconds: int) -> Module:
    binaries = tuple((each.rsplit("/", 1)[1], f"k8s.io/kubernetes/{each}") for each in packages)
    return Module(name, version, binaries, seconds, stamp(version))


def kubernetes(version: str) -> Module:
    """What a node of that Kubernetes version is made of; KeyError when there is no recipe for it."""
    name = {KUBERNETES: "kubernetes", PREVIOUS: "kubernetes-previous"}[version]
    packages = tuple(f"cmd/{each}" for each in (*KUBERNETES_BINARIES, *NODE_BINARIES))
    return _of_kubernetes(name, version, packages, 330)


def digest(directory: Path) -> str:
    """Twelve hexadecimal digits for the contents of a folder, names included; documentation and tests do not count."""
    sum256 = hashlib.sha256()
    for path in sorted(each for each in directory.rglob("*") if each.is_file()):
        if path.suffix != ".md" and not path.name.endswith("_test.go") and "testdata" not in path.parts:
            sum256.update(f"{path.relative_to(directory)}\0{path.stat().st_mode & 0o111:o}\0".encode())
            sum256.update(path.read_bytes() + b"\0")
    return sum256.hexdigest()[:12]


def _ours(name: str, binaries: tuple[tuple[str, str], ...]) -> Module:
    return RecipeModule(name, digest(shapes.directory() / RECIPE / name), binaries, 60)


def modules(version: str) -> tuple[Module, ...]:
    """Every module of a node image of that Kubernetes version."""
    plugins = ("main/loopback", "main/ptp", "main/bridge", "ipam/host-local", "meta/portmap")
    commands = ("containerd", "ctr", "containerd-shim-runc-v2")
    return (
        Module("containerd", "v2.3.4", tuple((each, f"{CONTAINERD}/{each}") for each in commands), 55),
        Module("cni", "v1.9.1", tuple((each.rsplit("/", 1)[1], f"{PLUGINS}/{each}") for each in plugins), 20),
        Module("crictl", "v1.36.0", (("crictl", "sigs.k8s.io/cri-tools/cmd/crictl"),), 25),
        ETCD_MODULE,
        Module("coredns", "v1.14.3", (("coredns", "github.com/coredns/coredns"),), 90),
        Module(
            "local-path-provisioner",
            "v0.0.30",
            (("local-path-provisioner", "github.com/rancher/local-path-provisioner"),),
            60,
        ),
        Module(
            "metrics-server",
            "v0.9.0",
            (("metrics-server", "sigs.k8s.io/metrics-server/cmd/metrics-server"),),
            110,
            "-s -w -X k8s.io/client-go/pkg/version.gitVersion=v0.9.0",
        ),
        kubernetes(version),
        _of_kubernetes("kubernetes", KUBERNETES, ("test/images/agnhost",), 60),
        _ours("pause", (("pause", "labs/pause"),)),
        *_netpol(),
    )


def _netpol() -> tuple[Module, ...]:
    if not (shapes.directory() / RECIPE / "netpol" / "go.mod").exists():
        return ()
    packages = ("labs-netpol", "labs-netpol-gate")
    return (_ours("netpol", tuple((each, f"{_module_path()}/cmd/{each}") for each in packages)),)


def _module_path() -> str:
    lines = (shapes.directory() / RECIPE / "netpol" / "go.mod").read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith("module "))


VERSIONS: Mapping[str, str] = {"current": KUBERNETES, "previous": PREVIOUS}
