package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/knftables"
)

// Table is the name of the nftables table (family inet) that this package owns.
const Table = "labs-netpol"

// direction says which end of a connection a policy isolates: its chain, the isolated end, the other end.
type direction struct {
	chain string
	own   string
	other string
	kind  networkingv1.PolicyType
}

// Egress is judged first. Each has a base chain of its own on the forward hook, so that "accept" in the one leads on to the other.
// On that hook the destination is a pod's own address (DNAT of Services is at prerouting, long before) and the source
// is the sender's (SNAT is at postrouting). What a node says to its own pods, and hears from them, is never forwarded,
// which is the exception that the API's documentation makes: it is always allowed.
var directions = []direction{
	{chain: "egress", own: "saddr", other: "daddr", kind: networkingv1.PolicyTypeEgress},
	{chain: "ingress", own: "daddr", other: "saddr", kind: networkingv1.PolicyTypeIngress},
}

// chain is one nft chain, in full.
type chain struct {
	name    string
	base    bool
	comment string
	rules   []string
}

// Fill writes the whole table for this snapshot into the transaction; existing names the chains that the table has now.
// It returns the names of the chains that the table has then.
//
// Everything is replaced in one transaction, with the base chains kept, so that no packet sees a state in between.
func Fill(tx *knftables.Transaction, snapshot Snapshot, existing []string) []string {
	wanted := chains(resolve(snapshot))
	tx.Add(&knftables.Table{Comment: knftables.PtrTo("NetworkPolicy of the pods on this node")})
	names := make([]string, 0, len(wanted))
	for index, chain := range wanted {
		names = append(names, chain.name)
		made := &knftables.Chain{Name: chain.name}
		if chain.comment != "" {
			made.Comment = knftables.PtrTo(chain.comment)
		}
		if chain.base {
			made.Type, made.Hook = knftables.PtrTo(knftables.FilterType), knftables.PtrTo(knftables.ForwardHook)
			made.Priority = knftables.PtrTo([]knftables.BaseChainPriority{"filter-2", "filter-1"}[index])
		}
		tx.Add(made)
		tx.Flush(&knftables.Chain{Name: chain.name})
	}
	var stale []string
	for _, name := range existing {
		if !slices.Contains(names, name) {
			stale = append(stale, name)
			tx.Flush(&knftables.Chain{Name: name})
		}
	}
	for _, chain := range wanted {
		for _, rule := range chain.rules {
			tx.Add(&knftables.Rule{Chain: chain.name, Rule: rule})
		}
	}
	for _, name := range stale {
		tx.Delete(&knftables.Chain{Name: name})
	}
	return names
}

// chains gives the two base chains, then all others.
func chains(c cluster) []chain {
	var base, rest []chain
	for _, direction := range directions {
		first, others := c.isolation(direction)
		base, rest = append(base, first), append(rest, others...)
	}
	return append(base, rest...)
}

// isolation gives a direction's base chain, a chain for each set of pods under the same policies, and one for each policy.
func (c cluster) isolation(d direction) (chain, []chain) {
	base := chain{name: d.chain, base: true, rules: []string{"ct state established,related accept"}}
	for _, match := range oneOf(d.own, c.held) {
		base.rules = append(base.rules, match+" drop")
	}
	groups := map[string][]endpoint{}
	policies := map[string][]*networkingv1.NetworkPolicy{}
	for _, pod := range c.endpoints {
		if !pod.local {
			continue
		}
		if applied := c.applied(pod, d.kind); len(applied) > 0 {
			key := keyOf(applied)
			groups[key], policies[key] = append(groups[key], pod), applied
		}
	}
	subjects := map[*networkingv1.NetworkPolicy][]endpoint{}
	var rest []chain
	for _, key := range sortedKeys(groups) {
		pods := groups[key]
		name := d.chain + "-pods-" + digest(key)
		for _, pod := range pods {
			base.rules = append(base.rules, toItself(pod)...)
		}
		for _, match := range oneOf(d.own, addressesOf(pods)) {
			base.rules = append(base.rules, match+" goto "+name)
		}
		made := chain{name: name}
		for _, policy := range policies[key] {
			made.rules = append(made.rules, "jump "+policyChain(d, policy))
			subjects[policy] = append(subjects[policy], pods...)
		}
		made.rules = append(made.rules, "drop")
		rest = append(rest, made)
	}
	for _, policy := range c.policies {
		if pods := subjects[policy]; len(pods) > 0 {
			rest = append(rest, c.policyRules(d, policy, pods))
		}
	}
	return base, rest
}

// applied are the policies that isolate the pod in this direction.
func (c cluster) applied(pod endpoint, kind networkingv1.PolicyType) []*networkingv1.NetworkPolicy {
	var all []*networkingv1.NetworkPolicy
	for _, policy := range c.policies {
		if policy.Namespace == pod.namespace && isolates(policy, kind) && selectorOf(&policy.Spec.PodSelector).Matches(pod.labels) {
			all = append(all, policy)
		}
	}
	return all
}

// isolates follows the API's defaulting where policyTypes is missing.
func isolates(policy *networkingv1.NetworkPolicy, kind networkingv1.PolicyType) bool {
	if len(policy.Spec.PolicyTypes) == 0 {
		return kind == networkingv1.PolicyTypeIngress || len(policy.Spec.Egress) > 0
	}
	return slices.Contains(policy.Spec.PolicyTypes, kind)
}

// policyRules accepts what the policy allows to or from these pods; what it does not falls back to the caller.
func (c cluster) policyRules(d direction, policy *networkingv1.NetworkPolicy, pods []endpoint) chain {
	made := chain{name: policyChain(d, policy), comment: short(policy.Namespace + "/" + policy.Name)}
	if d.kind == networkingv1.PolicyTypeIngress {
		for _, rule := range policy.Spec.Ingress {
			for _, from := range c.reaches(policy.Namespace, rule.From) {
				for _, gate := range gates(rule.Ports, pods) {
					made.rules = append(made.rules, accepts(from.matches(d.other), oneOf(d.own, gate.addresses), gate)...)
				}
			}
		}
		return made
	}
	for _, rule := range policy.Spec.Egress {
		for _, to := range c.reaches(policy.Namespace, rule.To) {
			for _, gate := range gates(rule.Ports, c.within(to)) {
				if gate.named { // its addresses are already among those that the peer may reach
					made.rules = append(made.rules, accepts([]string{""}, oneOf(d.other, gate.addresses), gate)...)
					continue
				}
				made.rules = append(made.rules, accepts(to.matches(d.other), nil, gate)...)
			}
		}
	}
	return made
}

// within are the pods at the destination, narrowed to the addresses that are reached.
func (c cluster) within(to reach) []endpoint {
	var pods []endpoint
	for _, pod := range c.endpoints {
		var inside []netip.Addr
		for _, address := range pod.addresses {
			if to.contains(address) {
				inside = append(inside, address)
			}
		}
		if len(inside) > 0 {
			pod.addresses = inside
			pods = append(pods, pod)
		}
	}
	return pods
}

// accepts crosses the peers' expressions with the named port's, leaving out pairs of different address families.
func accepts(peers, destinations []string, gate gate) []string {
	if !gate.named {
		destinations = []string{""}
	}
	var rules []string
	for _, peer := range peers {
		for _, destination := range destinations {
			if peer != "" && destination != "" && family(peer) != family(destination) {
				continue
			}
			words := strings.Fields(strings.Join([]string{peer, destination, gate.match, "accept"}, " "))
			rules = append(rules, strings.Join(words, " "))
		}
	}
	return rules
}

func family(match string) string {
	word, _, _ := strings.Cut(match, " ")
	return word
}

// toItself is a pod reaching itself through a Service: nothing can block a pod from itself.
func toItself(pod endpoint) []string {
	var rules []string
	for _, address := range pod.addresses {
		family := familyOf(address)
		rules = append(rules, strings.Join([]string{family, "saddr", address.String(), family, "daddr", address.String(), "accept"}, " "))
	}
	return rules
}

func addressesOf(pods []endpoint) []netip.Addr {
	var all []netip.Addr
	for _, pod := range pods {
		all = append(all, pod.addresses...)
	}
	return all
}

// policyChain is a name of bounded length; which policy it is stands in the chain's comment.
func policyChain(d direction, policy *networkingv1.NetworkPolicy) string {
	return d.chain + "-policy-" + digest(policy.Namespace+"/"+policy.Name)
}

func keyOf(policies []*networkingv1.NetworkPolicy) string {
	names := make([]string, 0, len(policies))
	for _, policy := range policies {
		names = append(names, policy.Namespace+"/"+policy.Name)
	}
	return strings.Join(names, " ")
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

func short(text string) string {
	return text[:min(len(text), knftables.CommentLengthMax)]
}

func sortedKeys[V any](of map[string]V) []string {
	keys := make([]string, 0, len(of))
	for key := range of {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
