kubectl -n press get pvc journal -o yaml > journal.yaml
kubectl -n press delete pvc invoices photos drafts
kubectl replace --force -f journal.yaml
