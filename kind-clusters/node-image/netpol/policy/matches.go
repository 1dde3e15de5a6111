package policy

import (
	"net/netip"
	"slices"
	"strings"
)

// families in the order in which their rules are written.
var families = []string{"ip", "ip6"}

func familyOf(address netip.Addr) string {
	if address.Is4() {
		return "ip"
	}
	return "ip6"
}

// oneOf gives nft's "ip saddr { a, b }", once for each family that has addresses.
func oneOf(side string, addresses []netip.Addr) []string {
	var all []string
	for _, family := range families {
		if set := setOf(family, addresses); set != "" {
			all = append(all, family+" "+side+" "+set)
		}
	}
	return all
}

func setOf(family string, addresses []netip.Addr) string {
	sorted := slices.Clone(addresses)
	slices.SortFunc(sorted, netip.Addr.Compare)
	var texts []string
	for _, address := range slices.Compact(sorted) {
		if familyOf(address) == family {
			texts = append(texts, address.String())
		}
	}
	if len(texts) == 0 {
		return ""
	}
	return "{ " + strings.Join(texts, ", ") + " }"
}

// matches gives the nft expressions, any of which is true for an address of this reach.
func (r reach) matches(side string) []string {
	if r.everyone {
		return []string{""}
	}
	if r.block.IsValid() {
		family := familyOf(r.block.Addr())
		match := family + " " + side + " " + r.block.String()
		for _, hole := range r.except {
			match += " " + family + " " + side + " != " + hole.String()
		}
		return []string{match}
	}
	var addresses []netip.Addr
	for _, pod := range r.pods {
		addresses = append(addresses, pod.addresses...)
	}
	return oneOf(side, addresses)
}
