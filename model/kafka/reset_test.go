package kafka

import (
	"strings"
	"testing"

	"orderlab/sim"
)

func TestParseReset(t *testing.T) {
	for text, want := range map[string]resetPolicy{
		"earliest":               {},
		"latest":                 {latest: true},
		"none":                   {none: true},
		"by_duration:PT5M":       {since: true, duration: 5 * sim.Minute},
		"by_duration:PT1H30M10S": {since: true, duration: 90*sim.Minute + 10*sim.Second},
		"by_duration:PT0S":       {since: true},
	} {
		if got, err := parseReset(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "nothing", "by_duration", "by_duration:", "by_duration:PT", "by_duration:5m",
		"by_duration:PT5", "by_duration:PT-5M", "by_duration:PT5M4", "by_duration:PTM", "by_duration:PT5S4M"} {
		if got, err := parseReset(text); err == nil {
			t.Errorf("%q is taken for %+v", text, got)
		}
	}
}

// by_duration begins with the first batch that was appended since, and at the end
// where there is none.
func TestOffsetResetByDuration(t *testing.T) {
	for reset, want := range map[string]string{
		"by_duration:PT1M": "a0 a1 a2 a3", // reaches behind the beginning
		"by_duration:PT3S": "a1 a2 a3",
		"by_duration:PT0S": "a3",
	} {
		b := consumerWorld(t, 1, sim.Millisecond, "consumer", "auto.offset.reset", reset, "topic", "partitions", "1",
			"broker", "group.initial.rebalance.delay.ms", "4s", "consumer", "fetch.max.wait.ms", "100ms")
		b.send(0, "a")
		b.run(2 * sim.Second)
		b.send(0, "a")
		b.run(sim.Second)
		b.send(0, "a")
		b.run(sim.Second / 2)
		ready(b)
		b.send(0, "a")
		b.run(sim.Second)
		if got := strings.Join(b.applied(), " "); got != want {
			t.Errorf("%s: %s are applied, want %s", reset, got, want)
		}
	}
}

// A partition that was added while the group was there has a policy of its own under
// the newer protocol; one that was there before has not, and neither has a
// position that is out of range.
func TestResetOfNewPartitions(t *testing.T) {
	b := consumerWorld(t, 1, sim.Millisecond, "consumer", "group.protocol", "consumer", "topic", "partitions", "2",
		"consumer", "auto.offset.reset", "latest", "consumer", "auto.offset.reset.new.partitions", "earliest")
	ready(b)
	c := b.w.consumers[0]
	for i := range c.parts {
		if c.parts[i].fresh {
			t.Errorf("partition %d was there before the group", c.parts[i].partition)
		}
	}
	b.w.Expand("orders", 3)
	b.run(20 * sim.Second)
	p := c.part(2)
	if p == nil || !p.fresh {
		t.Fatalf("the partition that was added is %+v", p)
	}
	if c.member.resetPosition(p, true); p.fresh {
		t.Error("a position that is out of range is that of a new partition")
	}
}
