#!/bin/bash
# Runs in a container of the Debian base with what setup/images/node.py staged at /recipe: makes it a node,
# with layer.sh.
set -o errexit -o nounset -o pipefail
cp -r --no-preserve=ownership /recipe/rootfs/. /
mkdir -p /etc/cni/net.d /etc/kubernetes/manifests /var/lib/kubelet /kind/manifests
cp /usr/share/zoneinfo/UTC /etc/localtime 2>/dev/null || true

# Only what a node needs is started; systemd-binfmt would change the host's kernel.
find /lib/systemd/system/sysinit.target.wants -name systemd-tmpfiles-setup.service -delete
rm -f /lib/systemd/system/multi-user.target.wants/* /etc/systemd/system/*.wants/* /lib/systemd/system/local-fs.target.wants/*
rm -f /lib/systemd/system/sockets.target.wants/*udev* /lib/systemd/system/sockets.target.wants/*initctl*
rm -f /lib/systemd/system/basic.target.wants/*
echo 'ReadKMsg=no' >>/etc/systemd/journald.conf
systemctl enable kubelet.service containerd.service undo-mount-hacks.service 2>/dev/null
systemctl mask systemd-binfmt.service getty.target console-getty.service systemd-logind.service 2>/dev/null
ln -sf vim.tiny /usr/bin/vim 2>/dev/null || true

# Images are unpacked here, once, instead of in each node: in a volume, as an overlay cannot lie on this container's own.
# A node's /var is a copy of the image's: what never changes lies outside, shared by all nodes, with links to it.
STORE=/unpacked /bin/bash /recipe/layer.sh
shared=/opt/labs/containerd
mkdir -p "$shared/layers" /var/lib/containerd
mv /unpacked/io.containerd.content.v1.content "$shared/content"
ln -s "$shared/content" /unpacked/io.containerd.content.v1.content
for snapshot in /unpacked/io.containerd.snapshotter.v1.overlayfs/snapshots/*; do
  mv "$snapshot/fs" "$shared/layers/${snapshot##*/}"
  ln -s "$shared/layers/${snapshot##*/}" "$snapshot/fs"
done
mv /unpacked/* /var/lib/containerd
