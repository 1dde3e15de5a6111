kubectl -n kube-system delete pods -l k8s-app=kube-dns
kubectl -n kube-system wait pods -l k8s-app=kube-dns --for=condition=Ready --timeout=120s
kubectl -n kube-system rollout status deployment coredns --timeout=120s
