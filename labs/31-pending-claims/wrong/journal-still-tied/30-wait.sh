kubectl -n press wait pvc/invoices pvc/photos pvc/drafts --for=jsonpath='{.status.phase}'=Bound --timeout=60s
