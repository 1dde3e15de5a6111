#!/bin/bash
# Runs in a container of a node image, kind's official one or ours, with what setup/images/layer.py staged at /recipe: puts
# our tools, packages and images on top. The container becomes the image that clusters are made of.
#   STORE    where containerd keeps the images (default: where it does in a node, not unpacked)
set -o errexit -o nounset -o pipefail
cp -r --no-preserve=ownership /recipe/layer/. /

# The repository in the node is the only one: apt works, with no network.
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*
echo 'deb [trusted=yes] file:/opt/labs/apt ./' >/etc/apt/sources.list.d/kubernetes.list
dpkg --install /recipe/packages/*.deb >/dev/null
apt-mark hold kubeadm kubectl kubelet >/dev/null
apt-get update -qq
kubectl completion bash >/etc/kubectl-completion.bash

unpack=--no-unpack
[ -z "${STORE:-}" ] || unpack=
containerd --root "${STORE:-/var/lib/containerd}" --log-level warn >/tmp/containerd.log 2>&1 &
for _ in $(seq 300); do
  ctr version >/dev/null 2>&1 && break
  sleep 0.1
done
for archive in /recipe/images-*.tar; do
  ctr --namespace k8s.io images import --local $unpack --digests "$archive"
done
while read -r from to; do # pulled ones have names of our own in the archive
  ctr --namespace k8s.io images tag --force "$from" "$to"
  ctr --namespace k8s.io images remove "$from"
done </recipe/names
kill %1
wait %1 || true
rm -rf /tmp/* /run/containerd /var/cache/apt/archives/*.deb
