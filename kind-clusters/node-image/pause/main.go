// Pause holds the namespaces of a pod: it waits for its end and reaps orphans.
//
// `pause -v` prints its version and exits 0: the health check of `kubeadm upgrade` runs just that in a Job.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// version is what the images of kubeadm's list carry as their tag.
var version = "3.10.2"

func main() {
	if len(os.Args) > 1 && os.Args[1] == "-v" {
		fmt.Println("pause.go", version)
		return
	}
	events := make(chan os.Signal, 16)
	signal.Notify(events, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for event := range events {
		if event != syscall.SIGCHLD {
			return
		}
		for {
			if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 || err != nil {
				break
			}
		}
	}
}
