kubectl -n harbour delete daemonset beacon --cascade=foreground --timeout=60s
