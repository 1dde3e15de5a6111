// Package podnet is the pod network itself: the CNI configuration of this node, routes to the others, and masquerading.
package podnet

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// plugin is one step of the chain; the keys are those of the CNI plugins' documentation.
type plugin map[string]any

// Conflist is the CNI chain: a veth pair of its own for every pod (ptp), so that also traffic between two pods of one node
// is routed and passes the forward hook; hostPort by portmap; and the gate that waits for the pod's policies.
func Conflist(podCIDRs []string, mtu int) ([]byte, error) {
	ranges := make([][]map[string]string, 0, len(podCIDRs))
	for _, cidr := range podCIDRs {
		ranges = append(ranges, []map[string]string{{"subnet": cidr}})
	}
	return json.MarshalIndent(map[string]any{
		"cniVersion": "1.0.0",
		"name":       "labs",
		"plugins": []plugin{
			{
				"type": "ptp", "ipMasq": false, "mtu": mtu,
				"ipam": map[string]any{"type": "host-local", "dataDir": "/run/cni-ipam-state", "ranges": ranges, "routes": routesOf(podCIDRs)},
			},
			{"type": "portmap", "capabilities": map[string]bool{"portMappings": true}},
			{"type": "labs-netpol-gate"},
		},
	}, "", "  ")
}

func routesOf(podCIDRs []string) []map[string]string {
	var routes []map[string]string
	for _, cidr := range podCIDRs {
		everywhere := "0.0.0.0/0"
		if bytes.ContainsRune([]byte(cidr), ':') {
			everywhere = "::/0"
		}
		routes = append(routes, map[string]string{"dst": everywhere})
	}
	return routes
}

// Put writes the file whole, and only if it says something new.
func Put(path string, content []byte, mode fs.FileMode) error {
	now, err := os.ReadFile(path)
	if err == nil && bytes.Equal(now, content) {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	unfinished := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".new")
	if err := os.WriteFile(unfinished, content, mode); err != nil {
		return err
	}
	return os.Rename(unfinished, path)
}
