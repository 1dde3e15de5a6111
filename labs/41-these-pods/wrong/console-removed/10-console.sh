kubectl -n records patch deployment charts --type=json -p '[{"op": "remove", "path": "/spec/template/spec/containers/1"}]'
kubectl -n records rollout status deployment charts --timeout=50s
