package kafka

import (
	"testing"

	"orderlab/sim"
)

// What arrives while a producer's process is dead is sent by the next one.
func TestProducerIsDeadWhenMessagesArrive(t *testing.T) {
	b := producerWorld(t)
	connect(b)
	p := b.w.producers[0]
	b.sim.Crash(p.node)
	b.send(0, of0)
	b.run(sim.Second)
	if got := stored(b, 0); got != "" {
		t.Errorf("a dead producer has stored %s", got)
	}
	b.sim.Restart(p.node, 0)
	b.until("it is stored", func() bool { return stored(b, 0) != "" })
	b.until("it is answered for", p.idle)
}
