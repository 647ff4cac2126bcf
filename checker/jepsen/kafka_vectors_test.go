package jepsen_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"orderlab/checker/anomalies"
	"orderlab/checker/jepsen"
)

// Every vector of the Kafka workload agrees: with what its test asserts, and with all
// else that the original reported, but for its known faults.
func TestKafkaVectors(t *testing.T) {
	judges := map[string]func(*testing.T, *vector){
		"history": kafkaHistory, "checker": kafkaChecker, "realtime-lag": kafkaLag, "version-orders": kafkaOrders,
		"op->max-offsets": kafkaOffsets, "log->last-index->values": kafkaLastIndex, "log->value->first-index": kafkaFirstIndex,
	}
	all := load(t, "kafka-anomalies")
	if len(all) != 46 {
		t.Fatalf("%d vectors, want 46", len(all))
	}
	for _, v := range all {
		judge := judges[v.Kind]
		if judge == nil {
			t.Fatalf("%s: no test for the kind %q", v.ID, v.Kind)
		}
		t.Run(v.ID, func(t *testing.T) { judge(t, &v) })
	}
}

// assertion is what a test of a whole history asserts.
type assertion struct {
	Anomaly string
	Present bool
	Cases   []map[string]any
	None    bool `json:"no_anomalies_at_all"`
	Unseen  []struct {
		Time   int64
		Unseen map[string]int
	} `json:"unseen_series"`
	Worst *vectorLag `json:"worst_realtime_lag"`
}

func kafkaHistory(t *testing.T, v *vector) {
	var want assertion
	if err := json.Unmarshal(v.Asserted, &want); err != nil {
		t.Fatal(err)
	}
	h := read(t, v.History)
	found := violated(h, anomalies.Log, anomalies.Options{WWDeps: v.Options.WWDeps})
	switch {
	case want.None:
		if len(found) != 0 {
			t.Errorf("found %v, and there is nothing", found)
		}
	case want.Unseen != nil:
		for _, at := range want.Unseen {
			total := 0
			for _, n := range at.Unseen {
				total += n
			}
			until := slices.IndexFunc(v.History, func(op vectorOp) bool { return *op.Time > at.Time })
			if until < 0 {
				until = len(v.History)
			}
			part := read(t, v.History[:until])
			if got := violated(part, anomalies.Log, anomalies.Options{})[anomalies.Unseen].Count; got != total {
				t.Errorf("at %d: %d unseen, want %d", at.Time, got, total)
			}
		}
	case want.Worst != nil:
		lags := vectorLags(anomalies.RealtimeLag(&h.History), &h.History)
		worst := slices.MaxFunc(lags, func(a, b vectorLag) int { return int(a.Lag - b.Lag) })
		if worst != *want.Worst {
			t.Errorf("the worst lag is %+v, want %+v", worst, *want.Worst)
		}
	default:
		f, present := found["kafka/"+strings.ToLower(want.Anomaly)]
		if present != want.Present {
			t.Fatalf("%s present: %v, want %v", want.Anomaly, present, want.Present)
		}
		if want.Cases != nil && f.Count != len(want.Cases) {
			t.Errorf("%d cases, want %d", f.Count, len(want.Cases))
		}
	}
	kafkaReport(t, v, h)
}

// unseenFault are the vectors in which the original reports unseen wrongly: the last
// operation that succeeded polls a key without any successful send.
var unseenFault = []string{"jk-11", "jk-12", "jk-26", "jk-34", "jk-45"}

// kafkaReport compares with all that the original reported, without --ww-deps and
// with it.
func kafkaReport(t *testing.T, v *vector, h *jepsen.History) {
	if len(v.Result) != 2 {
		t.Fatalf("%d results of the original, want 2", len(v.Result))
	}
	for name, r := range v.Result {
		opt := anomalies.Options{WWDeps: name == "ww_deps=true"}
		got := violated(h, anomalies.Log, opt)
		// Where an offset holds several values the original takes any of them, and
		// only what does not depend on it can be compared.
		_, conflict := got[anomalies.InconsistentOffsets]
		for _, a := range anomalies.Catalogue() {
			if a.Kind != anomalies.Log || a.ID == anomalies.Phantom || a.ID == anomalies.EmptyHistory ||
				conflict && !slices.Contains(insensitive, a.ID) {
				continue
			}
			_, have := got[a.ID]
			original := slices.ContainsFunc(r.Types, func(s string) bool { return "kafka/"+strings.ToLower(s) == a.ID })
			cases := r.Errors[originalName(a.ID)]
			countable := !strings.HasPrefix(a.ID, "kafka/g0") && !strings.HasPrefix(a.ID, "kafka/g1c")
			switch {
			case have == original && have && countable && a.ID != anomalies.Unseen:
				var all []json.RawMessage
				if err := json.Unmarshal(cases, &all); err != nil || len(all) != got[a.ID].Count {
					t.Errorf("%s, %s: %d cases, and the original has %s", name, a.ID, got[a.ID].Count, cases)
				}
			case have == original:
			case a.ID == anomalies.Unseen && original && slices.Contains(unseenFault, v.ID):
			case have && !countable && lesserCycle(r.Types, a.ID):
			default:
				t.Errorf("%s, %s: found %v, and the original %v", name, a.ID, have, original)
			}
		}
		kafkaAllowed(t, name+", assigned", got, r.IfAssign, opt)
		opt.Subscribe = true
		kafkaAllowed(t, name+", subscribed", violated(h, anomalies.Log, opt), r.IfSubscribe, opt)
	}
}

// insensitive do not depend on which of several values an offset is said to hold.
var insensitive = []string{anomalies.InconsistentOffsets, anomalies.Duplicate, anomalies.G1a,
	anomalies.PrecommittedRead, anomalies.LostWrite, anomalies.Unseen}

func originalName(id string) string {
	name := strings.TrimPrefix(id, "kafka/")
	if strings.HasPrefix(name, "g") {
		return strings.ToUpper(name[:1]) + name[1:]
	}
	return name
}

// lesserCycle says whether the original reported a cycle that is less severe: then
// it leaves the others out.
func lesserCycle(types []string, id string) bool {
	order := []string{"G0", "G1c", "G0-realtime", "G1c-realtime"}
	for _, s := range order {
		if "kafka/"+strings.ToLower(s) == id {
			return false
		}
		if slices.Contains(types, s) {
			return true
		}
	}
	return false
}

// kafkaAllowed compares which anomalies make the history invalid.
func kafkaAllowed(t *testing.T, name string, got map[string]anomalies.Finding, bad []string, opt anomalies.Options) {
	for _, s := range bad {
		f, ok := got["kafka/"+strings.ToLower(s)]
		if ok && f.Allowed {
			t.Errorf("%s: %s is allowed, and not by the original", name, s)
		}
	}
	for id, f := range got {
		if f.Allowed && slices.Contains(bad, originalName(id)) {
			t.Errorf("%s: %s is allowed (%+v), and not by the original", name, id, opt)
		}
		_, conflict := got[anomalies.InconsistentOffsets]
		if !f.Allowed && !conflict && !slices.Contains(bad, originalName(id)) {
			t.Errorf("%s: %s makes the history invalid, and does not for the original", name, id)
		}
	}
}

func kafkaChecker(t *testing.T, v *vector) {
	var want struct{ Valid bool }
	if err := json.Unmarshal(v.Asserted, &want); err != nil {
		t.Fatal(err)
	}
	valid := true
	for _, f := range violated(read(t, v.History), anomalies.Log, anomalies.Options{}) {
		valid = valid && f.Allowed
	}
	if valid != want.Valid {
		t.Errorf("valid: %v, want %v", valid, want.Valid)
	}
}

type vectorLag struct {
	Key                string
	Process, Time, Lag int64
}

func vectorLags(lags []anomalies.Lag, h *anomalies.History) []vectorLag {
	var out []vectorLag
	for _, l := range lags {
		var process int64
		fmt.Sscan(h.Processes[l.Process], &process)
		out = append(out, vectorLag{strings.TrimPrefix(h.Keys[l.Key], ":"), process, l.Time, l.Lag})
	}
	return out
}

func kafkaLag(t *testing.T, v *vector) {
	var want struct{ Lags []vectorLag }
	if err := json.Unmarshal(v.Asserted, &want); err != nil {
		t.Fatal(err)
	}
	h := read(t, v.History)
	if got := vectorLags(anomalies.RealtimeLag(&h.History), &h.History); !slices.Equal(got, want.Lags) {
		t.Errorf("the lags are\n%v, want\n%v", got, want.Lags)
	}
}

// readLogs returns the logs of a history by key, with holes left out.
func readLogs(h *anomalies.History) map[string][][]string {
	out := make(map[string][][]string)
	for _, l := range anomalies.Logs(h) {
		var log [][]string
		for _, values := range l.Values {
			var names []string
			for _, v := range values {
				names = append(names, strings.TrimPrefix(h.Name(v), ":"))
			}
			sort.Strings(names)
			log = append(log, names)
		}
		out[strings.TrimPrefix(h.Keys[l.Key], ":")] = log
	}
	return out
}

func kafkaOrders(t *testing.T, v *vector) {
	var want struct {
		Orders map[string]struct{ Log [][]string }
		Errors []struct {
			Key           any
			Index, Offset int
			Values        []any
		}
	}
	if err := json.Unmarshal(v.Asserted, &want); err != nil {
		t.Fatal(err)
	}
	h := read(t, v.History)
	logs := readLogs(&h.History)
	for key, order := range want.Orders {
		dense := slices.DeleteFunc(order.Log, func(s []string) bool { return s == nil })
		if fmt.Sprint(logs[key]) != fmt.Sprint(dense) {
			t.Errorf("the log of %s is %v, want %v", key, logs[key], dense)
		}
	}
	found := violated(h, anomalies.Log, anomalies.Options{})
	if got := found[anomalies.InconsistentOffsets].Count; got != len(want.Errors) {
		t.Errorf("%d inconsistent offsets, want %d", got, len(want.Errors))
	}
	for _, e := range want.Errors {
		if at := logs[fmt.Sprint(e.Key)][e.Index]; fmt.Sprint(at) != fmt.Sprint(e.Values) {
			t.Errorf("at %d of %v stands %v, want %v", e.Index, e.Key, at, e.Values)
		}
	}
}
