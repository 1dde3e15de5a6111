package sandbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const granted = "ok"

func socketIn(home string) string { return filepath.Join(home, "agent.sock") }

// Ask tells the agent of a sandbox that came or went, and waits until its rules are in the kernel.
func Ask(home, id string, patience time.Duration) error {
	deadline := time.Now().Add(patience)
	connection, err := net.DialTimeout("unix", socketIn(home), patience)
	if err != nil {
		return fmt.Errorf("the network policy agent does not answer: %w", err)
	}
	defer connection.Close()
	if err := connection.SetDeadline(deadline); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(connection, id); err != nil {
		return err
	}
	answer, err := bufio.NewReader(connection).ReadString('\n')
	if err != nil {
		return fmt.Errorf("the network policy agent does not answer: %w", err)
	}
	if answer = strings.TrimSpace(answer); answer != granted {
		return errors.New(answer)
	}
	return nil
}

// Serve answers asks until the context ends: admit returns when the sandbox's rules are in the kernel.
func Serve(ctx context.Context, home string, admit func(id string) error) error {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	_ = os.Remove(socketIn(home)) // of the agent before us
	listener, err := net.Listen("unix", socketIn(home))
	if err != nil {
		return err
	}
	// The next agent may have its own socket here already when we go.
	listener.(*net.UnixListener).SetUnlinkOnClose(false)
	go func() {
		<-ctx.Done()
		listener.Close()
	}()
	for {
		connection, err := listener.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		go answer(connection, admit)
	}
}

func answer(connection net.Conn, admit func(id string) error) {
	defer connection.Close()
	id, err := bufio.NewReader(connection).ReadString('\n')
	if err != nil {
		return
	}
	said := granted
	if err := admit(strings.TrimSpace(id)); err != nil {
		said = strings.ReplaceAll(err.Error(), "\n", " ")
	}
	_, _ = fmt.Fprintln(connection, said)
}
