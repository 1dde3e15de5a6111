package podnet

import (
	"net/netip"
	"strings"

	"sigs.k8s.io/knftables"
)

// Table is the name of the nftables table (family inet) that this package owns.
const Table = "labs-podnet"

// Masquerade hides pods' addresses behind the node's where traffic leaves the pod network, and only there: between pods
// the source stays, which is what NetworkPolicies of the receiving end are about.
func Masquerade(tx *knftables.Transaction, subnets []string) {
	tx.Add(&knftables.Table{Comment: knftables.PtrTo("masquerading of what leaves the pod network")})
	tx.Add(&knftables.Chain{
		Name: "postrouting", Type: knftables.PtrTo(knftables.NATType),
		Hook: knftables.PtrTo(knftables.PostroutingHook), Priority: knftables.PtrTo(knftables.SNATPriority),
	})
	tx.Flush(&knftables.Chain{Name: "postrouting"})
	byFamily := map[string][]string{}
	for _, subnet := range subnets {
		if prefix, err := netip.ParsePrefix(subnet); err == nil {
			family := "ip"
			if prefix.Addr().Is6() {
				family = "ip6"
			}
			byFamily[family] = append(byFamily[family], prefix.Masked().String())
		}
	}
	for _, family := range []string{"ip", "ip6"} {
		if len(byFamily[family]) == 0 {
			continue
		}
		pods := "{ " + strings.Join(byFamily[family], ", ") + " }"
		tx.Add(&knftables.Rule{Chain: "postrouting", Rule: knftables.Concat(family, "saddr", pods, family, "daddr !=", pods, "masquerade fully-random")})
	}
}
