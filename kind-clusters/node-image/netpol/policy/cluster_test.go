package policy

import (
	"net/netip"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"cka-labs/netpol/sandbox"
)

// The small cluster of all tests: two namespaces on node "here", one pod elsewhere, one in hostNetwork.
const (
	here  = "here"
	webIP = "10.1.0.1"
	dbIP  = "10.1.0.2"
	cliIP = "10.1.0.3"
	farIP = "10.2.0.1"
)

func pod(namespace, name, node, ip string, labels map[string]string, ports ...corev1.ContainerPort) *corev1.Pod {
	made := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: labels, UID: types.UID(namespace + "-" + name)},
		Spec:       corev1.PodSpec{NodeName: node, Containers: []corev1.Container{{Ports: ports}}},
	}
	if ip != "" {
		made.Status = corev1.PodStatus{Phase: corev1.PodRunning, PodIP: ip, PodIPs: []corev1.PodIP{{IP: ip}}}
	}
	return made
}

func port(name string, number int32) corev1.ContainerPort {
	return corev1.ContainerPort{Name: name, ContainerPort: number, Protocol: corev1.ProtocolTCP}
}

func smallCluster(t *testing.T, policies ...string) Snapshot {
	t.Helper()
	host := pod("shop", "host", here, "172.18.0.2", map[string]string{"app": "web"})
	host.Spec.HostNetwork = true
	snapshot := Snapshot{
		Node: here,
		Namespaces: []*corev1.Namespace{
			{ObjectMeta: metav1.ObjectMeta{Name: "shop", Labels: map[string]string{"team": "shop"}}},
			{ObjectMeta: metav1.ObjectMeta{Name: "ops", Labels: map[string]string{"team": "ops"}}},
		},
		Pods: []*corev1.Pod{
			pod("shop", "web", here, webIP, map[string]string{"app": "web"}, port("http", 8080)),
			pod("shop", "db", here, dbIP, map[string]string{"app": "db"}, port("sql", 5432)),
			pod("ops", "cli", here, cliIP, map[string]string{"app": "cli"}),
			pod("ops", "web", "there", farIP, map[string]string{"app": "web"}, port("http", 9090)),
			host,
		},
	}
	for _, text := range policies {
		snapshot.Policies = append(snapshot.Policies, parse(t, text))
	}
	return snapshot
}

func parse(t *testing.T, text string) *networkingv1.NetworkPolicy {
	t.Helper()
	made := &networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "p"}}
	if err := yaml.UnmarshalStrict([]byte(text), &made.Spec); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return made
}

func sandboxOfPod(pod *corev1.Pod, ip string) sandbox.Sandbox {
	return sandbox.Sandbox{Namespace: pod.Namespace, Name: pod.Name, UID: string(pod.UID), Addresses: []netip.Addr{netip.MustParseAddr(ip)}}
}
