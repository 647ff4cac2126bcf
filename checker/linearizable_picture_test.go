package checker_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"testing"

	"orderlab/checker"
	"orderlab/model/history"
)

// pictured returns how many operations a page shows, and how many of them can be
// put in order.
func pictured(t *testing.T, page []byte) (operations, ordered int) {
	t.Helper()
	_, rest, _ := bytes.Cut(page, []byte("const data = "))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	var data struct {
		Partitions []struct {
			History               []struct{ Description string }
			PartialLinearizations [][]struct{ Index int }
		}
	}
	if err := json.Unmarshal(line, &data); err != nil || len(data.Partitions) != 1 {
		t.Fatalf("the page has no data: %v", err)
	}
	p := data.Partitions[0]
	for _, l := range p.PartialLinearizations {
		ordered = max(ordered, len(l))
	}
	return len(p.History), ordered
}

// The picture of a violation is the same each time, and shows operations that
// cannot all be put in order.
func TestPicturesShowWhatIsWrong(t *testing.T) {
	for k, j := range []judged{queueJudged(), registerJudged(), logJudged()} {
		t.Run(j.name, func(t *testing.T) {
			c, drawn := checker.New(), 0
			for i := 0; drawn < 50; i++ {
				p := &plays{r: rand.New(rand.NewPCG(uint64(i), uint64(k))), now: 10}
				j.play(p)
				h := new(history.History)
				j.record(p, h)
				v := c.Check(h, []string{j.guarantee}, checker.Options{})[0]
				if v.Status != checker.Violated || v.Violations > 1 {
					continue
				}
				drawn++
				var a, b bytes.Buffer
				if err := checker.Picture(&a, h, &v, checker.Options{}); err != nil {
					t.Fatal(err)
				}
				if err := checker.Picture(&b, h, &v, checker.Options{}); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
					t.Fatalf("the second picture differs: %v", err)
				}
				if operations, ordered := pictured(t, a.Bytes()); ordered >= operations {
					t.Fatalf("all %d operations are in order: %s\n%s", operations, v.Witness.Text, text(h))
				}
			}
		})
	}
}

// A picture of a large history shows what happened around the witness.
func TestPicturesAreSmall(t *testing.T) {
	h := busyQueue(20_000)
	h.Append(history.Op{Kind: history.KindPoll, Message: history.NoMessage, Position: history.NoPosition,
		Detail: h.AddSymbol("empty"), Begin: 100_000, End: 100_001})
	v := checker.New().Check(h, []string{checker.LinearizableQueue}, checker.Options{})[0]
	var page bytes.Buffer
	if err := checker.Picture(&page, h, &v, checker.Options{}); err != nil {
		t.Fatal(err)
	}
	if operations, ordered := pictured(t, page.Bytes()); operations < 30 || operations > 60 || ordered >= operations {
		t.Errorf("%d operations, %d in order", operations, ordered)
	}
}

// There is no picture of what is right, or of another guarantee.
func TestNoPictureWithoutAViolation(t *testing.T) {
	h := busyLog(10)
	for _, id := range []string{checker.LinearizableLog, checker.PerKeyOrder} {
		v := checker.New().Check(h, []string{id}, checker.Options{})[0]
		if err := checker.Picture(new(bytes.Buffer), h, &v, checker.Options{}); err == nil {
			t.Errorf("a picture of %s, %s", id, v.Status)
		}
	}
}

// One message at two positions, and two messages at one, contradict each other whatever
// the order; the picture leaves one of them out of it.
func TestPicturesShowContradictions(t *testing.T) {
	for name, rows := range map[string][][2]int64{
		"one message at two positions": {{0, 1}, {1, 2}, {0, 3}}, "two messages at one position": {{0, 1}, {1, 1}},
	} {
		h := new(history.History)
		h.AddProcess("p")
		h.AddPlace("x")
		for range 2 {
			h.AddMessage(history.MessageInfo{Key: history.NoKey})
		}
		end := h.AddSymbol("end")
		for i, r := range rows {
			at := int64(10 * i)
			m := history.Message(r[0])
			h.Append(history.Op{Kind: history.KindSend, Message: m, Place: history.NoPlace, Position: history.NoPosition,
				Begin: at, End: at})
			h.Append(history.Op{Kind: history.KindPoll, Message: history.NoMessage, Position: r[1] + 1, Detail: end,
				Begin: at + 1, End: at + 2})
			h.Append(history.Op{Kind: history.KindDeliver, Message: m, Position: r[1], Begin: at + 2, End: at + 2})
		}
		if name[0] == 'o' {
			h = without(h, func(op history.Op) bool { return op.Kind == history.KindSend && op.Begin == 20 })
		}
		v := checker.New().Check(h, []string{checker.LinearizableLog}, checker.Options{})[0]
		if v.Status != checker.Violated {
			t.Fatalf("%s: %+v", name, v)
		}
		var page bytes.Buffer
		if err := checker.Picture(&page, h, &v, checker.Options{}); err != nil {
			t.Fatal(err)
		}
		if operations, ordered := pictured(t, page.Bytes()); ordered >= operations {
			t.Errorf("%s: all %d operations are in order: %s", name, operations, v.Witness.Text)
		}
	}
}

// without leaves operations out.
func without(h *history.History, out func(history.Op) bool) *history.History {
	var rows []int
	for i := range h.Len() {
		if !out(h.Op(i)) {
			rows = append(rows, i)
		}
	}
	return only(h, rows)
}
