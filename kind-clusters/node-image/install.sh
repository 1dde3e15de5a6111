#!/bin/bash
# Runs in a container of the Debian base with what setup/images/node.py staged at /recipe: makes it a node; layer.sh goes on.
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
exec /bin/bash /recipe/layer.sh
