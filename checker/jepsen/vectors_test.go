package jepsen_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"orderlab/checker/anomalies"
	"orderlab/checker/jepsen"
)

const vectors = "../testdata/vectors"

// vector is a history with what the original checkers said of it;
// testdata/vectors/*/README.md describes the fields.
type vector struct {
	ID       string
	Kind     string
	History  []vectorOp
	Input    json.RawMessage
	Asserted json.RawMessage
	Options  struct {
		WWDeps bool `json:"ww_deps"`
	} `json:"asserted_options"`
	Result   map[string]vectorResult `json:"jepsen_result"`
	Checker  string
	Expected map[string]any
}

type vectorOp struct {
	Index   *int   `json:"index"`
	Time    *int64 `json:"time"`
	Process *int
	Type, F string
	Value   json.RawMessage
}

type vectorResult struct {
	Types       []string `json:"error_types"`
	IfAssign    []string `json:"bad_if_assign"`
	IfSubscribe []string `json:"bad_if_subscribe"`
	Errors      map[string]json.RawMessage
}

type microOp struct {
	F          string
	Key, Value any
	Offset     *json.RawMessage
	Reads      []struct {
		Key   any
		Pairs [][2]any
	}
}

// load returns the vectors of a folder.
func load(t *testing.T, folder string) []vector {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(vectors, folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	var out []vector
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var v vector
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		out = append(out, v)
	}
	return out
}

// ednValue writes a value of JSON as EDN.
func ednValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case string:
		return ":" + v
	case []any:
		var all []string
		for _, e := range v {
			all = append(all, ednValue(e))
		}
		return "[" + strings.Join(all, " ") + "]"
	}
	return fmt.Sprint(v)
}

// ednMicro writes a micro-operation as EDN.
func ednMicro(m *microOp) string {
	if m.F == "send" {
		value := ednValue(m.Value)
		if m.Offset != nil {
			value = fmt.Sprintf("[%s %s]", strings.Replace(string(*m.Offset), "null", "nil", 1), value)
		}
		return fmt.Sprintf("[:send %s %s]", ednValue(m.Key), value)
	}
	if m.Reads == nil {
		return "[:poll]"
	}
	var keys []string
	for _, r := range m.Reads {
		var pairs []string
		for _, p := range r.Pairs {
			pairs = append(pairs, fmt.Sprintf("[%s %s]", ednValue(p[0]), ednValue(p[1])))
		}
		keys = append(keys, fmt.Sprintf("%s [%s]", ednValue(r.Key), strings.Join(pairs, " ")))
	}
	return "[:poll {" + strings.Join(keys, ", ") + "}]"
}

// ednHistory writes a history as Jepsen does. A completion of a vector that has no
// invocation, as those of the original's smallest tests, is given one.
func ednHistory(t *testing.T, ops []vectorOp) string {
	t.Helper()
	var b strings.Builder
	running := make(map[int]bool)
	for i, op := range ops {
		process := i
		if op.Process != nil {
			process = *op.Process
		}
		var value any
		if err := json.Unmarshal(op.Value, &value); len(op.Value) > 0 && err != nil {
			t.Fatal(err)
		}
		text := ednValue(value)
		if op.F == "send" || op.F == "poll" || op.F == "txn" {
			var mops []microOp
			if err := json.Unmarshal(op.Value, &mops); err != nil {
				t.Fatal(err)
			}
			var all []string
			for j := range mops {
				all = append(all, ednMicro(&mops[j]))
			}
			text = "[" + strings.Join(all, " ") + "]"
		}
		if op.Type != "invoke" && !running[process] {
			fmt.Fprintf(&b, "{:type :invoke, :f :%s, :process %d, :value nil}\n", op.F, process)
		}
		running[process] = op.Type == "invoke"
		fmt.Fprintf(&b, "{:type :%s, :f :%s, :process %d, :value %s", op.Type, op.F, process, text)
		if op.Time != nil {
			fmt.Fprintf(&b, ", :time %d", *op.Time)
		}
		if op.Index != nil && *op.Index >= 0 {
			fmt.Fprintf(&b, ", :index %d", *op.Index)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

func read(t *testing.T, ops []vectorOp) *jepsen.History {
	t.Helper()
	text := ednHistory(t, ops)
	h, err := jepsen.Read(strings.NewReader(text), "vector", jepsen.Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return h
}

// violated returns the findings that are violations, by id.
func violated(h *jepsen.History, kind anomalies.Kind, opt anomalies.Options) map[string]anomalies.Finding {
	out := make(map[string]anomalies.Finding)
	for _, f := range anomalies.Check(&h.History, kind, nil, opt) {
		if f.Status == anomalies.Violated {
			out[f.ID] = f
		}
	}
	return out
}

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
			cases, countable := r.Errors[originalName(a.ID)], !strings.HasPrefix(a.ID, "kafka/g0") && !strings.HasPrefix(a.ID, "kafka/g1c")
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
var insensitive = []string{anomalies.InconsistentOffsets, anomalies.Duplicate, anomalies.G1a, anomalies.PrecommittedRead,
	anomalies.LostWrite, anomalies.Unseen}

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
		if _, conflict := got[anomalies.InconsistentOffsets]; !f.Allowed && !conflict && !slices.Contains(bad, originalName(id)) {
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
				names = append(names, strings.TrimPrefix(h.Values[v], ":"))
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
	if got := violated(h, anomalies.Log, anomalies.Options{})[anomalies.InconsistentOffsets].Count; got != len(want.Errors) {
		t.Errorf("%d inconsistent offsets, want %d", got, len(want.Errors))
	}
	for _, e := range want.Errors {
		if at := logs[fmt.Sprint(e.Key)][e.Index]; fmt.Sprint(at) != fmt.Sprint(e.Values) {
			t.Errorf("at %d of %v stands %v, want %v", e.Index, e.Key, at, e.Values)
		}
	}
}

func kafkaOffsets(t *testing.T, v *vector) {
	var op vectorOp
	if err := json.Unmarshal(v.Input, &op); err != nil {
		t.Fatal(err)
	}
	var want map[string]int64
	if err := json.Unmarshal(v.Asserted, &want); err != nil {
		t.Fatal(err)
	}
	// The input has no values; the test of the offsets needs none, but a history does.
	var mops []microOp
	if err := json.Unmarshal(op.Value, &mops); err != nil {
		t.Fatal(err)
	}
	n := 0
	next := func() any { n++; return float64(n) }
	for i := range mops {
		if mops[i].Reads == nil {
			mops[i].Value = next()
		}
		for _, r := range mops[i].Reads {
			for j := range r.Pairs {
				r.Pairs[j][1] = next()
			}
		}
	}
	var all []string
	for i := range mops {
		all = append(all, ednMicro(&mops[i]))
	}
	text := fmt.Sprintf("{:type :invoke, :f :txn, :process 0}\n{:type :%s, :f :txn, :process 0, :value [%s]}", op.Type, strings.Join(all, " "))
	h, err := jepsen.Read(strings.NewReader(text), "vector", jepsen.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]int64)
	for k, offset := range h.Furthest(&h.Ops[0]) {
		got[strings.TrimPrefix(h.Keys[k], ":")] = offset
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the furthest offsets are %v, want %v", got, want)
	}
}

// logOf returns the dense log that a history of polls shows, given with holes.
func logOf(t *testing.T, v *vector) [][]string {
	var input [][]string
	if err := json.Unmarshal(v.Input, &input); err != nil {
		t.Fatal(err)
	}
	var pairs []string
	for offset, values := range input {
		for _, value := range values {
			pairs = append(pairs, fmt.Sprintf("[%d :%s]", offset, value))
		}
	}
	text := "{:type :invoke, :f :poll, :process 0}\n{:type :ok, :f :poll, :process 0, :value [[:poll {:k [" + strings.Join(pairs, " ") + "]}]]}"
	h, err := jepsen.Read(strings.NewReader(text), "vector", jepsen.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return readLogs(&h.History)["k"]
}

func kafkaLastIndex(t *testing.T, v *vector) {
	var want [][]string
	if err := json.Unmarshal(v.Asserted, &want); err != nil {
		t.Fatal(err)
	}
	log := logOf(t, v)
	got := make([][]string, len(log))
	for i, values := range log {
		for _, value := range values {
			if !slices.ContainsFunc(log[i+1:], func(s []string) bool { return slices.Contains(s, value) }) {
				got[i] = append(got[i], value)
			}
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the last places are %v, want %v", got, want)
	}
}

func kafkaFirstIndex(t *testing.T, v *vector) {
	var want map[string]int
	if err := json.Unmarshal(v.Asserted, &want); err != nil {
		t.Fatal(err)
	}
	got := make(map[string]int)
	for i, values := range logOf(t, v) {
		for _, value := range values {
			if _, ok := got[value]; !ok {
				got[value] = i
			}
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the first places are %v, want %v", got, want)
	}
}
