package policy

import (
	"context"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/knftables"

	"cka-labs/netpol/sandbox"
)

// rulesOf fills a fake kernel and gives the rules of every chain, those of base chains under their name, those of all
// policies together under "policies".
func rulesOf(t *testing.T, snapshot Snapshot) map[string][]string {
	t.Helper()
	fake := knftables.NewFake(knftables.InetFamily, Table)
	tx := fake.NewTransaction()
	names := Fill(tx, snapshot, nil)
	if err := fake.Run(context.Background(), tx); err != nil {
		t.Fatalf("%v in\n%s", err, tx)
	}
	found := map[string][]string{}
	for _, name := range names {
		rules, err := fake.ListRules(context.Background(), name)
		if err != nil {
			t.Fatal(err)
		}
		key := name
		if strings.Contains(name, "-policy-") {
			key = "policies"
		}
		for _, rule := range rules {
			found[key] = append(found[key], rule.Rule)
		}
	}
	return found
}

func TestWithoutPoliciesNothingIsJudged(t *testing.T) {
	rules := rulesOf(t, smallCluster(t))
	for _, chain := range []string{"ingress", "egress"} {
		if got := rules[chain]; len(got) != 1 || got[0] != "ct state established,related accept" {
			t.Errorf("%s: %q", chain, got)
		}
	}
}

func TestPolicyRules(t *testing.T) {
	const web = "podSelector: {matchLabels: {app: web}}\n"
	const out = web + "policyTypes: [Egress]\n"
	for name, test := range map[string]struct {
		policy string
		want   []string
	}{
		"default deny accepts nothing": {"podSelector: {}\npolicyTypes: [Ingress, Egress]", nil},
		"an empty rule accepts all":    {web + "ingress: [{}]", []string{"accept"}},
		"no ingress key, no ingress":   {web, nil},
		"pods of the own namespace": {web + "ingress: [{from: [{podSelector: {matchLabels: {app: db}}}]}]",
			[]string{"ip saddr { 10.1.0.2 } accept"}},
		"pods of other namespaces": {web + "ingress: [{from: [{namespaceSelector: {matchLabels: {team: ops}}}]}]",
			[]string{"ip saddr { 10.1.0.3, 10.2.0.1 } accept"}},
		"both selectors must hold": {web + "ingress: [{from: [{namespaceSelector: {matchLabels: {team: ops}}, podSelector: {matchLabels: {app: web}}}]}]",
			[]string{"ip saddr { 10.2.0.1 } accept"}},
		"either of two peers": {web + "ingress: [{from: [{namespaceSelector: {matchLabels: {team: ops}}}, {podSelector: {matchLabels: {app: db}}}]}]",
			[]string{"ip saddr { 10.1.0.2, 10.1.0.3, 10.2.0.1 } accept"}},
		"nobody selected, nobody accepted": {web + "ingress: [{from: [{podSelector: {matchLabels: {app: nobody}}}]}]", nil},
		"expressions": {web + "ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [db]}]}}]}]",
			[]string{"ip saddr { 10.1.0.1 } accept"}},
		"block with holes": {web + "ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/24, 10.2.0.0/16]}}]}]",
			[]string{"ip saddr 10.0.0.0/8 ip saddr != 10.1.0.0/24 ip saddr != 10.2.0.0/16 accept"}},
		"block of the sixth version": {web + "ingress: [{from: [{ipBlock: {cidr: 'fd00::/8'}}]}]", []string{"ip6 saddr fd00::/8 accept"}},
		"ports of all protocols": {web + "ingress: [{ports: [{port: 80}, {port: 53, protocol: UDP}, {port: 99, protocol: SCTP}]}]",
			[]string{"tcp dport 80 accept", "udp dport 53 accept", "sctp dport 99 accept"}},
		"a protocol alone":                 {web + "ingress: [{ports: [{protocol: UDP}]}]", []string{"meta l4proto udp accept"}},
		"a range":                          {web + "ingress: [{ports: [{port: 80, endPort: 90}]}]", []string{"tcp dport 80-90 accept"}},
		"a range of one":                   {web + "ingress: [{ports: [{port: 80, endPort: 80}]}]", []string{"tcp dport 80 accept"}},
		"a named port inwards":             {web + "ingress: [{ports: [{port: http}]}]", []string{"ip daddr { 10.1.0.1 } tcp dport 8080 accept"}},
		"a named port of another protocol": {web + "ingress: [{ports: [{port: http, protocol: UDP}]}]", nil},
		"a named port from a block of the other family": {web + "ingress: [{from: [{ipBlock: {cidr: '::/0'}}], ports: [{port: http}]}]", nil},
		"egress to a port": {out + "egress: [{to: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: 5432}]}]",
			[]string{"ip daddr { 10.1.0.2 } tcp dport 5432 accept"}},
		"a named port outwards is the receiver's": {out + "egress: [{to: [{namespaceSelector: {}}], ports: [{port: http}]}]",
			[]string{"ip daddr { 10.1.0.1 } tcp dport 8080 accept", "ip daddr { 10.2.0.1 } tcp dport 9090 accept"}},
		"a named port outwards to a block": {out + "egress: [{to: [{ipBlock: {cidr: 10.2.0.0/16}}], ports: [{port: http}]}]",
			[]string{"ip daddr { 10.2.0.1 } tcp dport 9090 accept"}},
		"a selector that says nonsense opens nothing": {web + "ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: Nonsense}]}}]}]", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := rulesOf(t, smallCluster(t, test.policy))["policies"]; !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestOnlyOwnPodsWithAddressesOfTheirOwnAreIsolated(t *testing.T) {
	rules := rulesOf(t, smallCluster(t, "podSelector: {}"))
	want := "ip daddr { 10.1.0.1, 10.1.0.2 } goto ingress-pods-"
	if !slices.ContainsFunc(rules["ingress"], func(rule string) bool { return strings.HasPrefix(rule, want) }) {
		t.Errorf("no %q in %q", want, rules["ingress"])
	}
	if len(rules["egress"]) != 1 {
		t.Errorf("egress judged too: %q", rules["egress"])
	}
}

func TestPolicyTypesFollowTheDefaults(t *testing.T) {
	for text, want := range map[string][2]bool{
		"podSelector: {}":                                       {true, false},
		"podSelector: {}\negress: [{}]":                         {true, true},
		"podSelector: {}\npolicyTypes: [Egress]":                {false, true},
		"podSelector: {}\npolicyTypes: [Ingress]\negress: [{}]": {true, false},
	} {
		rules := rulesOf(t, smallCluster(t, text))
		if got := [2]bool{len(rules["ingress"]) > 1, len(rules["egress"]) > 1}; got != want {
			t.Errorf("%q isolates ingress, egress: %v, want %v", text, got, want)
		}
	}
}

func TestNoPodIsKeptFromItself(t *testing.T) {
	rules := rulesOf(t, smallCluster(t, "podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress, Egress]"))
	for _, chain := range []string{"ingress", "egress"} {
		if !slices.Contains(rules[chain], "ip saddr 10.1.0.1 ip daddr 10.1.0.1 accept") {
			t.Errorf("%s: %q", chain, rules[chain])
		}
	}
}

func TestFinishedPodsAreNobody(t *testing.T) {
	snapshot := smallCluster(t, "podSelector: {}\ningress: [{from: [{podSelector: {}}]}]")
	snapshot.Pods[1].Status.Phase = corev1.PodSucceeded
	if got := rulesOf(t, snapshot)["policies"]; !slices.Equal(got, []string{"ip saddr { 10.1.0.1 } accept"}) {
		t.Errorf("%q", got)
	}
}

func TestAPodIsIsolatedBeforeItsAddressIsReported(t *testing.T) {
	snapshot := smallCluster(t, "podSelector: {matchLabels: {app: new}}")
	fresh := pod("shop", "new", here, "", map[string]string{"app": "new"})
	snapshot.Pods = append(snapshot.Pods, fresh)
	snapshot.Sandboxes = append(snapshot.Sandboxes, sandboxOfPod(fresh, "10.1.0.9"))
	if got := rulesOf(t, snapshot)["ingress"]; !strings.HasPrefix(got[len(got)-1], "ip daddr { 10.1.0.9 } goto ") {
		t.Errorf("%q", got)
	}
}

func TestAStaticPodIsKnownByItsMirror(t *testing.T) {
	snapshot := smallCluster(t, "podSelector: {matchLabels: {app: static}}")
	mirror := pod("shop", "static-here", here, "", map[string]string{"app": "static"})
	mirror.Annotations = map[string]string{configHash: "abc"}
	made := sandboxOfPod(mirror, "10.1.0.9")
	made.UID = "abc"
	snapshot.Pods, snapshot.Sandboxes = append(snapshot.Pods, mirror), []sandbox.Sandbox{made}
	if got := rulesOf(t, snapshot)["ingress"]; !strings.HasPrefix(got[len(got)-1], "ip daddr { 10.1.0.9 } goto ") {
		t.Errorf("%q", got)
	}
}

func TestAnUnknownSandboxIsHeldWhereThereArePolicies(t *testing.T) {
	unknown := pod("shop", "unknown", here, "", nil)
	for namespace, held := range map[string]bool{"shop": true, "ops": false} {
		snapshot := smallCluster(t, "podSelector: {matchLabels: {app: nobody}}")
		made := sandboxOfPod(unknown, "10.1.0.9")
		made.Namespace = namespace
		snapshot.Sandboxes = []sandbox.Sandbox{made}
		rules := rulesOf(t, snapshot)
		if got := slices.Contains(rules["ingress"], "ip daddr { 10.1.0.9 } drop") && slices.Contains(rules["egress"], "ip saddr { 10.1.0.9 } drop"); got != held {
			t.Errorf("%s: held %v in %q", namespace, got, rules)
		}
	}
}

func TestANamesakesSandboxIsNotThePods(t *testing.T) {
	snapshot := smallCluster(t, "podSelector: {}")
	old := sandboxOfPod(snapshot.Pods[0], "10.1.0.9")
	old.UID = "before"
	snapshot.Sandboxes = []sandbox.Sandbox{old}
	rules := rulesOf(t, snapshot)["ingress"]
	if !slices.Contains(rules, "ip daddr { 10.1.0.9 } drop") || !strings.HasPrefix(rules[len(rules)-1], "ip daddr { 10.1.0.1, 10.1.0.2 } goto ") {
		t.Errorf("%q", rules)
	}
}

func TestWhatIsNoLongerWantedIsTakenAway(t *testing.T) {
	fake := knftables.NewFake(knftables.InetFamily, Table)
	ctx := context.Background()
	apply := func(snapshot Snapshot) []string {
		before, _ := fake.List(ctx, "chains")
		tx := fake.NewTransaction()
		Fill(tx, snapshot, before)
		if err := fake.Run(ctx, tx); err != nil {
			t.Fatalf("%v in\n%s", err, tx)
		}
		after, _ := fake.List(ctx, "chains")
		return after
	}
	if got := apply(smallCluster(t, "podSelector: {}\ningress: [{}]")); len(got) != 4 {
		t.Errorf("with a policy: %q", got)
	}
	if got := apply(smallCluster(t)); len(got) != 2 {
		t.Errorf("without: %q", got)
	}
}

func TestTheSameClusterGivesTheSameRules(t *testing.T) {
	text := "podSelector: {}\ningress: [{from: [{namespaceSelector: {}}], ports: [{port: http}, {port: sql}]}]\negress: [{to: [{namespaceSelector: {}}], ports: [{port: http}, {port: sql}]}]"
	write := func(snapshot Snapshot) string {
		tx := knftables.NewFake(knftables.InetFamily, Table).NewTransaction()
		Fill(tx, snapshot, nil)
		return tx.String()
	}
	first, second := smallCluster(t, text), smallCluster(t, text)
	slices.Reverse(second.Pods)
	if write(first) != write(second) {
		t.Error("they depend on the order in which pods are listed")
	}
}
