// Package policy turns NetworkPolicies, pods and namespaces into one node's nftables rules.
//
// It is a pure function of what the API server says: no clocks, no kernel, no network.
package policy

import (
	"cmp"
	"net/netip"
	"slices"

	"cka-labs/netpol/sandbox"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
)

// Snapshot is everything that the rules of one node depend on.
type Snapshot struct {
	Node       string
	Pods       []*corev1.Pod
	Namespaces []*corev1.Namespace
	Policies   []*networkingv1.NetworkPolicy
	Sandboxes  []sandbox.Sandbox
}

// configHash is on a static pod's mirror and holds the uid under which the runtime knows the static pod.
const configHash = "kubernetes.io/config.hash"

// endpoint is a pod with an address of its own; pods in hostNetwork are none, their address is the node's.
type endpoint struct {
	namespace string
	name      string
	labels    labels.Set
	ports     []corev1.ContainerPort
	addresses []netip.Addr
	local     bool
}

// cluster is a snapshot, resolved.
type cluster struct {
	endpoints  []endpoint
	namespaces map[string]labels.Set
	policies   []*networkingv1.NetworkPolicy
	held       []netip.Addr
}

func resolve(snapshot Snapshot) cluster {
	made := cluster{namespaces: map[string]labels.Set{}, policies: slices.Clone(snapshot.Policies)}
	for _, namespace := range snapshot.Namespaces {
		made.namespaces[namespace.Name] = namespace.Labels
	}
	slices.SortFunc(made.policies, func(a, b *networkingv1.NetworkPolicy) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	claimed := map[int]bool{}
	for _, pod := range snapshot.Pods {
		local := pod.Spec.NodeName == snapshot.Node
		addresses := statusAddresses(pod)
		if local {
			if index := sandboxOf(snapshot.Sandboxes, pod); index >= 0 {
				claimed[index] = true
				addresses = snapshot.Sandboxes[index].Addresses
			}
		}
		if pod.Spec.HostNetwork || over(pod) || len(addresses) == 0 {
			continue
		}
		made.endpoints = append(made.endpoints, endpoint{
			namespace: pod.Namespace, name: pod.Name, labels: pod.Labels,
			ports: containerPorts(pod), addresses: addresses, local: local,
		})
	}
	slices.SortFunc(made.endpoints, func(a, b endpoint) int {
		return cmp.Or(cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.name, b.name))
	})
	made.held = held(snapshot, made, claimed)
	return made
}

// held are the addresses of sandboxes that belong to no pod we know of, in namespaces that have policies: what applies to
// them cannot be said yet (or any more), so they are denied everything until it can.
func held(snapshot Snapshot, known cluster, claimed map[int]bool) []netip.Addr {
	guarded := map[string]bool{}
	for _, policy := range snapshot.Policies {
		guarded[policy.Namespace] = true
	}
	owned := map[netip.Addr]bool{}
	for _, endpoint := range known.endpoints {
		for _, address := range endpoint.addresses {
			owned[address] = true
		}
	}
	var addresses []netip.Addr
	for index, made := range snapshot.Sandboxes {
		if claimed[index] || !guarded[made.Namespace] {
			continue
		}
		for _, address := range made.Addresses {
			if !owned[address] {
				addresses = append(addresses, address)
			}
		}
	}
	return addresses
}

// sandboxOf gives the index of the last sandbox made for the pod, or -1.
func sandboxOf(sandboxes []sandbox.Sandbox, pod *corev1.Pod) int {
	for index := len(sandboxes) - 1; index >= 0; index-- {
		if Owns(pod, sandboxes[index]) {
			return index
		}
	}
	return -1
}

// Owns tells whether the sandbox is this pod's, and not a namesake's from before.
func Owns(pod *corev1.Pod, made sandbox.Sandbox) bool {
	if made.Namespace != pod.Namespace || made.Name != pod.Name {
		return false
	}
	return types.UID(made.UID) == pod.UID || (made.UID != "" && made.UID == pod.Annotations[configHash])
}

func statusAddresses(pod *corev1.Pod) []netip.Addr {
	texts := []string{pod.Status.PodIP}
	for _, ip := range pod.Status.PodIPs {
		texts = append(texts, ip.IP)
	}
	var addresses []netip.Addr
	for _, text := range texts {
		if address, err := netip.ParseAddr(text); err == nil && !slices.Contains(addresses, address) {
			addresses = append(addresses, address)
		}
	}
	return addresses
}

// containerPorts includes those of native sidecars: init containers that stay.
func containerPorts(pod *corev1.Pod) []corev1.ContainerPort {
	var ports []corev1.ContainerPort
	for _, container := range pod.Spec.InitContainers {
		if container.RestartPolicy != nil && *container.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			ports = append(ports, container.Ports...)
		}
	}
	for _, container := range pod.Spec.Containers {
		ports = append(ports, container.Ports...)
	}
	return ports
}

// over pods have given their address back; another pod may have it by now.
func over(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}
