// labs-netpol is the agent on each node: the pod network, and the enforcement of NetworkPolicy.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/knftables"

	"cka-labs/netpol/agent"
	"cka-labs/netpol/podnet"
	"cka-labs/netpol/policy"
	"cka-labs/netpol/sandbox"
)

// Where the DaemonSet mounts the node's folders.
const (
	gateSource = "/usr/local/bin/labs-netpol-gate"
	gateTarget = "/opt/cni/bin/labs-netpol-gate"
	cniFolder  = "/etc/cni/net.d"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if err := run(ctx, log); err != nil {
		log.Error("stopped", "error", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, log *slog.Logger) error {
	node := os.Getenv("NODE_NAME")
	subnets := strings.FieldsFunc(os.Getenv("POD_SUBNET"), func(r rune) bool { return r == ',' || r == ' ' })
	if node == "" || len(subnets) == 0 {
		return fmt.Errorf("NODE_NAME and POD_SUBNET must be set")
	}
	client, err := connect(ctx, log)
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithTransform(agent.Trim))
	rules, err := knftables.New(knftables.InetFamily, policy.Table)
	if err != nil {
		return fmt.Errorf("nftables: %w", err)
	}
	nat, err := knftables.New(knftables.InetFamily, podnet.Table)
	if err != nil {
		return fmt.Errorf("nftables: %w", err)
	}
	enforcer, err := agent.New(node, rules, factory, sandbox.FolderIn(sandbox.Home), log)
	if err != nil {
		return err
	}
	nodes := factory.Core().V1().Nodes()
	network := &podnet.Network{Node: node, Subnets: subnets, CNI: cniFolder, NFT: nat, Nodes: nodes.Lister(), Log: log}
	informer := nodes.Informer()
	factory.Start(ctx.Done())
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return fmt.Errorf("no list of %v", kind)
		}
	}
	if err := enforcer.Write(ctx); err != nil {
		return fmt.Errorf("first rules: %w", err)
	}
	failed := make(chan error, 2)
	go func() {
		failed <- sandbox.Serve(ctx, sandbox.Home, func(id string) error { return enforcer.Admit(ctx, id) })
	}()
	if err := installGate(); err != nil {
		return err
	}
	go func() { failed <- network.Run(ctx, informer) }()
	go enforcer.Run(ctx)
	log.Info("enforcing", "node", node)
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}

// connect waits for the API server. The address in CONTROL_PLANE_ENDPOINT is preferred: it needs no kube-proxy.
func connect(ctx context.Context, log *slog.Logger) (kubernetes.Interface, error) {
	config, err := rest.InClusterConfig()
	if err != nil {
		return nil, err
	}
	if endpoint := os.Getenv("CONTROL_PLANE_ENDPOINT"); endpoint != "" {
		config.Host = "https://" + endpoint
	}
	config.QPS, config.Burst = 50, 100
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	for {
		_, err := client.Discovery().ServerVersion()
		if err == nil {
			return client, nil
		}
		log.Info("waiting for the API server", "error", err)
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// installGate puts the CNI plugin beside the node's others.
func installGate() error {
	program, err := os.ReadFile(filepath.Clean(gateSource))
	if err != nil {
		return err
	}
	return podnet.Put(gateTarget, program, 0o755)
}
