package runner_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/model/kafka"
	"orderlab/scenarios"
	"orderlab/scenarios/result"
	"orderlab/scenarios/runner"
)

// everyFault has each fault that nodes of Kafka's clients endure, once, as a
// scenario file writes it.
var everyFault = map[string]string{
	"partition":       "{between: faulty-0, and: brokers}",
	"isolate":         "{node: faulty-0}",
	"split":           "{node: brokers}",
	"reset":           "{between: broker-0, and: broker-1}",
	"drop":            "{between: broker-0, and: broker-1, tell: true}",
	"flap":            "{between: faulty-0, and: brokers, down: 300ms, up: [100ms, 900ms]}",
	"clog":            "{from: brokers, to: faulty-0}",
	"slow-link":       "{between: faulty-0, factor: 200, added: 50ms}",
	"throttle":        "{between: brokers, and: [faulty-0, producer-0], bandwidth: 2KiB}",
	"noisy":           "{between: faulty-0, and: brokers, loss: 40%}",
	"stall":           "{between: faulty-0, and: brokers}",
	"crash":           "{node: faulty-0}",
	"crash-machine":   "{node: faulty-0}",
	"pause":           "{node: consumers}",
	"slow-cpu":        "{node: faulty-0, factor: 2.5}",
	"rolling-restart": "{node: consumers, down: 2s, gap: 1s}",
	"drift-clock":     "{node: consumers, ppm: 200000}",
	"step-clock":      "{node: producer-0, by: -30s}",
	"draw":            "{node: [brokers, consumers], within: 5s, lasting: [1s, 3s], swarm: false}",
	"expand":          "{topic: orders, partitions: 8}",

	"reassign":            "{topic: orders, partition: 0, replicas: [broker-2]}",
	"cancel-reassignment": "{topic: orders, partition: 0}",
	"elect-leaders":       "{topic: orders}",
	"shutdown":            "{node: broker-0}",
	"close":               "{node: faulty-0}",
	"rolling-shutdown":    "{node: brokers, down: 1s, gap: 1s}",
	"full-disk":           "{node: broker-0}",
	"slow-disk":           "{node: brokers, factor: 20}",
}

// faultSystem has what some faults need of the system to have an effect.
var faultSystem = map[string]string{
	"slow-disk":  "system: {kafka: {broker: {log.flush.interval.messages: 1}}}",
	"step-clock": "app: {guard: newer-time}",
}

// faultBefore has what has to happen before some faults for them to have an effect.
var faultBefore = map[string]string{
	"cancel-reassignment": "{at: steady, after: 1s, reassign: {topic: orders, partition: 0, replicas: [broker-0]}}, " +
		"{at: steady, after: 4s, for: 4s, partition: {between: broker-0, and: broker-2}}, " +
		"{at: steady, after: 4500ms, reassign: {topic: orders, partition: 0, replicas: [broker-2]}}, ",
	"elect-leaders": "{at: steady, after: 1s, reassign: {topic: orders, partition: 0, replicas: [broker-0, broker-1, broker-2]}}, " +
		"{at: steady, after: 1s, reassign: {topic: orders, partition: 1, replicas: [broker-0, broker-1, broker-2]}}, ",
}

const faultyFile = `orderlab: 1
question: What does the fault do?
system: {kafka: {topics: {orders: {partitions: 4, replicas: 3}}}}
workload:
  keys: {count: 50}
  phases:
    - {name: steady, for: 20s, arrivals: {poisson: 40/s}}
    - {name: settle, until: drained, at_most: 120s}
consumers: {group: faulty, members: 2, work: {exponential: 5ms}, auto.offset.reset: earliest, session.timeout.ms: 6s}
`

// faulty returns the case of a file with some faults.
func faulty(t testing.TB, faults string) *scenarios.Case { return faultyIn(t, faults, "") }

// faultyIn is faulty with a patch of the file.
func faultyIn(t testing.TB, faults, patch string) *scenarios.Case {
	t.Helper()
	src := faultyFile + "faults: " + faults + "\nstrategies: {s: {" + patch + "}}\n"
	sc, err := scenarios.Load(registry(), "faulty", "faulty.yaml", []byte(src), nil)
	if err != nil {
		t.Fatal(err)
	}
	return &sc.Cases[0]
}

// course makes a run and returns it with its history, but for the faults' own lines.
func course(t testing.TB, c *scenarios.Case) (result.Run, string) {
	t.Helper()
	r := runner.New(registry())
	out, err := r.Run(context.Background(), c, 1, runner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	h := r.History()
	for i := range h.Len() {
		if op := h.Op(i); op.Kind != history.KindFault {
			op.Detail = 0 // words are numbered in the order of their use
			fmt.Fprintln(&b, op)
		}
	}
	return out, b.String()
}

// Every fault of the engine that Kafka's clients endure takes effect on them, and
// a second run is the same.
func TestEveryFaultTakesEffect(t *testing.T) {
	for _, k := range kafka.System().Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			text, ok := everyFault[k.Name]
			if !ok {
				t.Fatal("the fault is not tried; add it to everyFault")
			}
			lasting := ", for: 4s"
			if k.Lasting == model.AtOnce {
				lasting = ""
			}
			before := faultBefore[k.Name]
			_, without := course(t, faultyIn(t, "["+before+"]", faultSystem[k.Name]))
			faults := fmt.Sprintf("[%s{at: steady, after: 5s%s, %s: %s}]", before, lasting, k.Name, text)
			c := faultyIn(t, faults, faultSystem[k.Name])
			first, with := course(t, c)
			if with == without {
				t.Error("the run is as without the fault")
			}
			if again, _ := course(t, c); again.Hash != first.Hash {
				t.Error("a second run differs")
			}
			if first.Metrics.Applied == 0 {
				t.Error("nothing was applied")
			}
		})
	}
}

// Every way to begin and to end a fault, and what becomes of it in the history.
func TestTriggersAndEnds(t *testing.T) {
	for _, c := range []struct{ faults, want string }{
		{"[{at: 5s, for: 2s, crash: {node: faulty-0}}]", "5s crash node=faulty-0"},
		{"[{at: steady, after: 1s, every: 5s, times: 3, for: 1s, pause: {node: faulty-1}}]",
			"+1s pause node=faulty-1, +6s pause node=faulty-1, +11s pause node=faulty-1"},
		{"[{at: steady, every: 8s, for: 1s, pause: {node: faulty-1}}]",
			"+0s pause node=faulty-1, +8s pause node=faulty-1, +16s pause node=faulty-1"},
		{"[{at: steady, for: 9s, crash: {node: faulty-0}}, {when: rebalance, after: 1s, for: 2s, pause: {node: producer-0}}]",
			"+0s crash node=faulty-0, ? pause node=producer-0"},
		{"[{after: 2000 events, for: 1s, slow-cpu: {node: faulty-0, factor: 3}}]", "? slow-cpu factor=3, node=faulty-0"},
		{"[{at: steady, until: settle, isolate: {node: faulty-0}}]", "+0s isolate node=faulty-0"},
		{"[{name: cut, at: steady, isolate: {node: faulty-0}}, {at: steady, after: 3s, heal: cut}]",
			"+0s isolate node=faulty-0, +3s heal cut"},
		{"[{at: steady, isolate: {node: faulty-0}}, {at: steady, after: 3s, heal: all}]", "+0s isolate node=faulty-0, +3s heal all"},
	} {
		cs := faulty(t, c.faults)
		r := runner.New(registry())
		out, err := r.Run(context.Background(), cs, 1, runner.Options{Series: true})
		if err != nil {
			t.Fatal(err)
		}
		steady := 0.0
		for _, m := range out.Series.Marks {
			if m.Label == "steady" {
				steady = m.AtS
			}
		}
		if got := struckAt(r.History(), steady, c.want); got != c.want {
			t.Errorf("%s gives %q, want %q", c.faults, got, c.want)
		}
		if out.Metrics.Applied < out.Metrics.Acked {
			t.Errorf("%s: %d of %d were applied: it did not end", c.faults, out.Metrics.Applied, out.Metrics.Acked)
		}
	}
}

// struckAt lists the faults of a history. Where the pattern has a ?, the time is
// not told; a + counts from the phase.
func struckAt(h *history.History, steady float64, pattern string) string {
	wants := strings.Split(pattern, ", ")
	var out []string
	for i := range h.Len() {
		op := h.Op(i)
		if op.Kind != history.KindFault {
			continue
		}
		text := "?"
		if len(out) < len(wants) {
			switch at := float64(op.Begin) / 1e9; {
			case strings.HasPrefix(wants[len(out)], "+"):
				text = fmt.Sprintf("+%gs", float64(int((at-steady)*1000+0.5))/1000)
			case !strings.HasPrefix(wants[len(out)], "?"):
				text = fmt.Sprintf("%gs", at)
			}
		}
		out = append(out, text+" "+h.SymbolName(op.Detail))
	}
	return strings.Join(out, ", ")
}

// The faults that struck, written with their times, make the same run; so do those
// of an explicit case. That goes for what is drawn about a fault as well.
func TestStruckFaultsReplay(t *testing.T) {
	c := faulty(t, `[{at: steady, after: 2s, every: 6s, times: 2, for: 3s,
  flap: {between: faulty-0, down: [100ms, 900ms], up: [100ms, 500ms]}},
  {name: cut, at: steady, until: settle, slow-cpu: {node: faulty-1, factor: 2}}]`)
	r := runner.New(registry())
	if _, err := r.Run(context.Background(), c, 1, runner.Options{}); err != nil {
		t.Fatal(err)
	}
	text := r.Schedule()
	again := faulty(t, "\n"+string(bytes.TrimRight(indent(text), "\n")))
	_, first := course(t, c)
	if _, second := course(t, again); first != second {
		t.Errorf("the schedule makes another run:\n%s", text)
	}
	explicit, err := r.Explicit(context.Background(), c, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range explicit.Faults {
		if f.At != "" || f.Until != "" || f.Every != 0 {
			t.Errorf("a fault is not explicit: %+v", f)
		}
	}
}

func indent(text []byte) []byte {
	return append([]byte("  "), bytes.ReplaceAll(text, []byte("\n"), []byte("\n  "))...)
}
