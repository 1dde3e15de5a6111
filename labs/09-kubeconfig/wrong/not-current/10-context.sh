kubectl config --kubeconfig=fleet.kubeconfig use-context patrol@depot
