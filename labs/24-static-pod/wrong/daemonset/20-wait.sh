kubectl -n harbour rollout status daemonset beacon --timeout=40s
