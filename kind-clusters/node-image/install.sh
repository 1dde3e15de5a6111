#!/bin/bash
# Runs in a container of the Debian base with what setup/images/node.py staged at /recipe; the container becomes the image.
set -o errexit -o nounset -o pipefail
cp -r --no-preserve=ownership /recipe/rootfs/. /
mkdir -p /etc/cni/net.d /etc/kubernetes/manifests /var/lib/kubelet /kind/manifests
cp /usr/share/zoneinfo/UTC /etc/localtime 2>/dev/null || true

# The repository in the node is the only one: apt works, with no network.
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*
echo 'deb [trusted=yes] file:/opt/labs/apt ./' >/etc/apt/sources.list.d/kubernetes.list
dpkg --install /recipe/packages/*.deb >/dev/null
apt-mark hold kubeadm kubectl kubelet >/dev/null
apt-get update -qq

# Only what a node needs is started; systemd-binfmt would change the host's kernel.
find /lib/systemd/system/sysinit.target.wants -name systemd-tmpfiles-setup.service -delete
rm -f /lib/systemd/system/multi-user.target.wants/* /etc/systemd/system/*.wants/* /lib/systemd/system/local-fs.target.wants/*
rm -f /lib/systemd/system/sockets.target.wants/*udev* /lib/systemd/system/sockets.target.wants/*initctl*
rm -f /lib/systemd/system/basic.target.wants/*
echo 'ReadKMsg=no' >>/etc/systemd/journald.conf
systemctl enable kubelet.service containerd.service undo-mount-hacks.service 2>/dev/null
systemctl mask systemd-binfmt.service getty.target console-getty.service systemd-logind.service 2>/dev/null
ln -sf vim.tiny /usr/bin/vim 2>/dev/null || true
/usr/local/bin/etcdctl completion bash >/dev/null
kubectl completion bash >/etc/kubectl-completion.bash

containerd --log-level warn >/tmp/containerd.log 2>&1 &
for _ in $(seq 300); do
  ctr version >/dev/null 2>&1 && break
  sleep 0.1
done
for archive in /recipe/images-*.tar; do
  ctr --namespace k8s.io images import --local --no-unpack --digests "$archive"
done
kill %1
wait %1 || true
rm -rf /tmp/* /run/containerd /var/cache/apt/archives/*.deb
