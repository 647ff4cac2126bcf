package checker_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"orderlab/checker"
	"orderlab/model/history"

	"pgregory.net/rapid"
)

// linear are the guarantees that the oracle decides from lists of events.
var linear = []string{checker.PerKeyOrder, checker.PerKeyRealtimeOrder, checker.NoRegression, checker.NoLoss,
	checker.NoDuplicates, checker.PartitionOrder, checker.PerProducerOrder, checker.NoGhost, checker.NoGap,
	checker.NoStaleApply, checker.TotalOrder, checker.SameOrder, checker.CausalOrder, checker.Convergence,
	checker.MonotonicReads, checker.ReadYourWrites, checker.MonotonicWrites, checker.WritesFollowReads,
	checker.ConsistentPrefix}

// oracle decides one guarantee.
func oracle(w *world, id string, opt checker.Options) (found, checker.Verdict) {
	var f found
	unknown := len(w.doubts) > 0
	switch id {
	case checker.PerKeyOrder:
		f = w.perKeyOrder()
	case checker.PerKeyRealtimeOrder:
		f = w.perKeyRealtimeOrder()
	case checker.NoRegression:
		f = w.noRegression()
	case checker.NoDuplicates:
		f = w.noDuplicates()
		unknown = slices.ContainsFunc(w.doubts, func(d event) bool {
			others := append(slices.Clone(w.effects), w.doubts...)
			return slices.ContainsFunc(others, func(e event) bool {
				return e.row != d.row && e.Message == d.Message && e.Detail == d.Detail
			})
		})
	case checker.NoLoss:
		var doubtful int
		f, doubtful = w.noLoss(opt.Disposals, opt.Sinks)
		unknown = doubtful > 0
	case checker.PartitionOrder:
		f, unknown = w.partitionOrder(), false
	case checker.PerProducerOrder:
		f = w.perProducerOrder()
	case checker.NoGhost:
		f, unknown = w.noGhost()
	case checker.NoGap:
		f = w.noGap(opt.Disposals)
	case checker.NoStaleApply:
		f, unknown = w.noStaleApply()
	case checker.TotalOrder:
		f = w.oneOrder(false)
	case checker.SameOrder:
		f = w.oneOrder(true)
	case checker.CausalOrder:
		f = w.order(w.cause)
	case checker.Convergence:
		f, unknown = w.convergence()
	case checker.MonotonicReads:
		f, unknown = w.monotonicReads(), false
	case checker.ReadYourWrites:
		f, unknown = w.readYourWrites(), false
	case checker.MonotonicWrites:
		f, unknown = w.monotonicWrites(), false
	case checker.WritesFollowReads:
		f, unknown = w.writesFollowReads(), false
	case checker.ConsistentPrefix:
		f, unknown = w.consistentPrefix(), false
	}
	return f, f.verdict(id, unknown)
}

// The checker says what the definitions say, on thousands of random histories:
// the verdict, what it was decided on, inversions, keys, displacement, and the
// hop at which the order of the witness was lost.
func TestAgreesWithTheDefinitions(t *testing.T) {
	c := checker.New()
	statuses := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		h := drawChaos(t)
		opt := checker.Options{}
		if rapid.Bool().Draw(t, "strict") {
			opt.Disposals = []string{"dead-letter"}
		}
		if rapid.IntRange(0, 3).Draw(t, "all sinks") == 0 {
			opt.Sinks = []string{"s", "r"}
		}
		w := newWorld(h)
		for _, got := range c.Check(h, linear, opt) {
			f, want := oracle(w, got.Guarantee, opt)
			compared := got
			compared.Reason, compared.Witness, compared.LostAt, compared.KeySplit = "", nil, "", false
			if compared.Status == checker.Unknown {
				compared.Decided = want.Decided
			}
			if compared != want {
				t.Fatalf("%s:\n%+v, want\n%+v in\n%s", got.Guarantee, compared, want, text(h))
			}
			if (got.Reason != "") != (got.Status == checker.Unknown || got.Vacuous) {
				t.Fatalf("%s: %s, vacuous %v, with reason %q", got.Guarantee, got.Status, got.Vacuous, got.Reason)
			}
			checkWitness(t, w, &got, &f, opt)
			statuses[fmt.Sprintf("%s %s %v", got.Guarantee, got.Status, got.Vacuous)]++
		}
	})
	for _, id := range linear {
		for _, status := range []string{"holds false", "holds true", "violated false"} {
			if n := statuses[id+" "+status]; n < 2 && !testing.Short() {
				t.Errorf("only %d histories with %s %s", n, id, status)
			}
		}
	}
}

// checkWitness compares the witness with what the oracle found: the rows of the
// closest pair, and the hop.
func checkWitness(t *rapid.T, w *world, v *checker.Verdict, f *found, opt checker.Options) {
	g, _ := checker.Find(v.Guarantee)
	if v.Status != checker.Violated {
		if v.Witness != nil || v.LostAt != "" || v.KeySplit {
			t.Fatalf("%s is %s and has a witness or a hop: %+v", v.Guarantee, v.Status, v)
		}
		return
	}
	if v.Witness == nil || v.Witness.Text == "" || g.Order != (v.LostAt != "") ||
		len(v.Witness.Messages) == 0 && v.Guarantee != checker.MonotonicReads {
		t.Fatalf("%s is violated with %+v", v.Guarantee, v)
	}
	if f.overtaken != unnamed && !slices.Contains(v.Witness.Rows, f.overtaken) {
		t.Fatalf("%s: the witness %v is not about row %d in\n%s", v.Guarantee, v.Witness.Rows, f.overtaken, text(w.h))
	}
	minimal(t, w.h, v, opt)
	if v.Guarantee == checker.PartitionOrder {
		if v.LostAt != checker.HopDelivered {
			t.Fatalf("partition-order lost at %s", v.LostAt)
		}
		return
	}
	if !g.Order {
		return
	}
	late, early := f.overtaken, 0
	for _, row := range v.Witness.Rows {
		if e := w.h.Op(row); e.Kind == history.KindApply && e.Message == v.Witness.Messages[1] {
			early = row
		}
	}
	hop, split := w.lostAt(late, early, v.Guarantee == checker.NoRegression)
	split = split && w.sameKey(v.Witness.Messages[0], v.Witness.Messages[1])
	if hop != v.LostAt || split != v.KeySplit {
		t.Fatalf("%s: lost at %s, split %v; want %s, %v in\n%s", v.Guarantee, v.LostAt, v.KeySplit, hop, split, text(w.h))
	}
}

// minimal checks that the operations of a witness alone show the violation, and
// that they do not without any one of them. A poll is taken away with the
// deliveries that are its answer.
func minimal(t *rapid.T, h *history.History, v *checker.Verdict, opt checker.Options) {
	rows := slices.Sorted(slices.Values(v.Witness.Rows))
	judge := checker.New()
	if got := judge.Check(only(h, rows), []string{v.Guarantee}, opt)[0]; got.Status != checker.Violated {
		t.Fatalf("%s: the witness %v alone gives %+v in\n%s", v.Guarantee, rows, got, text(h))
	}
	for i := range rows {
		to := i + 1
		for h.Kind(rows[i]) == history.KindPoll && to < len(rows) && h.Kind(rows[to]) == history.KindDeliver {
			to++
		}
		rest := slices.Delete(slices.Clone(rows), i, to)
		if got := judge.Check(only(h, rest), []string{v.Guarantee}, opt)[0]; got.Status == checker.Violated {
			t.Fatalf("%s: the witness %v does not need row %d in\n%s", v.Guarantee, rows, rows[i], text(h))
		}
	}
}

// only returns the history of some rows.
func only(h *history.History, rows []int) *history.History {
	out := new(history.History)
	for k := range h.Keys() {
		out.AddKey(h.KeyName(history.Key(k)))
	}
	for p := range h.Processes() {
		out.AddProcess(h.ProcessName(history.Process(p)))
	}
	for p := range h.Places() {
		out.AddPlace(h.PlaceName(history.Place(p)))
	}
	for s := range h.Symbols() {
		out.AddSymbol(h.SymbolName(history.Symbol(s + 1)))
	}
	for m := range h.Messages() {
		out.AddMessage(h.Message(history.Message(m)))
	}
	for _, row := range rows {
		out.Append(h.Op(row))
	}
	return out
}

// text is a history as its file.
func text(h *history.History) string {
	var b bytes.Buffer
	if err := history.Write(&b, h); err != nil {
		return err.Error()
	}
	return b.String()
}

// A history says the same after it was written and read, whatever numbers its
// names get, and a checker that has seen others says the same as a new one.
func TestVerdictsSurviveTheFile(t *testing.T) {
	used := checker.New()
	ids := append(slices.Clone(linear), checker.LinearizableLog)
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		h := drawChaos(t)
		var back history.History
		if _, err := history.Read(&back, bytes.NewReader([]byte(text(h))), "f", history.ReadOptions{}); err != nil {
			return // chaos answers messages that nobody sent
		}
		compared++
		a, b := used.Check(h, ids, checker.Options{}), checker.New().Check(&back, ids, checker.Options{})
		for i := range a {
			a[i].Witness, b[i].Witness = nameless(a[i].Witness), nameless(b[i].Witness)
			if a[i].Guarantee == checker.LinearizableLog { // which place, and in which order its messages
				a[i].Witness, b[i].Witness = nil, nil
				a[i].Keys, b[i].Keys = 0, 0
			}
		}
		for i := range a {
			if !reflect.DeepEqual(a[i], b[i]) {
				t.Fatalf("%+v\n%+v\n%+v\n%+v\n%s", a[i], b[i], a[i].Witness, b[i].Witness, text(h))
			}
		}
	})
	if compared < 20 && !testing.Short() {
		t.Errorf("only %d histories could be read back", compared)
	}
}

// nameless drops the numbers of messages from a witness, which a file may change.
func nameless(w *checker.Witness) *checker.Witness {
	if w == nil {
		return nil
	}
	return &checker.Witness{Rows: w.Rows, Text: w.Text}
}
