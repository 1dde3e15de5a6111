// Package sandbox is what the CNI chain and the agent on a node tell each other about pods' networks.
//
// The truth is a folder with one file for each sandbox: it outlives a restart of the agent, and goes with the node's /run.
package sandbox

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Home is the folder on the node that holds the socket and the sandboxes.
const Home = "/run/labs-netpol"

// Sandbox is a pod's network on this node: known before the kubelet reports the address.
type Sandbox struct {
	Namespace string       `json:"namespace"`
	Name      string       `json:"name"`
	UID       string       `json:"uid"`
	Addresses []netip.Addr `json:"addresses"`
}

// Folder is the place of all sandboxes under a home.
type Folder string

// FolderIn gives the folder of sandboxes under a home.
func FolderIn(home string) Folder { return Folder(filepath.Join(home, "sandboxes")) }

// Write keeps the sandbox under the runtime's identity of it.
func (f Folder) Write(id string, made Sandbox) error {
	text, err := json.Marshal(made)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return err
	}
	// No .json at its end: a half-written file is nobody's sandbox.
	unfinished := f.path(id) + ".new"
	if err := os.WriteFile(unfinished, text, 0o600); err != nil {
		return err
	}
	return os.Rename(unfinished, f.path(id))
}

// Remove forgets the sandbox; it is no error if there is none.
func (f Folder) Remove(id string) error {
	if err := os.Remove(f.path(id)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Read gives one sandbox.
func (f Folder) Read(id string) (Sandbox, error) {
	var made Sandbox
	text, err := os.ReadFile(f.path(id))
	if err != nil {
		return made, err
	}
	return made, json.Unmarshal(text, &made)
}

// All gives the sandboxes, oldest first. Files that cannot be read are nobody's.
func (f Folder) All() []Sandbox {
	type dated struct {
		Sandbox
		at time.Time
	}
	entries, _ := os.ReadDir(string(f))
	var found []dated
	for _, entry := range entries {
		id, ok := strings.CutSuffix(entry.Name(), ".json")
		info, err := entry.Info()
		if !ok || err != nil {
			continue
		}
		if made, err := f.Read(id); err == nil {
			found = append(found, dated{made, info.ModTime()})
		}
	}
	slices.SortFunc(found, func(a, b dated) int { return a.at.Compare(b.at) })
	all := make([]Sandbox, 0, len(found))
	for _, one := range found {
		all = append(all, one.Sandbox)
	}
	return all
}

func (f Folder) path(id string) string { return filepath.Join(string(f), filepath.Base(id)+".json") }
