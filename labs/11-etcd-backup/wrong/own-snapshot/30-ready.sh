until kubectl get --raw /readyz >/dev/null 2>&1; do sleep 1; done
