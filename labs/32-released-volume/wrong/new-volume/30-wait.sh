kubectl -n library wait pvc letters --for=jsonpath={.status.phase}=Bound --timeout=40s
