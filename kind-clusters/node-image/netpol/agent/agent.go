// Package agent keeps one node's nftables rules as the API server's NetworkPolicies, pods and namespaces want them.
package agent

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"
	"sigs.k8s.io/knftables"

	"cka-labs/netpol/policy"
	"cka-labs/netpol/sandbox"
)

const (
	// gather is how long the first of several changes waits for the others.
	gather = 20 * time.Millisecond
	// again is how soon a failed transaction is tried again.
	again = 500 * time.Millisecond
	// renew is how often the rules are written although nothing changed, in case somebody removed them.
	renew = 30 * time.Second
	// acquaintance is how long a new sandbox's pod may stay unknown to the watch before it starts closed.
	acquaintance = 2 * time.Second
)

// Agent holds the rules of one node.
type Agent struct {
	node      string
	nft       knftables.Interface
	informers informers.SharedInformerFactory
	folder    sandbox.Folder
	log       *slog.Logger
	dirty     chan struct{}

	mu      sync.Mutex
	written string
	chains  []string
}

// New makes an agent for the node; folder holds the sandboxes that the CNI chain made.
func New(node string, nft knftables.Interface, factory informers.SharedInformerFactory, folder sandbox.Folder, log *slog.Logger) (*Agent, error) {
	made := &Agent{node: node, nft: nft, informers: factory, folder: folder, log: log, dirty: make(chan struct{}, 1)}
	for _, informer := range []cache.SharedIndexInformer{
		factory.Core().V1().Pods().Informer(),
		factory.Core().V1().Namespaces().Informer(),
		factory.Networking().V1().NetworkPolicies().Informer(),
	} {
		if _, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc:    func(any) { made.change() },
			UpdateFunc: func(any, any) { made.change() },
			DeleteFunc: func(any) { made.change() },
		}); err != nil {
			return nil, err
		}
	}
	return made, nil
}

func (a *Agent) change() {
	select {
	case a.dirty <- struct{}{}:
	default:
	}
}

// Run writes the rules whenever something changed. The informers must have synced: rules made from half a cluster would
// open what the rules of the agent before us keep closed. When the context ends the rules stay in the kernel.
func (a *Agent) Run(ctx context.Context) {
	ticker := time.NewTicker(renew)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			a.forget()
		case <-a.dirty:
			time.Sleep(gather)
		}
		if err := a.Write(ctx); err != nil {
			a.log.Error("rules not written", "error", err)
			a.forget()
			time.AfterFunc(again, a.change)
		}
	}
}

// forget makes the next Write look at the kernel.
func (a *Agent) forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.written, a.chains = "", nil
}

// Write brings the kernel's rules up to date; it does nothing if they are.
func (a *Agent) Write(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	snapshot, err := a.snapshot()
	if err != nil {
		return err
	}
	wanted := a.nft.NewTransaction()
	policy.Fill(wanted, snapshot, nil)
	if wanted.String() == a.written {
		return nil
	}
	if a.written == "" {
		chains, err := a.nft.List(ctx, "chains")
		if err != nil && !knftables.IsNotFound(err) {
			return fmt.Errorf("list chains: %w", err)
		}
		a.chains = chains
	}
	tx := a.nft.NewTransaction()
	names := policy.Fill(tx, snapshot, a.chains)
	start := time.Now()
	if err := a.nft.Run(ctx, tx); err != nil {
		return err
	}
	a.log.Info("rules written", "chains", len(names), "took", time.Since(start).Round(time.Millisecond).String())
	a.written, a.chains = wanted.String(), names
	return nil
}

func (a *Agent) snapshot() (policy.Snapshot, error) {
	pods, err := a.informers.Core().V1().Pods().Lister().List(labels.Everything())
	if err != nil {
		return policy.Snapshot{}, err
	}
	namespaces, err := a.informers.Core().V1().Namespaces().Lister().List(labels.Everything())
	if err != nil {
		return policy.Snapshot{}, err
	}
	policies, err := a.informers.Networking().V1().NetworkPolicies().Lister().List(labels.Everything())
	if err != nil {
		return policy.Snapshot{}, err
	}
	return policy.Snapshot{
		Node: a.node, Pods: pods, Namespaces: namespaces, Policies: policies, Sandboxes: a.folder.All(),
	}, nil
}

// Admit returns when the rules for the sandbox are in the kernel. A pod that the watch does not tell of in time (the API
// server may be down) is let in too: policy.Fill keeps it closed if its namespace has policies.
func (a *Agent) Admit(ctx context.Context, id string) error {
	if made, err := a.folder.Read(id); err == nil {
		end := time.Now().Add(acquaintance)
		for !a.knows(made) && time.Now().Before(end) {
			time.Sleep(gather)
		}
	}
	return a.Write(ctx)
}

func (a *Agent) knows(made sandbox.Sandbox) bool {
	pod, err := a.informers.Core().V1().Pods().Lister().Pods(made.Namespace).Get(made.Name)
	return err == nil && policy.Owns(pod, made)
}

// Trim drops what no rule depends on, to keep memory small in large clusters.
func Trim(object any) (any, error) {
	if pod, ok := object.(*corev1.Pod); ok {
		pod.ManagedFields = nil
		pod.Spec.Volumes = nil
	}
	return object, nil
}
