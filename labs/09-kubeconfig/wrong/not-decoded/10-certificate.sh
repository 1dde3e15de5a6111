kubectl config --kubeconfig=fleet.kubeconfig view --raw \
  -o jsonpath='{.users[?(@.name=="surveyor")].user.client-certificate-data}' > surveyor.crt
