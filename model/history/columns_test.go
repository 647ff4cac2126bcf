package history_test

import (
	"math"
	"runtime"
	"testing"

	"orderlab/model/history"

	"pgregory.net/rapid"
)

const chunkRows = 1 << 14 // the rows of a chunk

// opGenerator draws any operation, with times and positions around the limits
// of the 32-bit columns.
func opGenerator() *rapid.Generator[history.Op] {
	big := rapid.OneOf(rapid.Int64Range(0, 9), rapid.Int64Range(1<<32-5, 1<<32+5), rapid.Int64Range(0, math.MaxInt64/4))
	return rapid.Custom(func(t *rapid.T) history.Op {
		op := history.Op{
			Kind:     history.Kind(rapid.IntRange(1, 17).Draw(t, "kind")),
			Outcome:  history.Outcome(rapid.IntRange(0, 2).Draw(t, "outcome")),
			Attempt:  rapid.Uint16().Draw(t, "attempt"),
			Process:  history.Process(rapid.Uint16().Draw(t, "process")),
			Session:  rapid.Uint16().Draw(t, "session"),
			Epoch:    rapid.Uint16().Draw(t, "epoch"),
			Detail:   history.Symbol(rapid.Uint16().Draw(t, "detail")),
			Message:  history.Message(rapid.Uint32().Draw(t, "message")),
			Place:    history.Place(rapid.Uint32().Draw(t, "place")),
			Position: history.NoPosition,
			Begin:    rapid.Int64Range(-5, math.MaxInt64/4).Draw(t, "begin"),
			End:      history.Pending,
		}
		if rapid.Bool().Draw(t, "placed") {
			op.Position = big.Draw(t, "position")
		}
		if rapid.Bool().Draw(t, "ended") {
			op.End = op.Begin + big.Draw(t, "length")
		}
		return op
	})
}

// What was appended is what is read, row by row and column by column, also after
// a reset and over the borders of chunks.
func TestColumnsKeepEveryField(t *testing.T) {
	var h history.History
	rapid.Check(t, func(t *rapid.T) {
		h.Reset()
		filler := history.Op{Kind: history.KindStore, Message: 7, Place: 3, Position: 1, Begin: 5, End: 5}
		before := rapid.SampledFrom([]int{0, 1, chunkRows - 3, 2*chunkRows - 1}).Draw(t, "before")
		for range before {
			h.Append(filler)
		}
		ops := rapid.SliceOfN(opGenerator(), 0, 8).Draw(t, "ops")
		for _, op := range ops {
			h.Append(op)
		}
		if h.Len() != before+len(ops) {
			t.Fatalf("%d rows, want %d", h.Len(), before+len(ops))
		}
		for i := range before {
			if h.Op(i) != filler {
				t.Fatalf("row %d is %+v", i, h.Op(i))
			}
		}
		for i, want := range ops {
			row := before + i
			if got := h.Op(row); got != want {
				t.Fatalf("row %d: %+v, want %+v", row, got, want)
			}
			columns := history.Op{
				Kind: h.Kind(row), Outcome: h.OutcomeAt(row), Attempt: h.AttemptAt(row), Process: h.ProcessAt(row),
				Session: h.SessionAt(row), Epoch: want.Epoch, Detail: h.DetailAt(row), Message: h.MessageAt(row),
				Place: h.PlaceAt(row), Position: h.PositionAt(row), Begin: h.BeginAt(row), End: h.EndAt(row),
			}
			if columns != want {
				t.Fatalf("columns of row %d: %+v, want %+v", row, columns, want)
			}
		}
		counted := 0
		for k := history.Kind(1); k.String() != "invalid"; k++ {
			n := 0
			for _, op := range ops {
				if op.Kind == k {
					n++
				}
			}
			if k == filler.Kind {
				n += before
			}
			if h.Count(k) != n {
				t.Fatalf("%d operations of kind %s, want %d", h.Count(k), k, n)
			}
			counted += n
		}
		if counted != h.Len() {
			t.Fatalf("%d operations counted of %d", counted, h.Len())
		}
	})
}

func TestResetForgetsEverythingAndKeepsMemory(t *testing.T) {
	var h history.History
	fill := func() {
		key := h.AddKey("k")
		p := h.AddProcess("p")
		h.AddPlace("orders/0")
		h.AddSymbol("end")
		for i := range 3 * chunkRows {
			m := h.AddMessage(history.MessageInfo{Key: key, Producer: p, Index: uint32(i)})
			h.Append(history.Op{Kind: history.KindSend, Message: m, Position: 1 << 40, Begin: int64(i), End: int64(i)})
		}
	}
	fill()
	h.AddNamedMessage("another", history.NoKey)
	h.Reset()
	left := h.Len() + h.Messages() + h.Keys() + h.Processes() + h.Places() + h.Symbols() + h.Count(history.KindSend)
	if left != 0 || h.Bytes() != 0 {
		t.Fatal("something is left after Reset")
	}
	fill()
	if got := h.MessageName(3); got != "p#3" {
		t.Errorf("message 3 is called %q after Reset", got)
	}
	h.Reset()
	op := history.Op{Kind: history.KindStore, Position: 5, Begin: 1, End: 1}
	if n := testing.AllocsPerRun(10, func() {
		for range 3 * chunkRows {
			h.Append(op)
		}
		h.Reset()
	}); n != 0 {
		t.Errorf("filling a history again allocates %g times", n)
	}
}

// A million messages with all five points, polls and commits in batches of ten:
// both what Bytes says and what the heap holds stay below 200 bytes a message.
func TestBytesPerMessage(t *testing.T) {
	const messages, batch, most = 1_000_000, 10, 200
	before := heapBytes()
	h := new(history.History)
	for m := range history.Message(messages) {
		h.AddMessage(history.MessageInfo{Index: uint32(m)})
		for k := history.KindSend; k <= history.KindApply; k++ {
			h.Append(history.Op{Kind: k, Message: m, Position: int64(m), Begin: int64(m) * 1000, End: int64(m)*1000 + 500})
		}
		if m%batch == 0 {
			h.Append(history.Op{Kind: history.KindPoll, Message: history.NoMessage, Position: int64(m)})
			h.Append(history.Op{Kind: history.KindCommit, Message: history.NoMessage, Position: int64(m)})
		}
	}
	said, held := float64(h.Bytes())/messages, float64(heapBytes()-before)/messages
	t.Logf("%.1f bytes a message by Bytes, %.1f on the heap", said, held)
	if said > most || held > most {
		t.Errorf("%.1f bytes a message by Bytes, %.1f on the heap; want at most %d", said, held, most)
	}
	runtime.KeepAlive(h)
}

func heapBytes() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestNamesAreDense(t *testing.T) {
	var h history.History
	if h.AddKey("a") != 0 || h.AddKey("b") != 1 || h.AddKey("a") != 0 || h.KeyName(1) != "b" {
		t.Error("keys are not numbered in the order of first use")
	}
	if h.AddSymbol("") != history.NoSymbol || h.AddSymbol("end") != 1 || h.SymbolName(1) != "end" {
		t.Error("the empty word is not symbol 0")
	}
	if h.KeyName(history.NoKey)+h.ProcessName(history.NoProcess)+h.PlaceName(history.NoPlace)+h.SymbolName(0) != "" {
		t.Error("an absent name is not empty")
	}
	h.AddProcess("shop")
	h.AddMessage(history.MessageInfo{Producer: 0, Index: 12})
	named := h.AddNamedMessage("order-17/paid", h.AddKey("b"))
	if h.MessageName(0) != "shop#12" || h.MessageName(named) != "order-17/paid" || h.KeyOf(named) != 1 {
		t.Errorf("messages are called %q and %q", h.MessageName(0), h.MessageName(named))
	}
}

func TestKindsAndOutcomesParseBack(t *testing.T) {
	for k := history.Kind(1); k.String() != "invalid"; k++ {
		if got, ok := history.ParseKind(k.String()); !ok || got != k {
			t.Errorf("%s parses as %s, %v", k, got, ok)
		}
	}
	for _, o := range []history.Outcome{history.OK, history.Fail, history.Unknown} {
		if got, ok := history.ParseOutcome(o.String()); !ok || got != o {
			t.Errorf("%s parses as %s, %v", o, got, ok)
		}
	}
	if _, ok := history.ParseKind("invalid"); ok {
		t.Error("the word invalid is a kind")
	}
	if _, ok := history.ParseOutcome("maybe"); ok {
		t.Error("the word maybe is an outcome")
	}
}

// Blocks give every operation once, in order, with the fields that the methods of
// the history give.
func TestBlocksAgreeWithRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h history.History
		for range rapid.SampledFrom([]int{0, 1, chunkRows - 2, 2*chunkRows - 1}).Draw(t, "before") {
			h.Append(history.Op{Kind: history.KindStore, Position: 1})
		}
		for _, op := range rapid.SliceOfN(opGenerator(), 0, 8).Draw(t, "ops") {
			h.Append(op)
		}
		row := 0
		for b := range h.Blocks() {
			if b.First != row {
				t.Fatalf("a block begins at row %d, want %d", b.First, row)
			}
			for i := range b.Len {
				want := h.Op(row)
				got := history.Op{Kind: b.Kind(i), Outcome: b.OutcomeAt(i), Process: b.ProcessAt(i), Detail: b.DetailAt(i),
					Message: b.MessageAt(i), Place: b.PlaceAt(i), Position: b.PositionAt(i), Begin: b.BeginAt(i), End: b.EndAt(i)}
				want.Attempt, want.Session, want.Epoch = 0, 0, 0
				if got != want {
					t.Fatalf("row %d is %+v, want %+v", row, got, want)
				}
				row++
			}
		}
		if row != h.Len() {
			t.Fatalf("%d rows, want %d", row, h.Len())
		}
	})
}
