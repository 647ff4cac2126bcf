package kafka

import (
	"fmt"

	"orderlab/sim"
)

// More batches than may be out, and with one out and large batches records that wait.
func judgeInFlight(j *judge) {
	for _, allowed := range []string{"2", "5"} {
		j.in(producerWorld(j, "batch.size", alone, "max.in.flight.requests.per.connection", allowed))
		p := j.w.producers[0]
		j.sim.Stall(p.node, p.peers[0].conn)
		j.toFirst(numbers(0, 6)...)
		j.run(sim.Second)
		out := len(p.flights[0])
		j.sim.Unstall(p.node, p.peers[0].conn)
		j.ended(7)
		j.Step(allowed+" allowed", "requests out", out, "log", j.stored(0))
	}
	j.in(producerWorld(j, "max.in.flight.requests.per.connection", "1"))
	requests(j.bench)
	p := j.w.producers[0]
	j.sim.Stall(p.node, p.peers[0].conn)
	j.toFirst(numbers(0, 6)...)
	j.run(sim.Second)
	j.sim.Unstall(p.node, p.peers[0].conn)
	j.ended(7)
	j.Step("1 allowed, large batches", "requests", len(requests(j.bench)), "log", j.stored(0))
}

// A batch of five records for a topic that takes batches of four.
func judgeTooLarge(j *judge) {
	four := batchOverhead + 4*(100+recordOverhead)
	for _, idempotence := range []string{"false", "true"} {
		j.in(producerWorld(j, "enable.idempotence", idempotence, "linger.ms", "500ms",
			"request.timeout.ms", "3s", "delivery.timeout.ms", "5s"))
		j.w.cfg.maxMessage = int32(four)
		requests(j.bench)
		j.toFirst(numbers(0, 4)...)
		j.ended(5)
		j.Measured("idempotence "+idempotence, []any{"requests", len(requests(j.bench))},
			"sends", j.sends(), "log", j.stored(0))
	}
}

// A request arrives when the broker has forgotten its batch.
func judgeLateAfterSix(j *judge) {
	j.in(producerWorld(j, "batch.size", alone, "max.in.flight.requests.per.connection", "1", "request.timeout.ms", "1500ms"))
	p := j.w.producers[0]
	old := p.peers[0].conn
	j.sim.Stall(p.node, old)
	j.toFirst("0")
	j.ended(1)
	for i, name := range numbers(1, 6) {
		j.toFirst(name)
		j.ended(i + 2)
	}
	j.sim.Unstall(p.node, old)
	j.run(sim.Second)
	j.Step("late request", "log", j.stored(0))
}

// Two partitions with five records each, at most three a poll.
func judgePollOrder(j *judge) {
	j.in(judgeMembers(1, "topic", "partitions", "2", "consumer", "auto.offset.reset", "earliest",
		"consumer", "max.poll.records", "3").build(j))
	a := j.member(0)
	j.sendAs(0, "a", numbers(0, 4)...)
	j.sendAs(0, "d", numbers(0, 4)...)
	var polls []string
	names := map[int]string{}
	for done := 0; done < 10; {
		a.poll(1)
		poll := ""
		for _, record := range a.read()[done:] {
			var partition, offset int
			if _, err := fmt.Sscanf(record, "%d@%d", &partition, &offset); err != nil {
				j.Fatal(err)
			}
			if names[partition] == "" {
				names[partition] = string("xy"[len(names)])
			}
			if poll != "" {
				poll += " "
			}
			poll += fmt.Sprint(names[partition], offset)
			done++
		}
		polls = append(polls, poll)
	}
	j.Step("max.poll.records 3", "polls", polls)
}

// The committed offset of a group is deleted before it reads on.
func judgeOutOfRange(j *judge) {
	for _, policy := range []string{"earliest", "latest"} {
		j.in(judgeMembers(2, "consumer", "auto.offset.reset", policy, "consumer", "enable.auto.commit", "false",
			"producer", "batch.size", alone).build(j))
		a, b := j.member(0), j.member(1)
		a.poll(1)
		j.assigned(a, 1)
		j.commit(a, 2)
		j.sim.Crash(a.client.node)
		j.sendAs(0, "a", numbers(0, 7)...)
		j.ended(8)
		r := j.w.leader(0)
		r.segments = []segment{{base: 0}, {base: 5}}
		r.deleteSegments(j.w.arena, func(s *segment) bool { return s.base == 0 })
		b.begin()
		b.poll(10)
		j.assigned(b, 1)
		j.run(3 * sim.Second)
		j.sendAs(0, "a", "8")
		j.run(sim.Second)
		j.Step(policy+", committed 2, log from 5", "read", b.got)
	}
}
