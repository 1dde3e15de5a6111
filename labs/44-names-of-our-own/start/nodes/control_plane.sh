# CoreDNS may still answer by what it was told in an earlier attempt: Pods that are new read what is there now.
export KUBECONFIG=/etc/kubernetes/admin.conf
kubectl -n kube-system delete pods -l k8s-app=kube-dns --now
for try in $(seq 100); do
  ready=$(kubectl -n kube-system get deployment coredns -o jsonpath='{.status.readyReplicas}/{.spec.replicas}')
  [ "${ready%/*}" = "${ready#*/}" ] && exit 0
  sleep 0.5
done
echo "CoreDNS is not ready: $ready" >&2
exit 1
