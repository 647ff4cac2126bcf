package kafka

import (
	"fmt"
	"regexp"
	"slices"
	"testing"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// A trace can name everything that happens in a world, and tell which frames carry
// a message: on its way to the leader, from there to followers, and to the consumer.
func TestFramesAndTimersHaveNames(t *testing.T) {
	s := newSetup().must("topic", "replicas", "2").must("consumer", "auto.offset.reset", "earliest")
	s.consumers = 2
	b := s.build(t)
	b.sim.TraceCauses(1 << 12)
	var reader model.FrameReader = b.w
	carried := map[string][]history.Message{}
	frames := map[string]int{}
	b.sim.Arrived = func(_, _ sim.NodeID, f *sim.Frame) {
		name, text := reader.ReadFrame(f)
		if f.Kind&reply != 0 && name == "Produce" {
			name = "Produced"
		}
		frames[name]++
		if name == "" || text == "" {
			t.Errorf("a frame of kind %d has the name %q and the text %q", f.Kind, name, text)
		}
		for _, m := range reader.FrameMessages(nil, f) {
			if !slices.Contains(carried[name], m) {
				carried[name] = append(carried[name], m)
			}
		}
	}
	unnamed := regexp.MustCompile(`(timer|frame) \d|timer  |frame  `)
	var want []history.Message
	for end, sent := b.sim.Now()+20*sim.Second, 0; b.sim.Now() < end && b.sim.Step(1) == sim.Running; {
		if text := b.sim.Describe(b.sim.Why(b.sim.Events()).Links[0].Event); unnamed.MatchString(text) {
			t.Errorf("an event is called %q", text)
		}
		if sent < 10 && b.sim.Now() > sim.Time(sent+1)*sim.Second {
			want = append(want, b.send(0, keyNames[sent]))
			sent++
		}
	}
	for _, name := range []string{"Produce", "Produced", "Fetched"} {
		slices.Sort(carried[name])
		if fmt.Sprint(carried[name]) != fmt.Sprint(want) || len(want) != 10 {
			t.Errorf("%s carried %v, want %v", name, carried[name], want)
		}
		delete(carried, name)
	}
	if len(carried) > 0 {
		t.Errorf("other frames carried %v", carried)
	}
	for _, name := range []string{"Metadata", "Image", "Fetch", "ReplicaFetch", "ListOffsets", "FindCoordinator", "JoinGroup",
		"SyncGroup", "Heartbeat", "OffsetCommit", "OffsetFetch"} {
		if frames[name] == 0 {
			t.Errorf("no frame is called %s", name)
		}
	}
}

// Of a large batch a trace names the first messages.
func TestBatchesAreNamedShortly(t *testing.T) {
	b := newSetup().must("producer", "linger.ms", "50ms").build(t)
	b.until("the producer knows the topic", func() bool { return b.w.producers[0].fresh })
	got := ""
	b.sim.Arrived = func(_, _ sim.NodeID, f *sim.Frame) {
		if f.Kind == frameProduce {
			_, got = b.w.ReadFrame(f)
		}
	}
	for range 5 {
		b.send(0, "a")
	}
	b.until("the batch has arrived", func() bool { return got != "" })
	if want := `^orders/\d seq=0 \[producer-0#0 producer-0#1 producer-0#2 and 2 more\]$`; !regexp.MustCompile(want).MatchString(got) {
		t.Errorf("the batch is called %q", got)
	}
}
