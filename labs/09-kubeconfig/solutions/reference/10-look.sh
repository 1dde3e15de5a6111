kubectl config --kubeconfig=fleet.kubeconfig get-contexts -o name > contexts.txt
kubectl config --kubeconfig=fleet.kubeconfig view --raw \
  -o jsonpath='{.users[?(@.name=="surveyor")].user.client-certificate-data}' | base64 -d > surveyor.crt
