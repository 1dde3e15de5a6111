package podnet

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"sigs.k8s.io/knftables"
)

// renew is how often everything is looked at although no node changed.
const renew = 30 * time.Second

// Network is one node's part of the pod network.
type Network struct {
	Node    string
	Subnets []string // of the whole cluster's pods
	CNI     string   // the folder with the container runtime's CNI configuration
	NFT     knftables.Interface
	Nodes   corelisters.NodeLister
	Log     *slog.Logger
}

// Run keeps the network as the nodes want it until the context ends. Nothing is taken away then: pods go on talking.
func (n *Network) Run(ctx context.Context, informer cache.SharedIndexInformer) error {
	dirty := make(chan struct{}, 1)
	change := func() {
		select {
		case dirty <- struct{}{}:
		default:
		}
	}
	if _, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { change() },
		UpdateFunc: func(before, now any) { ifMoved(before, now, change) },
		DeleteFunc: func(any) { change() },
	}); err != nil {
		return err
	}
	for {
		if err := n.apply(ctx); err != nil {
			n.Log.Error("pod network", "error", err)
			time.AfterFunc(time.Second, change)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-dirty:
		case <-time.After(renew):
		}
	}
}

// ifMoved leaves out the heartbeats.
func ifMoved(before, now any, change func()) {
	old, wasNode := before.(*corev1.Node)
	node, isNode := now.(*corev1.Node)
	if wasNode && isNode && len(Routes("", []*corev1.Node{old})) == len(Routes("", []*corev1.Node{node})) {
		a, b := Routes("", []*corev1.Node{old}), Routes("", []*corev1.Node{node})
		for index := range a {
			if a[index] != b[index] {
				change()
				return
			}
		}
		return
	}
	change()
}

func (n *Network) apply(ctx context.Context) error {
	nodes, err := n.Nodes.List(labels.Everything())
	if err != nil {
		return err
	}
	tx := n.NFT.NewTransaction()
	Masquerade(tx, n.Subnets)
	problems := []error{n.NFT.Run(ctx, tx), Apply(Routes(n.Node, nodes))}
	for _, node := range nodes {
		if node.Name == n.Node && len(PodCIDRs(node)) > 0 {
			problems = append(problems, n.configure(PodCIDRs(node)))
		}
	}
	return errors.Join(problems...)
}

// configure writes the file whose presence tells the kubelet that the network is ready: last of all.
func (n *Network) configure(podCIDRs []string) error {
	content, err := Conflist(podCIDRs, MTU())
	if err != nil {
		return err
	}
	return Put(filepath.Join(n.CNI, "10-labs.conflist"), content, 0o644)
}
