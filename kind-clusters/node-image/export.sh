#!/bin/bash
# Runs in a container of an official node image: writes the control plane's images that it holds into /recipe/images-newer.tar.
set -o errexit -o nounset -o pipefail
containerd --log-level warn >/tmp/containerd.log 2>&1 &
for _ in $(seq 300); do
  ctr version >/dev/null 2>&1 && break
  sleep 0.1
done
mapfile -t images < <(kubeadm config images list --kubernetes-version "$(cat /kind/version)")
ctr --namespace k8s.io images export --platform "linux/$(dpkg --print-architecture)" /recipe/images-newer.tar "${images[@]}"
kill %1
wait %1 || true
