package podnet

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/vishvananda/netlink"
	corev1 "k8s.io/api/core/v1"
)

// protocol marks our routes, so that those of nodes that went can be told from others'.
const protocol netlink.RouteProtocol = 76

// Route is the way to the pods of another node.
type Route struct {
	Pods netip.Prefix
	Via  netip.Addr
}

// Routes gives the way to every other node's pods that has told its address and got its podCIDR.
func Routes(self string, nodes []*corev1.Node) []Route {
	var all []Route
	for _, node := range nodes {
		if node.Name == self {
			continue
		}
		for _, cidr := range PodCIDRs(node) {
			pods, err := netip.ParsePrefix(cidr)
			if err != nil {
				continue
			}
			for _, via := range internal(node) {
				if via.Is4() == pods.Addr().Is4() {
					all = append(all, Route{Pods: pods.Masked(), Via: via})
					break
				}
			}
		}
	}
	return all
}

// PodCIDRs gives the node's ranges of pod addresses.
func PodCIDRs(node *corev1.Node) []string {
	if len(node.Spec.PodCIDRs) > 0 {
		return node.Spec.PodCIDRs
	}
	if node.Spec.PodCIDR != "" {
		return []string{node.Spec.PodCIDR}
	}
	return nil
}

func internal(node *corev1.Node) []netip.Addr {
	var all []netip.Addr
	for _, address := range node.Status.Addresses {
		if address.Type != corev1.NodeInternalIP {
			continue
		}
		if parsed, err := netip.ParseAddr(address.Address); err == nil {
			all = append(all, parsed)
		}
	}
	return all
}

// Apply sets these routes and removes those of ours that are not among them.
func Apply(wanted []Route) error {
	var problems []error
	for _, route := range wanted {
		made := &netlink.Route{Dst: network(route.Pods), Gw: route.Via.AsSlice(), Protocol: protocol}
		if err := netlink.RouteReplace(made); err != nil {
			problems = append(problems, fmt.Errorf("route to %s via %s: %w", route.Pods, route.Via, err))
		}
	}
	ours, err := netlink.RouteListFiltered(netlink.FAMILY_ALL, &netlink.Route{Protocol: protocol}, netlink.RT_FILTER_PROTOCOL)
	if err != nil {
		return errors.Join(append(problems, err)...)
	}
	for _, route := range ours {
		if route.Dst != nil && !slices.ContainsFunc(wanted, func(r Route) bool { return r.Pods.String() == route.Dst.String() }) {
			problems = append(problems, netlink.RouteDel(&route))
		}
	}
	return errors.Join(problems...)
}

func network(prefix netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: prefix.Addr().AsSlice(), Mask: net.CIDRMask(prefix.Bits(), prefix.Addr().BitLen())}
}

// MTU is that of the interface with the default route, in bytes; 1500 where there is none.
func MTU() int {
	routes, err := netlink.RouteList(nil, netlink.FAMILY_ALL)
	if err != nil {
		return 1500
	}
	for _, route := range routes {
		if route.Dst != nil && route.Dst.IP != nil && !route.Dst.IP.IsUnspecified() {
			continue
		}
		if link, err := netlink.LinkByIndex(route.LinkIndex); err == nil {
			return link.Attrs().MTU
		}
	}
	return 1500
}
