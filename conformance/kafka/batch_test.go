package kafka_test

import "time"

var batchExperiments = []experiment{
	{"in-flight", inFlight},
	{"too-large", tooLarge},
	{"late-after-six", lateAfterSix},
}

// inFlight sends more batches than may be out, and, with one out and large batches,
// records that wait for it.
func inFlight(r *rig) {
	p := r.proxies[0]
	for _, c := range []struct {
		client string
		s      settings
	}{
		{"2 allowed", settings{"max.in.flight.requests.per.connection": "2"}},
		{"5 allowed", settings{}},
	} {
		r.create(1, nil)
		r.producer(c.client, c.s)
		p.hold(produce, false)
		r.send(c.client, numbers(0, 6)...)
		time.Sleep(time.Second)
		out := p.count(produce, false)
		p.release()
		r.driver.await(7, func(e event) bool { return ends(e) && e.Client == c.client })
		r.Step(c.client, "requests out", out, "log", r.log(0))
	}
	r.create(1, nil)
	r.producer("1 allowed", settings{"max.in.flight.requests.per.connection": "1", "batch.size": "16384"})
	before := p.answered(produce)
	p.hold(produce, false)
	r.send("1 allowed", "0")
	p.await(r.T, produce, false, 1)
	r.send("1 allowed", numbers(1, 6)...)
	p.release()
	r.driver.await(7, func(e event) bool { return ends(e) && e.Client == "1 allowed" })
	r.Step("1 allowed, large batches", "requests", p.answered(produce)-before, "log", r.log(0))
}

// tooLarge sends a batch of five records to a topic that takes batches of four.
func tooLarge(r *rig) {
	p := r.proxies[0]
	for _, idempotence := range both {
		r.create(1, settings{"max.message.bytes": "1000"})
		client := "idempotence " + idempotence
		r.producer(client, settings{"enable.idempotence": idempotence, "linger.ms": "500", "batch.size": "16384",
			"request.timeout.ms": "3000", "delivery.timeout.ms": "5000"})
		before := p.answered(produce)
		r.send(client, numbers(0, 4)...)
		sends := r.driver.await(5, func(e event) bool { return ends(e) && e.Client == client })
		requests := p.answered(produce) - before
		r.Measured(client, []any{"requests", requests}, "sends", text(sends), "log", r.log(0))
	}
}

// lateAfterSix has a request arrive when the broker has forgotten its batch: it
// remembers the last five.
func lateAfterSix(r *rig) {
	p := r.proxies[0]
	r.create(1, nil)
	r.producer("p", settings{"max.in.flight.requests.per.connection": "1", "request.timeout.ms": "1500"})
	p.hold(produce, false)
	r.send("p", "0")
	p.await(r.T, produce, false, 1)
	p.pass()
	acked := func(e event) bool { return ends(e) }
	r.driver.await(1, acked)
	r.sendTo("p", 0, numbers(1, 6)...)
	before := p.answered(produce)
	p.release()
	eventually(r.T, "the late request is answered", func() bool { return p.answered(produce) > before })
	r.Step("late request", "log", r.log(0))
}
