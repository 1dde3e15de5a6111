kubectl -n library wait pvc letters --for=jsonpath={.status.phase}=Bound --timeout=40s
kubectl -n library rollout status deployment reading-room --timeout=50s
