package kafka_test

import "time"

// both are the two settings of idempotence, in the order in which they are tried.
var both = []string{"false", "true"}

var producerExperiments = []experiment{
	{"disconnect", disconnect},
	{"lost-answers", lostAnswers},
	{"late-request", lateRequest},
	{"late-requests", lateRequests},
	{"delivery-timeout", deliveryTimeout},
}

// disconnect loses the connection with three batches in flight, none of which has
// reached the broker.
func disconnect(r *rig) {
	r.cutInFlight(false)
}

// lostAnswers loses it when all three are stored and their answers are on the way.
func lostAnswers(r *rig) {
	r.cutInFlight(true)
}

func (r *rig) cutInFlight(stored bool) {
	p := r.proxies[0]
	for _, idempotence := range both {
		r.create(1, nil)
		client := "idempotence " + idempotence
		r.producer(client, settings{"enable.idempotence": idempotence})
		p.hold(produce, stored)
		r.send(client, "0", "1", "2")
		p.await(r.T, produce, stored, 3)
		p.pass()
		p.cut()
		sends := r.driver.await(3, func(e event) bool { return ends(e) && e.Client == client })
		r.Step(client, "sends", text(sends), "log", r.log(0))
	}
}

// lateRequest has the request of the first batch stall in the network, with one
// request in flight: the producer gives the connection up and sends the batch again
// and the next one, and then the first request arrives.
func lateRequest(r *rig) {
	p := r.proxies[0]
	for _, idempotence := range both {
		r.create(1, nil)
		client := "idempotence " + idempotence
		r.producer(client, settings{"enable.idempotence": idempotence, "max.in.flight.requests.per.connection": "1",
			"request.timeout.ms": "1500"})
		p.hold(produce, false)
		r.send(client, "0", "1")
		p.await(r.T, produce, false, 1)
		p.pass()
		sends := r.driver.await(2, func(e event) bool { return ends(e) && e.Client == client })
		r.Step(client+", retried", "sends", text(sends), "log", r.log(0))
		before := p.answered(produce)
		p.release()
		eventually(r.T, "the late request is answered", func() bool { return p.answered(produce) > before })
		r.Step(client+", late request", "log", r.log(0))
	}
}

// lateRequests does that with three requests at once.
func lateRequests(r *rig) {
	p := r.proxies[0]
	for _, idempotence := range both {
		r.create(1, nil)
		client := "idempotence " + idempotence
		r.producer(client, settings{"enable.idempotence": idempotence, "request.timeout.ms": "1500"})
		p.hold(produce, false)
		r.send(client, "0", "1", "2")
		p.await(r.T, produce, false, 3)
		p.pass()
		sends := r.driver.await(3, func(e event) bool { return ends(e) && e.Client == client })
		r.Step(client+", retried", "sends", text(sends), "log", r.log(0))
		before := p.answered(produce)
		p.release()
		eventually(r.T, "the late requests are answered", func() bool { return p.answered(produce) >= before+3 })
		r.Step(client+", late requests", "log", r.log(0))
	}
}

// deliveryTimeout lets the delivery time of the first batch run out while nothing
// comes back from the broker, and the application sends it again from the callback.
// Either no request reaches the broker, which may know the producer or not, or all
// do and no answer comes back.
func deliveryTimeout(r *rig) {
	for _, c := range []struct {
		client        string
		known, stored bool
	}{
		{"requests of a new producer lost", false, false},
		{"requests lost", true, false},
		{"answers lost", true, true},
	} {
		r.create(1, nil)
		r.resend(c.client, c.known, c.stored)
	}
}

func (r *rig) resend(client string, known, stored bool) {
	p := r.proxies[0]
	r.producer(client, settings{"enable.idempotence": "true", "request.timeout.ms": "1000", "delivery.timeout.ms": "3000"})
	n := 3
	if known {
		r.sendTo(client, 0, "first")
		n++
	}
	p.hold(produce, stored)
	r.driver.do("send", client, "topic", r.topic, "partition", 0, "value", "0", "resend", true)
	time.Sleep(1500 * time.Millisecond)
	r.send(client, "1")
	r.driver.await(1, func(e event) bool { return e.Event == "failed" && e.Client == client })
	p.pass()
	p.cut()
	sends := r.driver.await(n, func(e event) bool { return ends(e) && e.Client == client })
	epoch := r.admin("epoch", "topic", r.topic).Epoch
	r.Step(client, "sends", text(sends), "log", r.log(0), "producer epoch", epoch)
}
