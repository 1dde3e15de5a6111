kubectl config --kubeconfig=fleet.kubeconfig get-contexts -o name > contexts.txt
