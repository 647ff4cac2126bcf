package kafka

import "orderlab/sim"

// alone is a batch.size for which each record is a batch of its own.
const alone = "50"

// The connection is lost with three batches in flight, none of which has arrived.
func judgeDisconnect(j *judge) { judgeCutInFlight(j, 0) }

// The connection is lost when all three are stored and their answers are on the way.
func judgeLostAnswers(j *judge) { judgeCutInFlight(j, sim.Millisecond+sim.Microsecond) }

func judgeCutInFlight(j *judge, after sim.Time) {
	for _, idempotence := range []string{"false", "true"} {
		j.in(producerWorld(j, "enable.idempotence", idempotence, "batch.size", alone))
		j.toFirst("0", "1", "2")
		j.run(after)
		cut(j.bench)
		j.ended(3)
		j.Step("idempotence "+idempotence, "sends", j.sends(), "log", j.stored(0))
	}
}

// The request of the first batch stalls in the network, with one in flight; the
// producer sends it again over another connection, and the next one; then it arrives.
func judgeLateRequest(j *judge) {
	for _, idempotence := range []string{"false", "true"} {
		client := "idempotence " + idempotence
		j.in(producerWorld(j, "enable.idempotence", idempotence, "batch.size", alone,
			"max.in.flight.requests.per.connection", "1", "request.timeout.ms", "1500ms"))
		p := j.w.producers[0]
		old := p.peers[0].conn
		j.sim.Stall(p.node, old)
		j.toFirst("0", "1")
		j.ended(2)
		j.Step(client+", retried", "sends", j.sends(), "log", j.stored(0))
		j.sim.Unstall(p.node, old)
		j.run(sim.Second)
		j.Step(client+", late request", "log", j.stored(0))
	}
}

// The same with three requests at once.
func judgeLateRequests(j *judge) {
	for _, idempotence := range []string{"false", "true"} {
		client := "idempotence " + idempotence
		j.in(producerWorld(j, "enable.idempotence", idempotence, "batch.size", alone, "request.timeout.ms", "1500ms"))
		p := j.w.producers[0]
		old := p.peers[0].conn
		j.sim.Stall(p.node, old)
		j.toFirst("0", "1", "2")
		j.ended(3)
		j.Step(client+", retried", "sends", j.sends(), "log", j.stored(0))
		j.sim.Unstall(p.node, old)
		j.run(sim.Second)
		j.Step(client+", late requests", "log", j.stored(0))
	}
}

// The delivery time of the first batch runs out while nothing comes back from the
// broker, and the application sends it again from the callback.
func judgeDeliveryTimeout(j *judge) {
	for _, c := range []struct {
		client        string
		known, stored bool
	}{
		{"requests of a new producer lost", false, false},
		{"requests lost", true, false},
		{"answers lost", true, true},
	} {
		j.in(producerWorld(j, "batch.size", alone, "request.timeout.ms", "1s", "delivery.timeout.ms", "3s"))
		j.w.resend = true
		sends := 3
		if c.known {
			j.toFirst("first")
			j.ended(1)
			sends++
		}
		p := j.w.producers[0]
		from := p.node
		if c.stored {
			from = j.w.brokers[0].node
		}
		began := j.sim.Now()
		second := func() bool { return j.sim.Now() >= began+1500*sim.Millisecond }
		j.sim.Stall(from, p.peers[0].conn)
		j.toFirst("0")
		j.sim.At(began+1500*sim.Millisecond, func() {})
		j.holdUntil(from, "the second is sent", second)
		j.toFirst("1")
		j.holdUntil(from, "the first has failed", func() bool { return len(j.sends()) == sends-2 })
		if p.peers[0].conn != sim.NoConn {
			cut(j.bench)
		}
		j.ended(sends)
		j.Step(c.client, "sends", j.sends(), "log", j.stored(0), "producer epoch", j.w.leader(0).producers[0].epoch)
	}
}
