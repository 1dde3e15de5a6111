kubectl -n press wait pvc/invoices pvc/photos pvc/drafts pvc/journal --for=jsonpath='{.status.phase}'=Bound --timeout=60s
kubectl -n press rollout status deployment editorial --timeout=60s
