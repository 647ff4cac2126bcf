package kafka_test

import (
	"fmt"
	"strings"
)

var readingExperiments = []experiment{
	{"poll-order", pollOrder},
	{"out-of-range", outOfRange},
}

// pollOrder reads two partitions with five records each, at most three a poll. The
// partitions are called x and y in the order in which they come.
func pollOrder(r *rig) {
	r.create(2, nil)
	r.producer("p", nil)
	r.sendTo("p", 0, numbers(0, 4)...)
	r.sendTo("p", 1, numbers(0, 4)...)
	r.consumer("c", "g", settings{"auto.offset.reset": "earliest", "max.poll.records": "3"})
	var polls []string
	names := map[string]string{}
	for n := 0; n < 10; {
		var poll []string
		for _, record := range r.driver.do("poll", "c", "records", 1, "ms", patience).Records {
			partition, rest, _ := strings.Cut(record, "@")
			if names[partition] == "" {
				names[partition] = string("xy"[len(names)])
			}
			offset, _, _ := strings.Cut(rest, "=")
			poll = append(poll, names[partition]+offset)
			n++
		}
		polls = append(polls, strings.Join(poll, " "))
	}
	r.Step("max.poll.records 3", "polls", polls)
}

// outOfRange has a group whose committed offset is deleted before it reads on.
func outOfRange(r *rig) {
	for _, policy := range []string{"earliest", "latest"} {
		r.create(1, nil)
		r.producer(policy, nil)
		r.sendTo(policy, 0, numbers(0, 7)...)
		first, second := policy+" A", policy+" B"
		s := settings{"auto.offset.reset": policy, "enable.auto.commit": "false"}
		r.consumer(first, policy, s)
		r.untilAssigned(first, 1)
		r.driver.do("commit-offset", first, "topic", r.topic, "partition", 0, "offset", 2)
		r.driver.do("close", first)
		r.admin("delete", "topic", r.topic, "before", 5)
		r.consumer(second, policy, s)
		got := r.untilAssigned(second, 1)
		ms := 3000 // in which nothing comes
		if policy == "earliest" {
			ms = patience
		}
		got = append(got, r.driver.do("poll", second, "records", 3-len(got), "ms", ms).Records...)
		r.sendTo(policy, 0, "8")
		got = append(got, r.driver.do("poll", second, "records", 1, "ms", patience).Records...)
		r.driver.do("close", second)
		r.Step(fmt.Sprint(policy, ", committed 2, log from 5"), "read", got)
	}
}
