package kafka_test

import (
	"encoding/binary"
	"errors"
	"net"
	"os"
	"testing"
	"time"
)

// request is a frame that asks for something.
func request(api int16, body byte) []byte {
	frame := binary.BigEndian.AppendUint32(nil, 3)
	return append(binary.BigEndian.AppendUint16(frame, uint16(api)), body)
}

// answering is a broker that answers each request with its body, and notes it.
func answering(t *testing.T, got chan<- byte) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				for {
					frame, err := readFrame(conn)
					if err != nil {
						return
					}
					got <- frame[6]
					_, _ = conn.Write(frame) // the client may be gone
				}
			}()
		}
	}()
	return l.Addr().String()
}

// proxied is a client of a proxy, with what its broker got.
type proxied struct {
	*testing.T
	*proxy
	got chan byte
}

func newProxied(t *testing.T) *proxied {
	got := make(chan byte, 10)
	return &proxied{T: t, got: got, proxy: newProxy(t, "127.0.0.1:0", answering(t, got))}
}

func (p *proxied) dial() net.Conn {
	p.Helper()
	conn, err := net.Dial("tcp", p.listener.Addr().String())
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		p.Fatal(err)
	}
	return conn
}

func (p *proxied) send(conn net.Conn, api int16, body byte) {
	p.Helper()
	if _, err := conn.Write(request(api, body)); err != nil {
		p.Fatal(err)
	}
}

// brokerGot waits for what the broker gets next.
func (p *proxied) brokerGot(want byte) {
	p.Helper()
	select {
	case b := <-p.got:
		if b != want {
			p.Fatalf("the broker got %d, want %d", b, want)
		}
	case <-time.After(10 * time.Second):
		p.Fatalf("the broker did not get %d", want)
	}
}

// A held request holds what comes behind it on its connection, and other connections
// are free; what was held arrives when it is let go, also from a client that is gone.
func TestProxyHoldsRequests(t *testing.T) {
	p := newProxied(t)
	one := p.dial()
	p.send(one, 3, 1)
	p.brokerGot(1)
	p.hold(produce, false)
	p.send(one, produce, 2)
	p.send(one, 3, 3)
	p.await(t, produce, false, 1)
	p.pass()
	two := p.dial()
	p.send(two, produce, 4)
	p.brokerGot(4)
	one.Close()
	p.release()
	p.brokerGot(2)
	p.brokerGot(3)
}

// A held answer belongs to a request that the broker has got; a cut takes it away.
func TestProxyHoldsAnswers(t *testing.T) {
	p := newProxied(t)
	conn := p.dial()
	p.hold(produce, true)
	p.send(conn, 3, 1)
	p.send(conn, produce, 2)
	p.brokerGot(1)
	p.brokerGot(2)
	p.await(t, produce, true, 1)
	if frame, err := readFrame(conn); err != nil || frame[6] != 1 {
		t.Errorf("the client reads %v, %v", frame, err)
	}
	p.cut()
	if _, err := readFrame(conn); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("after the cut the client reads %v", err)
	}
	if n := p.answered(produce); n != 1 {
		t.Errorf("%d were answered", n)
	}
}
