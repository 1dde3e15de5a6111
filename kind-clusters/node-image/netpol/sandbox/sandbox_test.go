package sandbox

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"
)

func TestSandboxesComeOldestFirstAndGo(t *testing.T) {
	folder := FolderIn(t.TempDir())
	for index, name := range []string{"old", "young"} {
		made := Sandbox{Namespace: "shop", Name: name, Addresses: []netip.Addr{netip.MustParseAddr("10.1.0.1")}}
		if err := folder.Write("id-"+name, made); err != nil {
			t.Fatal(err)
		}
		at := time.Unix(int64(1000+index), 0)
		if err := os.Chtimes(folder.path("id-"+name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	if all := folder.All(); len(all) != 2 || all[0].Name != "old" || all[1].Addresses[0].String() != "10.1.0.1" {
		t.Errorf("%v", all)
	}
	for range 2 { // the runtime may ask twice
		if err := folder.Remove("id-old"); err != nil {
			t.Error(err)
		}
	}
	if all := folder.All(); len(all) != 1 || all[0].Name != "young" {
		t.Errorf("%v", all)
	}
}

func TestAskWaitsForTheAnswer(t *testing.T) {
	home := t.TempDir()
	if err := Ask(home, "x", time.Second); err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("without an agent: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error)
	go func() {
		served <- Serve(ctx, home, func(id string) error {
			if id == "bad" {
				return errors.New("two\nlines")
			}
			return nil
		})
	}()
	var err error
	for range 100 {
		if err = Ask(home, "good", time.Second); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err != nil {
		t.Error(err)
	}
	if err := Ask(home, "bad", time.Second); err == nil || err.Error() != "two lines" {
		t.Errorf("%v", err)
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
