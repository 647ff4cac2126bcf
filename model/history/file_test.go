package history_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	"orderlab/model/history"

	"github.com/cockroachdb/datadriven"
	"pgregory.net/rapid"
)

// Two messages of one key, recorded at a producer and a consumer.
func ExampleRead() {
	const file = `{"history":1}
{"op":"send","message":"m1","key":"order-7","process":"shop","at":1000}
{"op":"send","message":"m2","key":"order-7","process":"shop","at":2000}
{"op":"ack","message":"m1","process":"shop","place":"orders/0","position":41,"at":3000}
{"op":"ack","message":"m2","process":"shop","outcome":"unknown","error":"TIMEOUT","at":9000}
{"op":"apply","message":"m2","process":"billing","sink":"invoices","begin":4000,"end":4500}
{"op":"apply","message":"m1","process":"billing","sink":"invoices","begin":5000,"end":5500}
`
	var h history.History
	if _, err := history.Read(&h, strings.NewReader(file), "shop.jsonl", history.ReadOptions{}); err != nil {
		fmt.Println(err)
		return
	}
	for i := range h.Len() {
		op := h.Op(i)
		fmt.Println(op.Kind, h.MessageName(op.Message), h.KeyName(h.KeyOf(op.Message)), op.Outcome, op.Begin, op.End)
	}
	// Output:
	// send m1 order-7 ok 1000 1000
	// send m2 order-7 ok 2000 2000
	// ack m1 order-7 ok 1000 3000
	// ack m2 order-7 unknown 2000 9000
	// apply m2 order-7 ok 4000 4500
	// apply m1 order-7 ok 5000 5500
}

// What is wrong with a file is said with file, line and column.
func ExampleSyntaxError() {
	const file = "{\"history\":1}\n{\"op\":\"apply\",\"message\":\"m1\",\"process\":\"shop\",\"begin\":7,\"end\":5}\n"
	_, err := history.Read(new(history.History), strings.NewReader(file), "shop.jsonl", history.ReadOptions{})
	fmt.Println(err)
	// Output:
	// shop.jsonl:2:57: the operation ends at 5, before it begins at 7
}

// Files in, operations or complaints out.
func TestRead(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if d.Cmd != "read" {
				d.Fatalf(t, "no command is called %q", d.Cmd)
			}
			input := d.Input + "\n"
			if d.HasArg("cut") {
				input = d.Input
			}
			var h history.History
			opt := history.ReadOptions{AllowTruncated: d.HasArg("allow-truncated")}
			truncated, err := history.Read(&h, strings.NewReader(input), "f", opt)
			if err != nil {
				var syntax *history.SyntaxError
				if !errors.As(err, &syntax) || syntax.File != "f" {
					t.Errorf("%T %v is not a syntax error of the file", err, err)
				}
				return err.Error() + "\n"
			}
			var out bytes.Buffer
			if err := history.Write(&out, &h); err != nil {
				t.Fatal(err)
			}
			if truncated {
				out.WriteString("the last line was left out\n")
			}
			return out.String()
		})
	})
}

func TestErrorsOfTheReaderAreItsOwn(t *testing.T) {
	broken := errors.New("the disk is broken")
	r := io.MultiReader(strings.NewReader("{\"history\":1}\n"), iotest.ErrReader(broken))
	if _, err := history.Read(new(history.History), r, "f", history.ReadOptions{}); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if err := history.Write(failing{broken}, new(history.History)); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestLongLines(t *testing.T) {
	line := func(n int) string {
		const rest = `{"op":"send","message":"","process":"p","at":1}`
		return `{"op":"send","message":"` + strings.Repeat("m", n-len(rest)) + `","process":"p","at":1}`
	}
	var h history.History
	for _, c := range []struct {
		bytes int
		err   string
	}{{200_000, ""}, {1<<20 - 1, ""}, {1 << 20, "f:2: the line is longer than 1048576 bytes; is a line break missing?"}} {
		_, err := history.Read(&h, strings.NewReader("{\"history\":1}\n"+line(c.bytes)+"\n"), "f", history.ReadOptions{})
		if got := fmt.Sprint(err); err == nil && (c.err != "" || h.Len() != 1) || err != nil && got != c.err {
			t.Errorf("a line of %d bytes: %v", c.bytes, err)
		}
	}
}

// Every block of the documentation is a history that can be read.
func TestDocumentedExamples(t *testing.T) {
	doc, err := os.ReadFile("../../docs/history.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```jsonl\n(.*?)```").FindAllSubmatch(doc, -1)
	if len(blocks) < 2 {
		t.Fatalf("%d examples in docs/history.md", len(blocks))
	}
	for _, b := range blocks {
		var h history.History
		if _, err := history.Read(&h, bytes.NewReader(b[1]), "docs/history.md", history.ReadOptions{}); err != nil {
			t.Error(err)
		}
		if h.Len() == 0 {
			t.Errorf("no operations in\n%s", b[1])
		}
	}
	for k := history.Kind(1); k.String() != "invalid"; k++ {
		if !bytes.Contains(doc, []byte("`"+k.String()+"`")) {
			t.Errorf("docs/history.md does not tell of %s", k)
		}
	}
}

// word draws a name that JSON has to quote now and then.
func word() *rapid.Generator[string] {
	return rapid.OneOf(rapid.StringMatching(`[a-z]{1,3}`), rapid.StringMatching(`[a"\\\x01é\x{1F600}#0-9]{1,4}`))
}

// drawHistory draws a history that can have happened, of any kinds.
func drawHistory(t *rapid.T) *history.History {
	h := new(history.History)
	n := rapid.IntRange(0, 5).Draw(t, "messages")
	for i := range n {
		key := history.NoKey
		if rapid.IntRange(0, 4).Draw(t, "keyed") > 0 {
			key = h.AddKey(word().Draw(t, "key"))
		}
		m := h.AddMessage(history.MessageInfo{Key: key, Producer: h.AddProcess(word().Draw(t, "producer")), Index: uint32(i)})
		sent := rapid.Int64Range(-5, 50).Draw(t, "sent")
		h.Append(history.Op{Kind: history.KindSend, Process: h.Message(m).Producer, Message: m, Place: history.NoPlace,
			Position: history.NoPosition, Begin: sent, End: sent})
		if rapid.Bool().Draw(t, "acked") {
			h.Append(history.Op{Kind: history.KindAck, Process: h.Message(m).Producer, Message: m, Place: history.NoPlace,
				Position: history.NoPosition, Begin: sent, End: sent + rapid.Int64Range(0, 1<<33).Draw(t, "answer"),
				Outcome: history.Outcome(rapid.IntRange(0, 2).Draw(t, "outcome"))})
		}
	}
	for range rapid.IntRange(0, 12).Draw(t, "others") {
		op := opGenerator().Draw(t, "op")
		if op.Kind <= history.KindAck {
			continue
		}
		op.Process, op.Detail = h.AddProcess(word().Draw(t, "process")), h.AddSymbol(word().Draw(t, "detail"))
		if op.Place = history.NoPlace; op.Kind == history.KindStore || op.Kind == history.KindCommit || op.Begin%2 == 0 {
			op.Place = h.AddPlace(word().Draw(t, "place"))
		}
		if op.End == history.Pending {
			op.Outcome = history.Unknown
		}
		switch {
		case op.Kind == history.KindRead:
			op.Message, op.Position = history.NoMessage, int64(h.AddKey(word().Draw(t, "key")))
		case op.Kind > history.KindDispose:
			op.Message = history.NoMessage
		case n == 0:
			continue
		default:
			op.Message = history.Message(rapid.IntRange(0, n-1).Draw(t, "message"))
		}
		if op.Kind == history.KindStore && op.Position == history.NoPosition {
			op.Position = 0
		}
		h.Append(op)
	}
	return h
}

// A history that is written and read is the same history: the same operations
// with the same names, and the same bytes when it is written again.
func TestRoundTrip(t *testing.T) {
	var back history.History
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t)
		var first, second bytes.Buffer
		if err := history.Write(&first, h); err != nil {
			t.Fatal(err)
		}
		if _, err := history.Read(&back, bytes.NewReader(first.Bytes()), "f", history.ReadOptions{}); err != nil {
			t.Fatalf("%v in\n%s", err, first.Bytes())
		}
		if err := history.Write(&second, &back); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Fatalf("written again it is\n%s, not\n%s", second.Bytes(), first.Bytes())
		}
		for i := range h.Len() {
			if got, want := named(&back, i), named(h, i); got != want {
				t.Fatalf("row %d: %+v, want %+v", i, got, want)
			}
		}
	})
}

// named is an operation with names for numbers.
func named(h *history.History, i int) string {
	op := h.Op(i)
	name, key := "", ""
	if op.Message != history.NoMessage {
		name, key = h.MessageName(op.Message), h.KeyName(h.KeyOf(op.Message))
	}
	if op.Kind == history.KindRead {
		key, op.Position = h.KeyName(history.Key(op.Position)), 0
	}
	return fmt.Sprintf("%s %s %q %q %q %d %q %d %d %d %q %d %d", op.Kind, op.Outcome, name, key, h.ProcessName(op.Process),
		op.Session, h.PlaceName(op.Place), op.Position, op.Attempt, op.Epoch, h.SymbolName(op.Detail), op.Begin, op.End)
}
