"""The layer that goes on kind's official images, shown on a stand-in for one: our own node without what the layer adds.

Lab images are pulled by digest from a registry on this machine.
"""

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from setup.commands import check, run
from setup.images import archive, debian, lab, node, official
from setup.images.official import Official
from setup.images.recipe import load
from setup.providers.embedded.ports import hold_port
from setup.tools.pins import KUBERNETES
from setup.tools.pins_node import PREVIOUS, RECIPE

pytestmark = pytest.mark.kind

STRIP = """
set -e
store=/var/lib/containerd shared=/opt/labs/containerd
rm $store/io.containerd.content.v1.content
mv $shared/content $store/io.containerd.content.v1.content
for snapshot in $store/io.containerd.snapshotter.v1.overlayfs/snapshots/*; do
  rm $snapshot/fs
  mv $shared/layers/${snapshot##*/} $snapshot/fs
done
rm -rf /opt/labs /usr/local/bin/etcd* /etc/apt/sources.list.d/* /kind/manifests/metrics-server.yaml
cp -p /usr/bin/kubeadm /usr/bin/kubelet /usr/bin/kubectl /tmp
dpkg --purge --force-all kubeadm kubelet kubectl
mv /tmp/kube* /usr/bin
containerd --log-level warn >/dev/null 2>&1 &
until ctr version >/dev/null 2>&1; do sleep 0.1; done
ctr -n k8s.io images ls -q | grep -E 'busybox|curl|nginx|redis|agnhost|metrics' | xargs ctr -n k8s.io images rm
kill %1; wait %1 || true
"""


@pytest.fixture
def registry(tmp_path):
    """A registry of this machine; its address."""
    with hold_port() as held:
        port = held.getsockname()[1]
    config = tmp_path / "registry.yml"
    config.write_text(
        f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {tmp_path / 'registry'}}}}}\n"
        f"http: {{addr: '127.0.0.1:{port}'}}\nlog: {{level: error}}\n"
    )
    process = subprocess.Popen(["docker-registry", "serve", str(config)], stderr=subprocess.DEVNULL)
    yield f"127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


@pytest.fixture
def images():
    """Names of images that are removed at the end."""
    made: list[str] = []
    yield made
    run(["docker", "image", "rm", "--force", *made], deadline=120)


def stripped(version: str, cache: Path, images: list[str]) -> str:
    """An image that is to ours what kind's official one is: a node, without the layer."""
    base, name = node.ensure(version, cache, "docker", print), f"cka-labs-test/official:{version}"
    container = f"cka-labs-strip-{os.getpid()}"
    words = ("--network", "none", "--entrypoint", "/bin/bash", base, "-c", STRIP)
    check(["docker", "run", "--name", container, *words], deadline=120)
    check(["docker", "commit", container, name], deadline=120)
    check(["docker", "rm", container], deadline=60)
    images.append(name)
    return name


def published(name: str, registry: str, cache: Path, images: list[str]) -> tuple[str, str]:
    """A lab image in the registry and nowhere else: its name there and its digest."""
    recipe = load()
    tree = debian.tree(recipe.lab_packages, cache / RECIPE, print)
    with TemporaryDirectory() as folder:
        built = lab.build(
            name, recipe.lab_images[name], lab.Sources({}, tree, tree, recipe.directory / "images"), Path(folder)
        )
        archive.write([built], Path(folder) / "image.tar")
        check(["docker", "load", "--input", f"{folder}/image.tar"], deadline=120)
    there = f"{registry}/{name.split('/', 1)[1]}"
    check(["docker", "tag", name, there], deadline=30)
    check(["docker", "push", "--quiet", there], deadline=120)
    found = check(["docker", "image", "inspect", "--format", "{{index .RepoDigests 0}}", there], deadline=30).text
    check(["docker", "image", "rm", there, name], deadline=60)
    images.append(found)
    return there, found.rsplit("@", 1)[1]


def test_an_official_node_gets_our_tools_images_and_upgrade(kind_provider, registry, images):
    cache = kind_provider.cache
    busybox, digest = published("docker.io/library/busybox:1.37", registry, cache, images)
    previous, current = (stripped(version, cache, images) for version in (PREVIOUS, KUBERNETES))
    wanted = Official(previous, PREVIOUS, {busybox: digest}, current, KUBERNETES)
    made = official.ensure(wanted, cache, "docker", print)
    images += [made, f"{official.OURS}/busybox:1.37"]
    container = f"cka-labs-look-{os.getpid()}"
    look = (
        "etcdutl version; apt-get update -qq; apt-cache madison kubeadm; dpkg -s kubelet | grep ^Version; "
        "apt-get install -y --allow-change-held-packages 'kubeadm=1.36.3-*' >/dev/null; kubeadm version -o short; "
        "(containerd --log-level warn >/dev/null 2>&1 &); until ctr version >/dev/null 2>&1; do sleep 0.1; done; "
        "ctr -n k8s.io images ls -q; ls /kind/manifests; cat /kind/version"
    )
    words = ("--rm", "--name", container, "--network", "none", "--entrypoint", "/bin/bash", made, "-c", look)
    told = check(["docker", "run", *words], deadline=180).text
    assert "etcdutl version: 3.6" in told
    assert "kubeadm | 1.36.3-1.1 |" in told
    assert f"Version: {PREVIOUS.removeprefix('v')}-1.1" in told
    assert f"\n{KUBERNETES}\n" in told
    assert f"registry.k8s.io/kube-apiserver:{KUBERNETES}" in told
    assert f"registry.k8s.io/kube-apiserver:{PREVIOUS}" in told
    assert f"\n{busybox}\n" in told
    assert "cka-labs/lab" not in told
    assert "metrics-server.yaml" in told
    assert told.endswith(PREVIOUS)
    entrypoint = check(
        ["docker", "image", "inspect", "--format", "{{.Config.Entrypoint}} {{.Config.StopSignal}}", made], deadline=30
    )
    assert entrypoint.text == "[/usr/local/bin/entrypoint /sbin/init] SIGRTMIN+3"
