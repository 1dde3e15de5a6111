package podnet

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/knftables"
)

func node(name, ip string, podCIDRs ...string) *corev1.Node {
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       corev1.NodeSpec{PodCIDRs: podCIDRs},
		Status:     corev1.NodeStatus{Addresses: []corev1.NodeAddress{{Type: corev1.NodeHostName, Address: name}, {Type: corev1.NodeInternalIP, Address: ip}}},
	}
}

func TestRoutesLeadToTheOtherNodesOnly(t *testing.T) {
	routes := Routes("a", []*corev1.Node{node("a", "172.18.0.2", "10.1.0.0/24"), node("b", "172.18.0.3", "10.2.0.0/24"), node("new", "172.18.0.4")})
	if len(routes) != 1 || routes[0].Pods.String() != "10.2.0.0/24" || routes[0].Via.String() != "172.18.0.3" {
		t.Errorf("%v", routes)
	}
}

func TestAHeartbeatIsNoChange(t *testing.T) {
	changes := 0
	count := func() { changes++ }
	ifMoved(node("b", "172.18.0.3", "10.2.0.0/24"), node("b", "172.18.0.3", "10.2.0.0/24"), count)
	if changes != 0 {
		t.Error("a heartbeat counted")
	}
	ifMoved(node("b", "172.18.0.3"), node("b", "172.18.0.3", "10.2.0.0/24"), count)
	ifMoved(node("b", "172.18.0.3", "10.2.0.0/24"), node("b", "172.18.0.9", "10.2.0.0/24"), count)
	if changes != 2 {
		t.Errorf("%d changes seen of 2", changes)
	}
}

func TestOnlyWhatLeavesThePodNetworkIsMasqueraded(t *testing.T) {
	fake := knftables.NewFake(knftables.InetFamily, Table)
	tx := fake.NewTransaction()
	Masquerade(tx, []string{"10.244.0.0/16", "fd00:10::/56"})
	if err := fake.Run(context.Background(), tx); err != nil {
		t.Fatal(err)
	}
	rules, _ := fake.ListRules(context.Background(), "postrouting")
	var got []string
	for _, rule := range rules {
		got = append(got, rule.Rule)
	}
	want := []string{
		"ip saddr { 10.244.0.0/16 } ip daddr != { 10.244.0.0/16 } masquerade fully-random",
		"ip6 saddr { fd00:10::/56 } ip6 daddr != { fd00:10::/56 } masquerade fully-random",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestTheChainEndsWithTheGate(t *testing.T) {
	text, err := Conflist([]string{"10.1.0.0/24"}, 1450)
	if err != nil {
		t.Fatal(err)
	}
	var made struct {
		Plugins []struct {
			Type string
			MTU  int
		}
	}
	if err := json.Unmarshal(text, &made); err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, plugin := range made.Plugins {
		types = append(types, plugin.Type)
	}
	if !slices.Equal(types, []string{"ptp", "portmap", "labs-netpol-gate"}) || made.Plugins[0].MTU != 1450 {
		t.Errorf("%s", text)
	}
}

func TestAFileThatSaysTheSameIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	put := func(text string) os.FileInfo {
		if err := Put(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	first := put("a")
	if !os.SameFile(first, put("a")) {
		t.Error("written again")
	}
	if os.SameFile(first, put("b")) {
		t.Error("not replaced whole")
	}
}
