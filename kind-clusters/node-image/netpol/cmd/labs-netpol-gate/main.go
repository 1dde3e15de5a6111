// labs-netpol-gate is the last plugin of the CNI chain: it lets a pod start only when its NetworkPolicies are enforced,
// as the API asks: "from the very first instant that any container in that Pod is started".
package main

import (
	"encoding/json"
	"errors"
	"net/netip"
	"time"

	"github.com/containernetworking/cni/pkg/skel"
	"github.com/containernetworking/cni/pkg/types"
	current "github.com/containernetworking/cni/pkg/types/100"
	"github.com/containernetworking/cni/pkg/version"

	"cka-labs/netpol/sandbox"
)

// patience covers an agent that is just being replaced; the kubelet tries again afterwards.
const patience = 10 * time.Second

// names are what the container runtime says of the pod in CNI_ARGS.
type names struct {
	types.CommonArgs
	K8S_POD_NAMESPACE types.UnmarshallableString //nolint:revive // the runtime's spelling
	K8S_POD_NAME      types.UnmarshallableString //nolint:revive
	K8S_POD_UID       types.UnmarshallableString //nolint:revive
}

func main() {
	functions := skel.CNIFuncs{Add: add, Del: remove, Check: nothing, GC: nothing, Status: nothing}
	skel.PluginMainFuncs(functions, version.All, "labs-netpol-gate: a pod starts when its NetworkPolicies are enforced")
}

func nothing(*skel.CmdArgs) error { return nil }

func add(args *skel.CmdArgs) error {
	var of names
	if err := types.LoadArgs(args.Args, &of); err != nil {
		return err
	}
	var configuration types.PluginConf
	if err := json.Unmarshal(args.StdinData, &configuration); err != nil {
		return err
	}
	result, err := previous(&configuration)
	if err != nil {
		return err
	}
	made := sandbox.Sandbox{Namespace: string(of.K8S_POD_NAMESPACE), Name: string(of.K8S_POD_NAME), UID: string(of.K8S_POD_UID)}
	for _, ip := range result.IPs {
		if address, ok := netip.AddrFromSlice(ip.Address.IP); ok {
			made.Addresses = append(made.Addresses, address.Unmap())
		}
	}
	folder := sandbox.FolderIn(sandbox.Home)
	if err := folder.Write(args.ContainerID, made); err != nil {
		return err
	}
	if err := sandbox.Ask(sandbox.Home, args.ContainerID, patience); err != nil {
		return errors.Join(err, folder.Remove(args.ContainerID))
	}
	return types.PrintResult(configuration.PrevResult, configuration.CNIVersion)
}

// previous gives the chain's result so far in the newest version, and leaves it in the configuration as it came.
func previous(configuration *types.PluginConf) (*current.Result, error) {
	if err := version.ParsePrevResult(configuration); err != nil {
		return nil, err
	}
	if configuration.PrevResult == nil {
		return nil, errors.New("labs-netpol-gate must follow a plugin that gives the pod an address")
	}
	return current.NewResultFromResult(configuration.PrevResult)
}

func remove(args *skel.CmdArgs) error {
	if err := sandbox.FolderIn(sandbox.Home).Remove(args.ContainerID); err != nil {
		return err
	}
	_ = sandbox.Ask(sandbox.Home, args.ContainerID, time.Second) // it looks by itself soon enough
	return nil
}
