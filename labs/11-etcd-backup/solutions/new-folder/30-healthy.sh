until kubectl get --raw /readyz >/dev/null 2>&1; do sleep 1; done
sleep 18  # the leases of controller manager and scheduler
kubectl -n town-hall delete pods --all --wait=false
sleep 2
kubectl -n town-hall rollout status deployment register --timeout=90s
