package checker_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"orderlab/checker"
	"orderlab/model/history"
)

// bank is a system in which nothing goes wrong, and which promises what can be
// measured: each message moves money between two accounts, is delayed, takes effect
// in time, and is counted as unread until it is read. A fault strikes in the middle.
// It is told as lists of what a twin changes one of.
type bank struct {
	r         *rand.Rand
	fires     []int64 // by message: when it is delivered, after it was sent
	works     []int64 // by message: how long its effect takes
	read      []int64 // by message: the unread count after it was read
	lag       []int64 // by message: how many messages are stored and not applied
	debited   []int64 // by message: what one account loses
	credited  []int64 // by message: what the other gets
	healed    int64
	transfers int
}

// What the bank promises, in nanoseconds.
const (
	bankStep  = 1000 // from one message to the next
	bankDelay = 300
	bankTick  = 50
)

var bankPromises = checker.Declared{
	ProgressWithin: 500, Tick: bankTick, Quiet: 20,
	Bounds:    []checker.Bound{{Metric: "lag", Most: 3}},
	Conserved: []string{"balance"},
}

func newBank(seed uint64) *bank {
	s := &bank{r: rand.New(rand.NewPCG(seed, 1)), healed: 10*bankStep + 30, transfers: 30}
	for range s.transfers {
		s.fires = append(s.fires, bankDelay+int64(s.r.IntN(bankTick)))
		s.works = append(s.works, int64(1+s.r.IntN(20)))
		s.read = append(s.read, 0)
		s.lag = append(s.lag, int64(s.r.IntN(4)))
		amount := int64(s.r.IntN(9))
		s.debited, s.credited = append(s.debited, amount), append(s.credited, amount)
	}
	return s
}

// afterFault picks a message that was sent after the fault.
func (s *bank) afterFault() int { return 11 + s.r.IntN(s.transfers-11) }

// history writes down what happened.
func (s *bank) history() *history.History {
	h := new(history.History)
	app, reader, broker := h.AddProcess("app"), h.AddProcess("reader"), h.AddProcess("broker")
	from, to := h.AddProcess("from"), h.AddProcess("to")
	queue, key := h.AddPlace("queue"), h.AddKey("a")
	add := func(k history.Kind, who history.Process, m int, position, begin, end int64) *history.Op {
		op := history.Op{Kind: k, Process: who, Message: history.NoMessage, Place: history.NoPlace,
			Position: position, Begin: begin, End: end}
		if m >= 0 {
			op.Message = history.Message(m)
		}
		if k != history.KindSend && k != history.KindFault {
			op.Place = queue
		}
		return &op
	}
	sample := func(metric string, who history.Process, value, at int64) {
		op := add(history.KindSample, who, -1, value, at, at)
		op.Detail = h.AddSymbol(metric)
		h.Append(*op)
	}
	balance := [2]int64{1000, 1000}
	sample("balance", from, balance[0], 0)
	sample("balance", to, balance[1], 0)
	h.Append(*add(history.KindFault, broker, -1, 0, s.healed-20, s.healed))
	for i := range s.transfers {
		at := int64(i+1) * bankStep
		h.AddMessage(history.MessageInfo{Key: key, Producer: app, Index: uint32(i)})
		h.Append(*add(history.KindSend, app, i, at+bankDelay, at, at))
		h.Append(*add(history.KindStore, broker, i, int64(i), at+90, at+90))
		h.Append(*add(history.KindAck, app, i, int64(i), at, at+100))
		sample(checker.MetricUnread, reader, 1, at+150)
		sample("lag", broker, s.lag[i], at+160)
		fired := at + s.fires[i]
		h.Append(*add(history.KindDeliver, reader, i, int64(i), fired, fired))
		h.Append(*add(history.KindApply, reader, i, int64(i), fired, fired+s.works[i]))
		balance[0] -= s.debited[i]
		sample("balance", from, balance[0], fired+s.works[i])
		balance[1] += s.credited[i]
		sample("balance", to, balance[1], fired+s.works[i])
		h.Append(*add(history.KindCommit, reader, -1, int64(i+1), at+700, at+700))
		sample(checker.MetricUnread, reader, s.read[i], at+800)
	}
	return h
}

// brokenBank is a bank that is broken in one way.
type brokenBank struct {
	breaks string
	how    func(s *bank)
}

var brokenBanks = []brokenBank{
	{checker.Conservation, func(s *bank) {
		s.credited[s.r.IntN(s.transfers)]++ // a crash between debit and credit, and both are done again
	}},
	{checker.UnreadExact, func(s *bank) {
		s.read[s.r.IntN(s.transfers)]++ // a counter that counts a redelivery
	}},
	{checker.TimerOrder, func(s *bank) {
		s.fires[s.r.IntN(s.transfers)] = bankDelay - 1 - int64(s.r.IntN(50)) // a clock that runs ahead
	}},
	{checker.TimerOrder, func(s *bank) {
		s.fires[s.r.IntN(s.transfers)] = bankDelay + bankTick + 1 + int64(s.r.IntN(50)) // a wheel that skips a tick
	}},
	{checker.Bounded, func(s *bank) {
		s.lag[s.r.IntN(s.transfers)] = 4 // a prefetch without a limit
	}},
	{checker.Progress, func(s *bank) {
		s.works[s.afterFault()] = 400 // a retry with a long pause
	}},
}

// Every guarantee on what is declared has a twin of the bank that breaks it, and
// nothing else.
func TestBrokenBanksAreCaught(t *testing.T) {
	c := checker.New()
	opt := checker.Options{Declared: bankPromises}
	for seed := range uint64(200) {
		for _, v := range c.Check(newBank(seed).history(), declared, opt) {
			if !holds(&v) {
				t.Fatalf("seed %d: %s %s with nothing wrong: %s %+v", seed, v.Guarantee, v.Status, v.Reason, v.Witness)
			}
		}
		for _, twin := range brokenBanks {
			s := newBank(seed)
			twin.how(s)
			for _, v := range c.Check(s.history(), declared, opt) {
				switch {
				case v.Guarantee != twin.breaks:
					if !holds(&v) {
						t.Fatalf("seed %d: the twin of %s breaks %s: %+v", seed, twin.breaks, v.Guarantee, v.Witness)
					}
				case v.Status != checker.Violated || v.Witness == nil:
					t.Fatalf("seed %d: the twin of %s gives %+v", seed, twin.breaks, v)
				}
			}
		}
	}
	for _, id := range declared {
		if !slices.ContainsFunc(brokenBanks, func(b brokenBank) bool { return b.breaks == id }) {
			t.Errorf("%s has no broken twin", id)
		}
	}
}
