kubectl -n studio patch deployment scoreboard --type=json \
  -p '[{"op": "add", "path": "/spec/template/spec/topologySpreadConstraints/0/nodeTaintsPolicy", "value": "Honor"}]'
kubectl -n studio rollout status deployment scoreboard --timeout=30s
