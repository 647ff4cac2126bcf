package jepsen_test

import (
	"slices"
	"strings"
	"testing"

	"orderlab/checker/anomalies"
	"orderlab/checker/jepsen"
)

// parse reads a history whose events are given in short: process, type, f, value.
func parse(t *testing.T, events ...string) *jepsen.History {
	t.Helper()
	var b strings.Builder
	for _, e := range events {
		words := strings.SplitN(e, " ", 4)
		b.WriteString("{:process " + words[0] + ", :type :" + words[1] + ", :f :" + words[2] + ", :value " + words[3] + "}\n")
	}
	h, err := jepsen.Read(strings.NewReader(b.String()), "test", jepsen.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func ids(h *jepsen.History) (out []string) {
	for _, f := range anomalies.Check(&h.History, anomalies.Log, nil, anomalies.Options{}) {
		if f.Status == anomalies.Violated {
			out = append(out, f.ID)
		}
	}
	return out
}

// The original has faults that are known. Here the same histories get the right
// verdict.
func TestKnownFaults(t *testing.T) {
	for _, c := range []struct {
		fault  string
		events []string
		want   []string
	}{
		{
			"a value that nobody sent ends the analysis with an error",
			[]string{
				"0 invoke send [[:send :x :a]]", "0 ok send [[:send :x [0 :a]]]",
				"1 invoke poll [[:poll]]", "1 ok poll [[:poll {:x [[0 :a] [1 :ghost] [2 :b]]}]]",
				"0 invoke send [[:send :x :b]]", "0 info send [[:send :x :b]]",
				"2 invoke poll [[:poll]]", "2 fail poll [[:poll {:x [[0 :a] [1 :ghost]]}]]",
			},
			[]string{anomalies.Phantom, anomalies.G1cRealtime},
		},
		{
			"one that is lost besides, and nobody sent, too",
			[]string{
				"0 invoke send [[:send :x :a]]", "0 ok send [[:send :x [2 :a]]]",
				"1 invoke poll [[:poll]]", "1 info poll [[:poll {:x [[0 :ghost]]}]]",
				"2 invoke poll [[:poll]]", "2 ok poll [[:poll {:x [[2 :a]]}]]",
			},
			[]string{anomalies.Phantom},
		},
		{
			"when the last successful operation polls a key without a successful send, its values count as unseen",
			[]string{
				"0 invoke send [[:send :x :a]]", "0 info send [[:send :x :a]]",
				"1 invoke poll [[:poll]]", "1 ok poll [[:poll {:x [[0 :a]]}]]",
			},
			nil,
		},
		{
			"when no polled value of a key has an offset, the analysis ends with an index that does not exist",
			[]string{
				"0 invoke send [[:send :x :a]]", "0 info send [[:send :x :a]]",
				"1 invoke send [[:send :x :b]]", "1 ok send [[:send :x [0 :b]]]",
				"2 invoke poll [[:poll]]", "2 ok poll [[:poll {:x [[nil :a] [nil :b]]}]]",
				"3 invoke send [[:send :y :c]]", "3 ok send [[:send :y [nil :c]]]",
				"2 invoke poll [[:poll]]", "2 ok poll [[:poll {:y [[nil :c]]}]]",
			},
			nil,
		},
	} {
		t.Run(c.fault, func(t *testing.T) {
			if got := ids(parse(t, c.events...)); !slices.Equal(got, c.want) {
				t.Errorf("found %v, want %v", got, c.want)
			}
		})
	}
}

// An assignment that failed, or is only asked for, keeps what was polled.
func TestAssignmentThatFails(t *testing.T) {
	before := []string{
		"0 invoke send [[:send :x :a]]", "0 ok send [[:send :x [0 :a]]]",
		"1 invoke poll [[:poll]]", "1 ok poll [[:poll {:x [[0 :a]]}]]",
		"1 invoke assign [:y]",
	}
	after := []string{"1 invoke poll [[:poll]]", "1 ok poll [[:poll {:x [[0 :a]]}]]"}
	for typ, want := range map[string][]string{"ok": nil, "info": nil, "fail": {anomalies.NonmonotonicPoll}} {
		events := slices.Concat(before, []string{"1 " + typ + " assign [:y]"}, after)
		if got := ids(parse(t, events...)); !slices.Equal(got, want) {
			t.Errorf("after an assignment with %s: %v, want %v", typ, got, want)
		}
	}
}

// What is asked of the order inside an operation is not asked of a key that moved
// while it went on.
func TestRebalanceLog(t *testing.T) {
	send := []string{"0 invoke send [[:send :x :a] [:send :x :b] [:send :x :c]]",
		"0 ok send [[:send :x [0 :a]] [:send :x [1 :b]] [:send :x [2 :c]]]",
		"2 invoke poll [[:poll]]", "2 ok poll [[:poll {:x [[0 :a] [1 :b] [2 :c]]}]]", "1 invoke poll [[:poll] [:poll]]"}
	polled := "1 ok poll [[:poll {:x [[0 :a]]}] [:poll {:x [[2 :c]]}]]"
	for log, want := range map[string][]string{
		"": {anomalies.IntPollSkip}, ", :rebalance-log [{:keys [:y]}]": {anomalies.IntPollSkip},
		", :rebalance-log nil":                                {anomalies.IntPollSkip},
		", :rebalance-log [{:keys [:y]} {:keys [:x], :at 3}]": nil, ", \"rebalance_log\" ({\"keys\" (:x)})": nil,
	} {
		if got := ids(parse(t, append(slices.Clone(send), polled+log)...)); !slices.Equal(got, want) {
			t.Errorf("with %q: %v, want %v", log, got, want)
		}
	}
}
