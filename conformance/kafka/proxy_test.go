package kafka_test

import (
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// The requests that experiments hold, by Kafka's API key.
const (
	produce                = 0
	consumerGroupHeartbeat = 68
)

// A proxy stands between clients and a broker and passes on whole requests and
// answers. It can hold some of them on their way, let them go later, and cut
// connections, with what it holds.
type proxy struct {
	listener net.Listener
	target   string

	mu      sync.Mutex
	changed *sync.Cond
	links   []*link
	// holding are the requests, and the answers to requests, that are held as they
	// come. They and all that comes behind them on the connection stay until
	// release, also when holding ends.
	holding map[held]bool
	answers map[int16]int // that came from the broker, by the kind of request
}

// held is what is held: a kind of request, or the answers to it.
type held struct {
	api    int16
	answer bool
}

// link is one connection of a client through the proxy.
type link struct {
	client, broker net.Conn
	up, down       lane
	asked          []int16 // the requests that are not answered yet, the oldest first
}

// lane is one direction of a link.
type lane struct {
	frames [][]byte // on their way, the oldest first
	kinds  []int16  // their API keys
	held   bool
	free   int  // frames that came before the first that is held
	ended  bool // no frame comes any more
}

// may says whether the oldest frame may go on.
func (l *lane) may() bool { return len(l.frames) > 0 && (!l.held || l.free > 0) }

func newProxy(t *testing.T, listen, target string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", listen)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, target: target, holding: map[held]bool{}, answers: map[int16]int{}}
	p.changed = sync.NewCond(&p.mu)
	go p.accept()
	t.Cleanup(func() {
		l.Close()
		p.cut()
	})
	return p
}

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		broker, err := net.Dial("tcp", p.target)
		if err != nil {
			client.Close()
			continue
		}
		k := &link{client: client, broker: broker}
		p.mu.Lock()
		p.links = append(p.links, k)
		p.mu.Unlock()
		go p.read(k, client, &k.up, false)
		go p.read(k, broker, &k.down, true)
		go p.write(broker, &k.up)
		go p.write(client, &k.down)
	}
}

// read takes frames from one end of a link until it is closed. A client that hangs
// up leaves what it sent, as bytes that are in the network already.
func (p *proxy) read(k *link, from net.Conn, on *lane, answer bool) {
	for {
		frame, err := readFrame(from)
		p.mu.Lock()
		if err != nil {
			on.ended = true
			p.changed.Broadcast()
			p.mu.Unlock()
			return
		}
		api := k.api(frame, answer)
		if !on.held && p.holding[held{api, answer}] {
			on.held, on.free = true, len(on.frames)
		}
		on.frames, on.kinds = append(on.frames, frame), append(on.kinds, api)
		if answer {
			p.answers[api]++
		}
		p.changed.Broadcast()
		p.mu.Unlock()
	}
}

// api returns the API key of a request, or of the request that is answered: a
// broker answers in the order in which it was asked.
func (k *link) api(frame []byte, answer bool) int16 {
	if answer {
		api := k.asked[0]
		k.asked = k.asked[1:]
		return api
	}
	api := int16(binary.BigEndian.Uint16(frame[4:]))
	k.asked = append(k.asked, api)
	return api
}

// readFrame reads one frame, its length in front.
func readFrame(from io.Reader) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(from, size[:]); err != nil {
		return nil, err
	}
	frame := make([]byte, 4+binary.BigEndian.Uint32(size[:]))
	copy(frame, size[:])
	_, err := io.ReadFull(from, frame[4:])
	return frame, err
}

// write passes on the frames of a lane that are not held. An answer that comes to
// an end is told to the client; a request that does is not told to the broker, so
// that it answers what it was asked.
func (p *proxy) write(to net.Conn, on *lane) {
	for {
		p.mu.Lock()
		for !on.may() && (on.held || !on.ended) {
			p.changed.Wait()
		}
		if !on.may() {
			p.mu.Unlock()
			break
		}
		frame := on.frames[0]
		on.frames, on.kinds = on.frames[1:], on.kinds[1:]
		on.free = max(0, on.free-1)
		p.mu.Unlock()
		_, _ = to.Write(frame) // the client may be gone; the broker's answer then is lost
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range p.links {
		if on == &k.down {
			k.client.Close()
		}
	}
}

// hold begins to hold requests of a kind, or the answers to them.
func (p *proxy) hold(api int16, answer bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.holding[held{api, answer}] = true
}

// pass ends the holding of what is to come. What is held stays.
func (p *proxy) pass() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.holding)
}

// release ends all holding and lets go what is held.
func (p *proxy) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.holding)
	for _, k := range p.links {
		k.up.held, k.down.held = false, false
	}
	p.changed.Broadcast()
}

// cut closes the connections of this moment. What is held is gone.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range p.links {
		for _, on := range []*lane{&k.up, &k.down} {
			*on = lane{ended: true}
		}
		k.client.Close()
		k.broker.Close()
	}
	p.links = nil
	p.changed.Broadcast()
}

// count returns how many requests of a kind, or answers to them, are held.
func (p *proxy) count(api int16, answer bool) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, k := range p.links {
		on := &k.up
		if answer {
			on = &k.down
		}
		if !on.held {
			continue
		}
		for _, kind := range on.kinds[on.free:] {
			if kind == api {
				n++
			}
		}
	}
	return n
}

// await waits until so many requests or answers are held.
func (p *proxy) await(t *testing.T, api int16, answer bool, n int) {
	t.Helper()
	eventually(t, "the proxy holds them", func() bool { return p.count(api, answer) >= n })
}

// answered returns how many requests of a kind the broker has answered.
func (p *proxy) answered(api int16) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.answers[api]
}

// eventually waits until something is so, at most a minute.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("after a minute it is not so that %s", what)
		}
	}
}
