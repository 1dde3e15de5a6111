package policy

import (
	"net/netip"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// reach is a set of addresses at the other end of a connection: everything, some pods, or a block with holes.
type reach struct {
	everyone bool
	block    netip.Prefix
	except   []netip.Prefix
	pods     []endpoint
}

// reaches lists what a rule's peers stand for; no peers at all stand for everyone.
func (c cluster) reaches(namespace string, peers []networkingv1.NetworkPolicyPeer) []reach {
	if len(peers) == 0 {
		return []reach{{everyone: true}}
	}
	var all []reach
	var pods []endpoint
	for _, peer := range peers {
		if peer.IPBlock != nil {
			if made, ok := blockReach(peer.IPBlock); ok {
				all = append(all, made)
			}
			continue
		}
		pods = append(pods, c.selected(namespace, peer)...)
	}
	if len(pods) > 0 {
		all = append(all, reach{pods: pods})
	}
	return all
}

func blockReach(block *networkingv1.IPBlock) (reach, bool) {
	prefix, err := netip.ParsePrefix(block.CIDR)
	if err != nil {
		return reach{}, false
	}
	made := reach{block: prefix.Masked()}
	for _, text := range block.Except {
		hole, err := netip.ParsePrefix(text)
		if err != nil {
			return reach{}, false
		}
		made.except = append(made.except, hole.Masked())
	}
	return made, true
}

// selected are the pods of a peer: both selectors must hold; without a namespaceSelector it is the policy's namespace.
func (c cluster) selected(namespace string, peer networkingv1.NetworkPolicyPeer) []endpoint {
	inNamespace := func(name string) bool { return name == namespace }
	if peer.NamespaceSelector != nil {
		selector := selectorOf(peer.NamespaceSelector)
		inNamespace = func(name string) bool {
			set, known := c.namespaces[name]
			return known && selector.Matches(set)
		}
	}
	chosen := labels.Everything()
	if peer.PodSelector != nil {
		chosen = selectorOf(peer.PodSelector)
	}
	var pods []endpoint
	for _, endpoint := range c.endpoints {
		if inNamespace(endpoint.namespace) && chosen.Matches(endpoint.labels) {
			pods = append(pods, endpoint)
		}
	}
	return pods
}

// contains tells whether an address is one of the reach's.
func (r reach) contains(address netip.Addr) bool {
	if r.everyone {
		return true
	}
	if r.block.IsValid() {
		for _, hole := range r.except {
			if hole.Contains(address) {
				return false
			}
		}
		return r.block.Contains(address)
	}
	for _, pod := range r.pods {
		for _, own := range pod.addresses {
			if own == address {
				return true
			}
		}
	}
	return false
}

// selectorOf selects nothing where the selector cannot be understood: a mistake must not open a door.
func selectorOf(selector *metav1.LabelSelector) labels.Selector {
	made, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return labels.Nothing()
	}
	return made
}
