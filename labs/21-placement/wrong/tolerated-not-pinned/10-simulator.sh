kubectl -n studio patch deployment simulator --type=json -p '[{"op": "remove", "path": "/spec/template/spec/affinity"}]'
kubectl -n studio rollout status deployment simulator --timeout=30s
