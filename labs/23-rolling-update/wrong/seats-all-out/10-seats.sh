kubectl -n theatre rollout resume deployment/seats
kubectl -n theatre rollout status deployment/seats --timeout=120s
