package policy

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// gate is one allowed protocol and port range; with addresses it holds only for those destinations (a named port).
type gate struct {
	match     string
	named     bool
	addresses []netip.Addr
}

// gates lists what a rule's ports stand for; no ports at all stand for everything.
// Names are looked up in the pods at the destination, where they may mean different numbers.
func gates(ports []networkingv1.NetworkPolicyPort, destinations []endpoint) []gate {
	if len(ports) == 0 {
		return []gate{{}}
	}
	var all []gate
	for _, port := range ports {
		protocol := corev1.ProtocolTCP
		if port.Protocol != nil {
			protocol = *port.Protocol
		}
		word := strings.ToLower(string(protocol))
		switch {
		case port.Port == nil:
			all = append(all, gate{match: "meta l4proto " + word})
		case port.Port.Type == intstr.String:
			all = append(all, named(port.Port.StrVal, protocol, destinations)...)
		case port.EndPort != nil && *port.EndPort > port.Port.IntVal:
			all = append(all, gate{match: fmt.Sprintf("%s dport %d-%d", word, port.Port.IntVal, *port.EndPort)})
		case port.EndPort != nil && *port.EndPort < port.Port.IntVal: // an empty range
		default:
			all = append(all, gate{match: fmt.Sprintf("%s dport %d", word, port.Port.IntVal)})
		}
	}
	return all
}

func named(name string, protocol corev1.Protocol, destinations []endpoint) []gate {
	byNumber := map[int32][]netip.Addr{}
	for _, pod := range destinations {
		for _, port := range pod.ports {
			if port.Name == name && (port.Protocol == protocol || (port.Protocol == "" && protocol == corev1.ProtocolTCP)) {
				byNumber[port.ContainerPort] = append(byNumber[port.ContainerPort], pod.addresses...)
				break
			}
		}
	}
	numbers := make([]int32, 0, len(byNumber))
	for number := range byNumber {
		numbers = append(numbers, number)
	}
	slices.Sort(numbers)
	var all []gate
	for _, number := range numbers {
		match := fmt.Sprintf("%s dport %d", strings.ToLower(string(protocol)), number)
		all = append(all, gate{match: match, named: true, addresses: byNumber[number]})
	}
	return all
}
