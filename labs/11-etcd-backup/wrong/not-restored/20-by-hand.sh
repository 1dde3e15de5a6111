kubectl -n town-hall create configmap deeds --from-literal=deed=unknown
kubectl -n town-hall create deployment register --image=busybox:1.37 --replicas=2 -- sleep 86400
kubectl -n town-hall rollout status deployment register --timeout=40s
