kubectl -n theatre patch deployment tickets -p '{"spec": {"strategy": {"rollingUpdate": {"maxSurge": "30%"}}}}'
