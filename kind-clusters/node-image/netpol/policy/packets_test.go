package policy

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/knftables"
)

// These tests send real packets between network namespaces, through the kernel's own reading of the rules. "node" routes, as
// a node does with ptp; web, db and cli are its pods; far is a pod of another node and outside is no pod at all.
// They need root and nft; without, they are skipped.

const (
	outsideIP = "192.0.2.9"
	serviceIP = "10.96.0.1"
	nodeIP    = "10.1.0.254"
)

var everyone = map[string]string{"web": webIP, "db": dbIP, "cli": cliIP, "far": farIP, "outside": outsideIP}

// netnsName keeps apart what two runs on one machine make.
func netnsName(name string) string { return fmt.Sprintf("np%d-%s", os.Getpid(), name) }

func command(t *testing.T, stdin string, words ...string) {
	t.Helper()
	made := exec.Command(words[0], words[1:]...)
	made.Stdin = strings.NewReader(stdin)
	if output, err := made.CombinedOutput(); err != nil {
		t.Fatalf("%q: %v: %s\n%s", words, err, output, stdin)
	}
}

func ip(t *testing.T, words string) {
	t.Helper()
	command(t, "", append([]string{"ip"}, strings.Fields(words)...)...)
}

// buildNetwork makes the namespaces and what listens in them.
func buildNetwork(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	if _, err := exec.LookPath("nft"); err != nil {
		t.Skip("needs nft")
	}
	node := netnsName("node")
	for _, name := range append([]string{"node"}, sortedKeys(everyone)...) {
		ip(t, "netns add "+netnsName(name))
		t.Cleanup(func() { ip(t, "netns del "+netnsName(name)) })
		ip(t, "-n "+netnsName(name)+" link set lo up")
	}
	command(t, "", "ip", "netns", "exec", node, "sysctl", "-qw", "net.ipv4.ip_forward=1")
	for index, name := range sortedKeys(everyone) {
		address, link, self := everyone[name], fmt.Sprintf("v%d", index), netnsName(name)
		ip(t, fmt.Sprintf("-n %s link add %s type veth peer name eth0 netns %s", node, link, self))
		ip(t, fmt.Sprintf("-n %s addr add 10.1.0.254/32 dev %s", node, link))
		ip(t, fmt.Sprintf("-n %s link set %s up", node, link))
		ip(t, fmt.Sprintf("-n %s route add %s/32 dev %s", node, address, link))
		ip(t, fmt.Sprintf("-n %s addr add %s/32 dev eth0", self, address))
		ip(t, fmt.Sprintf("-n %s link set eth0 up", self))
		ip(t, fmt.Sprintf("-n %s route add 10.1.0.254 dev eth0", self))
		ip(t, fmt.Sprintf("-n %s route add default via 10.1.0.254", self))
		for _, number := range []int{80, 81, 82} {
			listenTCP(t, name, number)
		}
		listenUDP(t, name, 80)
		listenSCTP(t, name)
	}
	listenTCP(t, "node", 80)
	// What kube-proxy does: a Service of web's port 81 under port 80, and the hairpin back to web itself.
	command(t, fmt.Sprintf(`table ip proxy {
  chain services { type nat hook prerouting priority dstnat; ip daddr %s tcp dport 80 dnat to %s:81; }
  chain hairpins { type nat hook postrouting priority srcnat; ip saddr %s ip daddr %s masquerade; }
}`, serviceIP, webIP, webIP, webIP), "ip", "netns", "exec", node, "nft", "-f", "-")
}

// kernel writes rules into the node's namespace.
type kernel struct {
	chains []string
}

func (k *kernel) write(t *testing.T, snapshot Snapshot) {
	t.Helper()
	fake := knftables.NewFake(knftables.InetFamily, Table) // it only spells the transaction
	tx := fake.NewTransaction()
	k.chains = Fill(tx, snapshot, k.chains)
	command(t, tx.String(), "ip", "netns", "exec", netnsName("node"), "nft", "-f", "-")
}

func policies(t *testing.T, texts ...string) Snapshot {
	t.Helper()
	snapshot := smallCluster(t)
	for index, text := range texts {
		made := parse(t, text)
		made.Name = fmt.Sprintf("p%d", index)
		snapshot.Policies = append(snapshot.Policies, made)
	}
	return snapshot
}

// flows are "cli>web:tcp/80"; the result keeps those that get through.
func through(t *testing.T, flows []string) []string {
	t.Helper()
	results := make([]bool, len(flows))
	done := make(chan int)
	for index, flow := range flows {
		go func() {
			from, rest, _ := strings.Cut(flow, ">")
			to, what, _ := strings.Cut(rest, ":")
			results[index] = probe(from, address(to), what)
			done <- index
		}()
	}
	for range flows {
		<-done
	}
	var passed []string
	for index, flow := range flows {
		if results[index] {
			passed = append(passed, flow)
		}
	}
	return passed
}

func address(name string) string {
	if found, ok := map[string]string{"service": serviceIP, "node": nodeIP}[name]; ok {
		return found
	}
	return everyone[name]
}

func TestPackets(t *testing.T) {
	buildNetwork(t)
	k := &kernel{}
	all := []string{
		"cli>web:tcp/80", "cli>web:tcp/81", "cli>web:tcp/82", "cli>web:udp/80", "cli>web:sctp/80", "cli>service:tcp/80",
		"db>web:tcp/80", "db>service:tcp/80", "far>web:tcp/80", "outside>web:tcp/80", "web>service:tcp/80",
		"web>db:tcp/80", "web>far:tcp/80", "web>outside:tcp/80", "node>web:tcp/80", "web>node:tcp/80",
	}
	const web, out = "podSelector: {matchLabels: {app: web}}\n", "policyTypes: [Egress]\n"
	always := []string{"web>service:tcp/80", "node>web:tcp/80", "web>node:tcp/80"}
	inwards := []string{"web>db:tcp/80", "web>far:tcp/80", "web>outside:tcp/80"}
	for _, test := range []struct {
		name     string
		policies []string
		want     []string
	}{
		{"no policy", nil, all},
		{"deny inwards", []string{web}, inwards},
		{"deny outwards", []string{web + out}, all[:10]},
		{"deny both ways everywhere", []string{"podSelector: {}\npolicyTypes: [Ingress, Egress]"}, nil},
		{"from the other namespace", []string{web + "ingress: [{from: [{namespaceSelector: {matchLabels: {team: ops}}}]}]"},
			append([]string{"cli>web:tcp/80", "cli>web:tcp/81", "cli>web:tcp/82", "cli>web:udp/80", "cli>web:sctp/80", "cli>service:tcp/80", "far>web:tcp/80"}, inwards...)},
		{"from everywhere but a hole", []string{web + "ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.1.0.0/24]}}]}]"},
			append([]string{"far>web:tcp/80", "outside>web:tcp/80"}, inwards...)},
		{"the port behind the Service", []string{web + "ingress: [{ports: [{port: 81}]}]"},
			append([]string{"cli>web:tcp/81", "cli>service:tcp/80", "db>service:tcp/80"}, inwards...)},
		{"a range", []string{web + "ingress: [{ports: [{port: 81, endPort: 82}]}]"},
			append([]string{"cli>web:tcp/81", "cli>web:tcp/82", "cli>service:tcp/80", "db>service:tcp/80"}, inwards...)},
		{"udp and sctp", []string{web + "ingress: [{ports: [{port: 80, protocol: UDP}, {protocol: SCTP}]}]"},
			append([]string{"cli>web:udp/80", "cli>web:sctp/80"}, inwards...)},
		{"two policies add up", []string{web + "ingress: [{ports: [{port: 82}]}]", web + "ingress: [{from: [{podSelector: {matchLabels: {app: db}}}]}]"},
			append([]string{"cli>web:tcp/82", "db>web:tcp/80", "db>service:tcp/80"}, inwards...)},
		{"outwards to a Service's pod by its own port", []string{"podSelector: {matchLabels: {app: db}}\n" + out + "egress: [{ports: [{port: 81}], to: [{podSelector: {matchLabels: {app: web}}}]}]"},
			slices.DeleteFunc(slices.Clone(all), func(flow string) bool { return flow == "db>web:tcp/80" })},
		{"outwards to pods only", []string{web + out + "egress: [{to: [{namespaceSelector: {}}]}]"},
			append(slices.Clone(all[:10]), "web>db:tcp/80", "web>far:tcp/80")},
		{"both ends must agree", []string{web + out + "egress: [{to: [{podSelector: {}}]}]", "podSelector: {matchLabels: {app: db}}"},
			all[:10]},
	} {
		t.Run(test.name, func(t *testing.T) {
			k.write(t, policies(t, test.policies...))
			wanted := append(slices.Clone(test.want), always...)
			slices.Sort(wanted)
			got := through(t, all)
			slices.Sort(got)
			if wanted = slices.Compact(wanted); !slices.Equal(got, wanted) {
				t.Errorf("got  %q\nwant %q", got, wanted)
			}
		})
	}
}

func TestRepliesAndOldConnectionsGoOn(t *testing.T) {
	buildNetwork(t)
	k := &kernel{}
	k.write(t, policies(t))
	connection := dial(t, "cli", webIP+":80")
	k.write(t, policies(t, "podSelector: {}\npolicyTypes: [Ingress, Egress]"))
	if !echoes(connection) {
		t.Error("the old connection was cut")
	}
	if probe("cli", webIP, "tcp/80") {
		t.Error("a new connection was let in")
	}
}

// A rewrite must at no moment let through what both the old and the new rules deny.
func TestNoGapWhileRulesAreReplaced(t *testing.T) {
	buildNetwork(t)
	k := &kernel{}
	deny := "podSelector: {matchLabels: {app: web}}"
	k.write(t, policies(t, deny))
	leaked, sent, stop := flood(t, "cli", webIP, 80)
	for round := 0; round < 60 || (sent() < 1000 && round < 600); round++ {
		snapshot := policies(t, deny, "podSelector: {matchLabels: {app: db}}")
		if round%2 == 0 {
			snapshot = policies(t, deny, "podSelector: {matchLabels: {app: web}}\ningress: [{ports: [{port: 81}]}]")
			snapshot.Policies[1].Name = fmt.Sprintf("round-%d", round)
		}
		if round%3 == 0 { // an agent that was started anew knows only what the kernel lists
			k.chains = listed(t)
		}
		k.write(t, snapshot)
	}
	stop()
	if sent() < 1000 || leaked() > 0 {
		t.Errorf("%d of %d packets leaked", leaked(), sent())
	}
}

func listed(t *testing.T) []string {
	t.Helper()
	output, err := exec.Command("ip", "netns", "exec", netnsName("node"), "nft", "list", "table", "inet", Table).Output()
	if err != nil {
		t.Fatal(err)
	}
	var chains []string
	for line := range strings.Lines(string(output)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "chain" {
			chains = append(chains, words[1])
		}
	}
	return chains
}

// More pods and policies than any exercise has must still be written well within the two seconds that are promised.
func TestManyPodsAreWrittenInTime(t *testing.T) {
	buildNetwork(t)
	snapshot := smallCluster(t)
	for number := range 150 {
		node := []string{here, "there"}[number%2]
		snapshot.Pods = append(snapshot.Pods, pod("shop", fmt.Sprintf("pod-%d", number), node, fmt.Sprintf("10.3.%d.%d", number/100, number%100+1),
			map[string]string{"app": fmt.Sprintf("app-%d", number%50)}, corev1.ContainerPort{Name: "http", ContainerPort: int32(8000 + number%7), Protocol: corev1.ProtocolTCP}))
	}
	for number := range 40 {
		made := parse(t, fmt.Sprintf("podSelector: {matchLabels: {app: app-%d}}\npolicyTypes: [Ingress, Egress]\ningress: [{from: [{namespaceSelector: {}}], ports: [{port: http}, {port: 53, protocol: UDP}]}]\negress: [{to: [{podSelector: {}}], ports: [{port: http}]}]", number%50))
		made.Name = fmt.Sprintf("p%d", number)
		snapshot.Policies = append(snapshot.Policies, made)
	}
	start := time.Now()
	(&kernel{}).write(t, snapshot)
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("took %s", took)
	}
}
