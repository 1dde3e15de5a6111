kubectl -n studio patch deployment scoreboard -p '{"spec": {"template": {"spec": {"affinity": {"podAntiAffinity": {
  "requiredDuringSchedulingIgnoredDuringExecution": null,
  "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": {
    "topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "scoreboard"}}}}]}}}}}}'
kubectl -n studio rollout status deployment scoreboard --timeout=30s
