package policy

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vishvananda/netns"
)

const patience = 400 * time.Millisecond

// inside runs f on a thread that is in the namespace; sockets made there stay there.
func inside(name string, f func()) error {
	failed := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
		target, err := netns.GetFromName(netnsName(name))
		if err == nil {
			defer target.Close()
			err = netns.Set(target)
		}
		if err == nil {
			f()
		}
		failed <- err
	}()
	return <-failed
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// listenTCP echoes.
func listenTCP(t *testing.T, name string, number int) {
	t.Helper()
	var listener net.Listener
	var err error
	must(t, inside(name, func() { listener, err = net.Listen("tcp4", ":"+strconv.Itoa(number)) }))
	must(t, err)
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(connection, connection); connection.Close() }()
		}
	}()
}

func listenUDP(t *testing.T, name string, number int) {
	t.Helper()
	var socket net.PacketConn
	var err error
	must(t, inside(name, func() { socket, err = net.ListenPacket("udp4", ":"+strconv.Itoa(number)) }))
	must(t, err)
	t.Cleanup(func() { socket.Close() })
	go func() {
		buffer := make([]byte, 64)
		for {
			size, from, err := socket.ReadFrom(buffer)
			if err != nil {
				return
			}
			_, _ = socket.WriteTo(buffer[:size], from)
		}
	}()
}

// arrived counts the SCTP packets by "source>name:port"; the kernel has no SCTP sockets here, so they are sent and read raw.
var (
	arrived  = map[string]int{}
	arriving sync.Mutex
)

func listenSCTP(t *testing.T, name string) {
	t.Helper()
	var socket net.PacketConn
	var err error
	must(t, inside(name, func() { socket, err = net.ListenPacket("ip4:132", "0.0.0.0") }))
	must(t, err)
	t.Cleanup(func() { socket.Close() })
	go func() {
		buffer := make([]byte, 512)
		for {
			size, from, err := socket.ReadFrom(buffer)
			if err != nil {
				return
			}
			if size >= 12 {
				arriving.Lock()
				arrived[fmt.Sprintf("%s>%s:%d", from, everyone[name], binary.BigEndian.Uint16(buffer[2:]))]++
				arriving.Unlock()
			}
		}
	}()
}

// sctpPort makes each probe a connection of its own for conntrack.
var sctpPort atomic.Uint32

// initChunk is the first packet of an SCTP association (RFC 9260, 3.3.2).
func initChunk(port int) []byte {
	packet := make([]byte, 32)
	binary.BigEndian.PutUint16(packet[0:], uint16(20000+sctpPort.Add(1)))
	binary.BigEndian.PutUint16(packet[2:], uint16(port))
	packet[12] = 1
	binary.BigEndian.PutUint16(packet[14:], 20)
	binary.BigEndian.PutUint32(packet[16:], 0x1234)
	binary.BigEndian.PutUint32(packet[20:], 65536)
	binary.BigEndian.PutUint16(packet[24:], 1)
	binary.BigEndian.PutUint16(packet[26:], 1)
	binary.BigEndian.PutUint32(packet[28:], 1)
	binary.LittleEndian.PutUint32(packet[8:], crc32.Checksum(packet, crc32.MakeTable(crc32.Castagnoli)))
	return packet
}

// probe opens a fresh connection; what is "tcp/80", "udp/80" or "sctp/80".
func probe(from, to, what string) bool {
	protocol, port, _ := strings.Cut(what, "/")
	number, _ := strconv.Atoi(port)
	passed := false
	_ = inside(from, func() {
		switch protocol {
		case "tcp":
			connection, err := net.DialTimeout("tcp4", net.JoinHostPort(to, port), patience)
			if err == nil {
				passed = echoes(connection)
				connection.Close()
			}
		case "udp":
			connection, err := net.Dial("udp4", net.JoinHostPort(to, port))
			if err == nil {
				passed = echoes(connection)
				connection.Close()
			}
		case "sctp":
			passed = sctp(everyone[from], to, number)
		}
	})
	return passed
}

func sctp(from, to string, port int) bool {
	key := fmt.Sprintf("%s>%s:%d", from, to, port)
	count := func() int { arriving.Lock(); defer arriving.Unlock(); return arrived[key] }
	before := count()
	connection, err := net.Dial("ip4:132", to)
	if err != nil {
		return false
	}
	defer connection.Close()
	if _, err := connection.Write(initChunk(port)); err != nil {
		return false
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if count() > before {
			return true
		}
	}
	return false
}

func echoes(connection net.Conn) bool {
	_ = connection.SetDeadline(time.Now().Add(patience))
	if _, err := connection.Write([]byte("hello")); err != nil {
		return false
	}
	buffer := make([]byte, 5)
	_, err := io.ReadFull(connection, buffer)
	return err == nil && string(buffer) == "hello"
}

func dial(t *testing.T, from, to string) net.Conn {
	t.Helper()
	var connection net.Conn
	var err error
	must(t, inside(from, func() { connection, err = net.DialTimeout("tcp4", to, patience) }))
	must(t, err)
	t.Cleanup(func() { connection.Close() })
	if !echoes(connection) {
		t.Fatal("no echo")
	}
	return connection
}

// flood sends UDP packets from a new port each, until stopped; leaked counts the answers.
func flood(t *testing.T, from, to string, port int) (leaked, sent func() int, stop func()) {
	t.Helper()
	var answers, packets atomic.Int64
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		_ = inside(from, func() {
			for {
				select {
				case <-end:
					return
				default:
				}
				connection, err := net.Dial("udp4", net.JoinHostPort(to, strconv.Itoa(port)))
				if err != nil {
					continue
				}
				_, _ = connection.Write([]byte("hello"))
				packets.Add(1)
				_ = connection.SetReadDeadline(time.Now().Add(200 * time.Microsecond))
				if _, err := connection.Read(make([]byte, 5)); err == nil {
					answers.Add(1)
				}
				connection.Close()
			}
		})
	}()
	count := func(of *atomic.Int64) func() int { return func() int { return int(of.Load()) } }
	return count(&answers), count(&packets), func() { close(end); <-ended }
}
