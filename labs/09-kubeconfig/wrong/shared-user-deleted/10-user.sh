kubectl config --kubeconfig=fleet.kubeconfig delete-user surveyor
