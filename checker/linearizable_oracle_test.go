package checker_test

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"orderlab/checker"
	"orderlab/model/history"

	"github.com/anishathalye/porcupine"
	"pgregory.net/rapid"
)

// step is an operation of a small random history, as porcupine is told of it and
// as a history records it.
type step struct {
	do         string // what the operation is
	value      int
	position   int
	begin, end int64
	outcome    history.Outcome
	place      int
}

// never is the end of what has no answer.
const never = history.Pending

func (s step) String() string {
	end := fmt.Sprint(s.end)
	if s.end == never {
		end = ""
	}
	return fmt.Sprintf("%s %d/%d@%d [%d-%s] %s", s.do, s.value, s.position, s.place, s.begin, end, s.outcome)
}

// plays draws what happens in a system that does everything right, one thing
// after the other, with spans around the moments; then a lie or two.
type plays struct {
	r     dice
	now   int64
	steps []step
}

// dice draws numbers below n: from a seed, or by rapid, which makes a history that fails
// smaller.
type dice interface{ IntN(n int) int }

type rapidDice struct{ t *rapid.T }

// IntN draws bits: rapid's numbers are small more often than not, and then nearly
// everything stays without an answer.
func (d rapidDice) IntN(n int) int {
	bits, drawn := 2*bits.Len(uint(n)), 0
	for range bits {
		drawn *= 2
		if rapid.Bool().Draw(d.t, "bit") {
			drawn++
		}
	}
	return drawn * n >> bits
}

// open counts what may have happened at any time or not at all, as porcupine is told: a
// poll without an answer is as many dequeues as there are messages.
func (p *plays) open() (n int) {
	for _, s := range p.steps {
		switch {
		case s.do == "opens":
			n += len(p.steps)
		case s.end == never:
			n++
		}
	}
	return n
}

// mostOpen bounds what porcupine is asked about: it tries all orders of what is open.
const mostOpen = 12

func (p *plays) chance(percent int) bool { return p.r.IntN(100) < percent }

// happens adds an operation at the next moment.
func (p *plays) happens(s step) *step {
	p.now += int64(p.r.IntN(3))
	s.begin, s.end = p.now-int64(p.r.IntN(5)), p.now+int64(p.r.IntN(5))
	p.steps = append(p.steps, s)
	return &p.steps[len(p.steps)-1]
}

// lie changes times, and swaps what two operations of a kind said.
func (p *plays) lie() {
	if len(p.steps) == 0 || p.chance(25) {
		return
	}
	for range 1 + p.r.IntN(3) {
		a := &p.steps[p.r.IntN(len(p.steps))]
		b := &p.steps[p.r.IntN(len(p.steps))]
		switch {
		case p.chance(50) && a.do == b.do && a.outcome == b.outcome:
			a.begin, b.begin = b.begin, a.begin
			a.end, b.end = b.end, a.end
		case a.end != never:
			by := int64(p.r.IntN(9) - 4)
			a.begin, a.end = a.begin+by, a.end+by
		}
	}
}

// shuffled puts the rows in order of time, or in none.
func (p *plays) shuffled(units [][]history.Op, h *history.History) {
	if p.chance(70) {
		slices.SortStableFunc(units, func(a, b []history.Op) int { return cmp.Compare(when(a[0]), when(b[0])) })
	} else {
		for i := len(units) - 1; i > 0; i-- {
			j := p.r.IntN(i + 1)
			units[i], units[j] = units[j], units[i]
		}
	}
	for _, u := range units {
		for _, op := range u {
			h.Append(op)
		}
	}
}

// judged is a way to decide small histories twice.
type judged struct {
	name      string
	guarantee string
	play      func(p *plays)
	record    func(p *plays, h *history.History)
	legal     func(steps []step) bool
	weaken    func(h *history.History, v *checker.Verdict, without int) *history.History
	options   checker.Options
}

// histories is how many random histories porcupine judges as well: a million of
// each kind with ORDERLAB_LONG=1.
func histories(t *testing.T) int {
	switch {
	case os.Getenv("ORDERLAB_LONG") == "1":
		return 1_000_000
	case testing.Short():
		return 2_000
	}
	return 20_000
}

// The near-linear ways and porcupine agree on random small histories, with
// concurrent, pending, failed and unknown operations; and every operation of a
// witness is needed.
//
//	ORDERLAB_LONG=1 go test ./checker -run AgreesWithPorcupine -timeout 1h -v
func TestLinearizabilityAgreesWithPorcupine(t *testing.T) {
	for k, j := range []judged{queueJudged(), registerJudged(), logJudged(), machineJudged()} {
		t.Run(j.name, func(t *testing.T) {
			c := checker.New()
			counts := map[bool]int{}
			h := new(history.History)
			for i := range histories(t) {
				counts[j.agrees(t, c, h, rand.New(rand.NewPCG(uint64(i), uint64(k))))]++
			}
			if min(counts[true], counts[false]) < histories(t)/20 {
				t.Errorf("%d legal histories, %d illegal", counts[true], counts[false])
			}
			t.Logf("%d legal histories, %d illegal", counts[true], counts[false])
		})
	}
}

// agrees fails unless the checker and porcupine agree on a history that it draws, which
// is legal or not. One with too much open counts as legal.
func (j *judged) agrees(t rapid.TB, c *checker.Checker, h *history.History, r dice) (legal bool) {
	t.Helper()
	p := &plays{r: r, now: 10}
	if j.play(p); p.open() > mostOpen {
		return true
	}
	h.Reset()
	j.record(p, h)
	legal = j.legal(p.steps)
	v := c.Check(h, []string{j.guarantee}, j.options)[0]
	if v.Status == checker.Unknown || (v.Status == checker.Violated) == legal {
		t.Fatalf("%s %s, but porcupine says %t, of\n%s", v.Status, v.Reason, legal, stepsText(p.steps))
	}
	if !legal && j.weaken != nil {
		needed(t, c, h, &v, *j)
	}
	return legal
}

// The same on histories that rapid draws, with odds of its own, and makes smaller.
func TestSmallHistoriesAgreeWithPorcupine(t *testing.T) {
	for _, j := range []judged{queueJudged(), registerJudged(), logJudged(), machineJudged()} {
		t.Run(j.name, func(t *testing.T) {
			c, h := checker.New(), new(history.History)
			counts := map[bool]int{}
			rapid.Check(t, func(t *rapid.T) { counts[j.agrees(t, c, h, rapidDice{t})]++ })
			t.Logf("%d legal histories, %d illegal", counts[true], counts[false])
		})
	}
}

// needed fails unless a witness alone breaks the guarantee, and does not when any
// one of its operations may have happened at any time or not at all.
func needed(t rapid.TB, c *checker.Checker, h *history.History, v *checker.Verdict, j judged) {
	t.Helper()
	status := func(h *history.History) checker.Status {
		return c.Check(h, []string{j.guarantee}, j.options)[0].Status
	}
	if got := status(j.weaken(h, v, -1)); got != checker.Violated {
		t.Fatalf("the witness alone is %s: %s\n%s", got, v.Witness.Text, text(j.weaken(h, v, -1)))
	}
	for _, row := range v.Witness.Rows {
		if h.Kind(row) == history.KindPoll && h.SymbolName(h.DetailAt(row)) != "empty" ||
			h.Kind(row) == history.KindDeliver && h.OutcomeAt(row) == history.Unknown {
			continue // it took something, nobody knows what; or it says when a delivery began
		}
		if weak := j.weaken(h, v, row); status(weak) == checker.Violated {
			t.Fatalf("row %d of the witness is not needed: %s\n%s\nof\n%s", row, v.Witness.Text, text(weak), text(h))
		}
	}
}

func stepsText(steps []step) string {
	var b strings.Builder
	for _, s := range steps {
		fmt.Fprintln(&b, s)
	}
	return b.String()
}

// porcupineSays asks porcupine. What has no answer returns at the end of time, and
// what failed did not happen.
func porcupineSays(steps []step, init string, do func(state string, s step) (bool, string)) bool {
	var ops []porcupine.Operation
	for i, s := range steps {
		if s.outcome == history.Fail {
			continue
		}
		end := s.end
		if s.outcome == history.Unknown {
			end = math.MaxInt64
		}
		ops = append(ops, porcupine.Operation{ClientId: i, Input: s, Call: s.begin, Return: end})
	}
	return porcupine.CheckOperations(porcupine.Model{
		Init: func() any { return init },
		Step: func(state, input, _ any) (bool, any) {
			ok, next := do(state.(string), input.(step))
			return ok, next
		},
		Equal: func(a, b any) bool { return a == b },
	}, ops)
}
