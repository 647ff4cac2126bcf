package runner

import (
	"fmt"
	"strings"

	"orderlab/checker"
	"orderlab/model"
	"orderlab/model/history"
	"orderlab/scenarios"
	"orderlab/scenarios/result"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// note writes a fault to the history.
func (x *run) note(p *strikePlan, f *scenarios.ScheduledFault) {
	now := int64(x.r.sim.Now())
	op := history.Op{Kind: history.KindFault, Process: x.r.hist.AddProcess("faults"),
		Message: history.NoMessage, Place: history.NoPlace, Position: int64(p.fault),
		Detail: x.r.hist.AddSymbol(describe(f)), Begin: now, End: now}
	if p.firing > 1 {
		op.Attempt = uint16(p.firing)
	}
	if f.For > 0 {
		op.End = now + f.For
	} else if x.endures(f) {
		op.End = history.Pending
	}
	x.r.rec.Record(op)
}

// describe returns the fault as it stands in a scenario.
func describe(f *scenarios.ScheduledFault) string {
	if f.Heal != "" {
		return "heal " + f.Heal
	}
	var b strings.Builder
	b.WriteString(f.Fault.Kind)
	for i, v := range f.Fault.Values {
		sep := ", "
		if i == 0 {
			sep = " "
		}
		text := scenarios.Format(v.Value)
		if v.Value.Type == model.Text {
			text = v.Value.Text
		}
		fmt.Fprintf(&b, "%s%s=%s", sep, v.Name, text)
	}
	return b.String()
}

// verdict turns the checker's verdict into the result's, with names.
func (x *run) verdict(v *checker.Verdict, seed uint64, witness bool) result.Verdict {
	out := result.Verdict{
		Guarantee: v.Guarantee, Status: string(v.Status), Reason: v.Reason, Vacuous: v.Vacuous, Decided: v.Decided,
		Violations: v.Violations, Keys: v.Keys, MaxDisplacement: v.MaxDisplacement,
		MaxOutOfOrder: v.MaxOutOfOrder, TotalOutOfOrder: v.TotalOutOfOrder,
		LostAt: string(v.LostAt), KeySplit: v.KeySplit,
	}
	if witness && v.Witness != nil {
		out.Witness = x.witness(v, seed)
	}
	return out
}

func (x *run) witness(v *checker.Verdict, seed uint64) *result.Witness {
	h := &x.r.hist
	w := &result.Witness{Seed: seed, Text: v.Witness.Text,
		Messages: []result.WitnessMessage{}, Operations: []result.Operation{}}
	for _, m := range v.Witness.Messages {
		w.Messages = append(w.Messages, result.WitnessMessage{ID: h.MessageName(m), Key: h.KeyName(h.Message(m).Key)})
	}
	for _, row := range checker.Context(h, v) {
		w.Operations = append(w.Operations, result.NewOperation(h, h.Op(row)))
	}
	return w
}

// disorder turns the checker's measures into the result's.
func disorder(d checker.Disorder) result.RunDisorder {
	return result.RunDisorder{
		Delivered: d.Delivered.Times, Applied: d.Applied.Times,
		StaleReads: result.RunStaleness(d.StaleReads), StaleEffects: result.RunStaleness(d.StaleApplies),
	}
}

// metrics sums the history up in one pass.
func (x *run) metrics(latency *hdrhistogram.Histogram) result.RunMetrics {
	h := &x.r.hist
	n := h.Messages()
	const acked, applied, disposed = 1, 2, 4
	flags := x.r.scratch(n)
	var m result.RunMetrics
	first, last := int64(-1), int64(0)
	for i := range h.Len() {
		switch h.Kind(i) {
		case history.KindSend:
			if first < 0 {
				first = h.BeginAt(i)
			}
			m.Sent++
		case history.KindAck:
			if msg := h.MessageAt(i); h.OutcomeAt(i) == history.OK && flags[msg]&acked == 0 {
				flags[msg] |= acked
				m.Acked++
			}
		case history.KindDispose:
			flags[h.MessageAt(i)] |= disposed
		case history.KindApply:
			msg, end := h.MessageAt(i), h.EndAt(i)
			last = end
			if flags[msg]&applied != 0 {
				m.Duplicated++
				continue
			}
			flags[msg] |= applied
			m.Applied++
			if latency != nil && msg >= x.load.steady {
				_ = latency.RecordValue(min((end-int64(x.r.rec.Due(msg)))/1000, latency.HighestTrackableValue()))
			}
		}
	}
	for _, f := range flags {
		if f&acked != 0 && f&(applied|disposed) == 0 {
			m.Lost++
		}
	}
	m.LagMax = x.r.rec.MaxLag
	if last > first && first >= 0 {
		m.DurationS = seconds(last - first)
		m.ThroughputPerS = float64(m.Applied) / m.DurationS
	}
	m.PartitionLoad = x.partitionLoad()
	return m
}

// partitionLoad is the busiest place's messages over the mean of all places.
func (x *run) partitionLoad() float64 {
	places := x.world.Places()
	most, sum := int64(0), int64(0)
	for _, p := range places {
		n := x.r.rec.Stored(p)
		most, sum = max(most, n), sum+n
	}
	if sum == 0 {
		return 0
	}
	return float64(most) * float64(len(places)) / float64(sum)
}

// scratch returns n zeroed bytes that are the runner's.
func (r *Runner) scratch(n int) []uint8 {
	if cap(r.flags) < n {
		r.flags = make([]uint8, n)
	}
	r.flags = r.flags[:n]
	clear(r.flags)
	return r.flags
}

func seconds(ns int64) float64 { return float64(ns) / 1e9 }

// sampleEvery is the time between two samples of a series.
const sampleEvery = 1_000_000_000

// series follows the lag of every place over time, from the history alone, so
// that asking for it does not change the run.
func (x *run) series(seed uint64) *result.Series {
	h := &x.r.hist
	s := &result.Series{Seed: seed, Marks: x.marks}
	places := x.world.Places()
	index := make(map[history.Place]int, len(places))
	for i, p := range places {
		index[p] = i
		s.Places = append(s.Places, h.PlaceName(p))
	}
	s.Lag = make([][]float64, len(places))
	lag := make([]float64, len(places))
	done := x.r.scratch(h.Messages())
	next := int64(0)
	for i := range h.Len() {
		op := h.Op(i)
		for op.End != history.Pending && op.End >= next && op.Kind != history.KindFault {
			s.TimesS = append(s.TimesS, seconds(next))
			for p := range lag {
				s.Lag[p] = append(s.Lag[p], lag[p])
			}
			next += sampleEvery
		}
		p, ok := index[op.Place]
		switch {
		case !ok:
		case op.Kind == history.KindStore:
			lag[p]++
		case (op.Kind == history.KindApply || op.Kind == history.KindDispose) && done[op.Message] == 0:
			done[op.Message] = 1
			lag[p]--
		}
	}
	return s
}
