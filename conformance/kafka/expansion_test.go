package kafka_test

import (
	"fmt"
	"strings"
	"time"
)

var expansionExperiments = []experiment{
	{"moved-keys", movedKeys},
	{"stale-metadata", staleMetadata},
	{"expand-reset", expandReset},
}

// movedKeys sends 1000 keys before and after an expansion from 6 to 8 partitions.
func movedKeys(r *rig) {
	r.create(6, nil)
	before := r.partitions("before")
	r.admin("expand", "topic", r.topic, "to", 8)
	eventually(r.T, "the topic has 8 partitions", func() bool {
		return r.describe().Partitions == 8
	})
	after := r.partitions("after")
	moved := 0
	for i := range before {
		if before[i] != after[i] {
			moved++
		}
	}
	r.Step("6 partitions", "of order-0 to order-59", digits(before[:60]))
	r.Step("8 partitions", "of order-0 to order-59", digits(after[:60]))
	r.Step("moved", "of 1000 keys", moved)
}

// partitions returns to which partitions a new producer sends order-0 to order-999.
func (r *rig) partitions(client string) []int {
	r.producer(client, settings{"batch.size": "16384"})
	for i := range 1000 {
		r.driver.begin("send", client, "topic", r.topic, "key", fmt.Sprint("order-", i), "value", fmt.Sprint(i))
	}
	r.driver.do("flush", client)
	out := make([]int, 1000)
	for _, e := range r.driver.await(1000, func(e event) bool { return ends(e) && e.Client == client }) {
		var i int
		if _, err := fmt.Sscan(e.Value, &i); err != nil || e.Event != "ack" {
			r.Fatalf("a send ended with %+v", e)
		}
		out[i] = e.Partition
	}
	return out
}

// digits writes numbers below 10 as one text.
func digits(numbers []int) string {
	var b strings.Builder
	for _, n := range numbers {
		fmt.Fprint(&b, n)
	}
	return b.String()
}

// staleMetadata has two producers, whose metadata may be 4 s and 5 min old, send one
// key all the time while the topic is expanded from 6 to 7 partitions, which moves it.
func staleMetadata(r *rig) {
	r.create(6, nil)
	age := map[string]string{"4 s": "4000", "5 min": "300000"}
	for client, ms := range age {
		r.producer(client, settings{"metadata.max.age.ms": ms})
	}
	began := time.Now()
	step := func(name string) {
		r.Step(name, "4 s", r.sendKey("4 s"), "5 min", r.sendKey("5 min"))
	}
	step("before")
	old := r.sendKey("4 s")
	r.admin("expand", "topic", r.topic, "to", 7)
	step("expanded")
	eventually(r.T, "a producer knows", func() bool { return r.sendKey("4 s") != old })
	took := time.Since(began)
	r.Measured("4 s later", []any{"ms", took.Milliseconds()}, "within 4 s", took < 4*time.Second+slack,
		"4 s", r.sendKey("4 s"), "5 min", r.sendKey("5 min"))
}

// slack is what a busy machine adds to a time that is bounded from above.
const slack = 1500 * time.Millisecond

// sendKey sends order-2 and returns its partition.
func (r *rig) sendKey(client string) int {
	acked := func(e event) bool { return e.Event == "ack" && e.Client == client }
	n := len(r.driver.seen(acked))
	r.driver.do("send", client, "topic", r.topic, "key", "order-2", "value", "x")
	return r.driver.await(n+1, acked)[n].Partition
}

// expandReset has a group read a topic to which a partition is added. Of what is
// written there, five records come before the group knows of it and five after.
// Under the newer protocol members learn of it with the answer to a heartbeat, which
// is held meanwhile.
func expandReset(r *rig) {
	for _, c := range []struct {
		name string
		s    settings
	}{
		{"latest", settings{"auto.offset.reset": "latest", "metadata.max.age.ms": "4000"}},
		{"earliest", settings{"auto.offset.reset": "earliest", "metadata.max.age.ms": "4000"}},
		{"latest, KIP-848", settings{"auto.offset.reset": "latest", "group.protocol": "consumer"}},
	} {
		r.create(1, nil)
		member := "member, " + c.name
		c.s["bootstrap.servers"] = address(r.home() + 3)
		r.consumer(member, c.name, c.s)
		r.assigned(member, 1)
		r.proxies[0].hold(consumerGroupHeartbeat, true)
		r.admin("expand", "topic", r.topic, "to", 2)
		eventually(r.T, "a producer knows", func() bool {
			r.driver.do("producer", c.name, "settings", settings{"bootstrap.servers": address(r.home()), "linger.ms": "0"})
			return r.driver.do("partitions", c.name, "topic", r.topic).Partitions == 2
		})
		r.sendTo(c.name, 1, numbers(0, 4)...)
		known := len(r.driver.do("assignment", member).Assignment)
		r.proxies[0].release()
		got := r.untilAssigned(member, 2)
		ms := 1500 // in which nothing comes
		if c.name == "earliest" {
			ms = patience
		}
		got = append(got, r.driver.do("poll", member, "records", 5-len(got), "ms", ms).Records...)
		r.sendTo(c.name, 1, numbers(5, 9)...)
		got = append(got, r.driver.do("poll", member, "records", 5, "ms", patience).Records...)
		r.driver.do("close", member)
		r.Step(c.name, "partitions known when 0 to 4 were written", known, "read", got)
	}
}

// sendTo sends records to a partition and waits for their ends.
func (r *rig) sendTo(client string, partition int, values ...string) {
	r.Helper()
	acked := func(e event) bool { return ends(e) && e.Client == client }
	n := len(r.driver.seen(acked))
	for _, v := range values {
		r.driver.do("send", client, "topic", r.topic, "partition", partition, "value", v)
	}
	r.driver.await(n+len(values), acked)
}

// consumer opens a consumer of a group, with the settings given besides. It goes
// to the brokers directly.
func (r *rig) consumer(client, group string, s settings) {
	r.Helper()
	r.driver.do("consumer", client, "topic", r.topic, "settings", r.member(group, s))
}

// assigned polls until a consumer has so many partitions, when there is nothing to read.
func (r *rig) assigned(client string, n int) {
	r.Helper()
	if got := r.untilAssigned(client, n); len(got) > 0 {
		r.Fatalf("it reads %v too early", got)
	}
}

// untilAssigned polls until a consumer has so many partitions, and returns what it
// read meanwhile.
func (r *rig) untilAssigned(client string, n int) []string {
	r.Helper()
	var got []string
	eventually(r.T, "the consumer has its partitions", func() bool {
		got = append(got, r.driver.do("poll", client, "records", 0, "ms", 50).Records...)
		return len(r.driver.do("assignment", client).Assignment) == n
	})
	return got
}
