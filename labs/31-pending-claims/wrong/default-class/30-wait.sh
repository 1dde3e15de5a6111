kubectl -n press wait pvc/photos pvc/drafts pvc/journal --for=jsonpath='{.status.phase}'=Bound --timeout=60s
