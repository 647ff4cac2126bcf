package runner

import (
	"fmt"
	"strings"

	"orderlab/checker"
	"orderlab/model"
	"orderlab/model/app"
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
	for i, n := range v.Displaced {
		if n > 0 {
			out.Displaced = append(out.Displaced, make([]int, i+1-len(out.Displaced))...)
			out.Displaced[i] = n
		}
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

// monitoring turns what a monitor was worth into the result's.
func monitoring(all []app.Detection) (out []result.RunDetection) {
	for _, d := range all {
		out = append(out, result.RunDetection{Detector: d.Detector, Real: d.Real, Alarms: d.Alarms, Detected: d.Detected,
			First: int64(d.FirstTrue - d.FirstReal), Delay: int64(d.Delay), DelayMax: int64(d.DelayMax)})
	}
	return out
}

// metrics sums the history up in one pass.
func (x *run) metrics(latency *hdrhistogram.Histogram) result.RunMetrics {
	h := &x.r.hist
	n := h.Messages()
	const acked, applied, disposed = 1, 2, 4
	flags := x.r.scratch(n)
	var m result.RunMetrics
	producers, consumers := buffered{flag: 8}, buffered{flag: 16}
	first, last := int64(-1), int64(0)
	for i := range h.Len() {
		switch h.Kind(i) {
		case history.KindSend:
			if first < 0 {
				first = h.BeginAt(i)
			}
			m.Sent++
			producers.add(&flags[h.MessageAt(i)])
		case history.KindAck:
			f := &flags[h.MessageAt(i)]
			producers.remove(f)
			if h.OutcomeAt(i) == history.OK && *f&acked == 0 {
				*f |= acked
				m.Acked++
			}
		case history.KindDeliver:
			if msg := h.MessageAt(i); msg != history.NoMessage {
				consumers.add(&flags[msg])
			}
		case history.KindDispose:
			consumers.remove(&flags[h.MessageAt(i)])
			flags[h.MessageAt(i)] |= disposed
		case history.KindApply:
			msg, end := h.MessageAt(i), h.EndAt(i)
			last = end
			consumers.remove(&flags[msg])
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
	m.ProducerBufferMax, m.ConsumerBufferMax = producers.most, consumers.most
	if last > first && first >= 0 {
		m.DurationS = seconds(last - first)
		m.ThroughputPerS = float64(m.Applied) / m.DurationS
	}
	m.PartitionLoad = x.partitionLoad()
	return m
}

// buffered counts the messages that lie somewhere, each once, with a flag by message.
type buffered struct {
	flag      uint8
	now, most int64
}

func (b *buffered) add(flags *uint8) {
	if *flags&b.flag == 0 {
		*flags |= b.flag
		b.now++
		b.most = max(b.most, b.now)
	}
}

func (b *buffered) remove(flags *uint8) {
	if *flags&b.flag != 0 {
		*flags &^= b.flag
		b.now--
	}
}

// stored returns how many messages each place stored, and how many places have no
// room.
func (x *run) stored() (counts []result.PlaceCount, leftOut int) {
	places := x.world.Places()
	for i, p := range places {
		if i == result.PlacesMax {
			return counts, len(places) - i
		}
		counts = append(counts, result.PlaceCount{Place: x.r.hist.PlaceName(p), Messages: x.r.rec.Stored(p)})
	}
	return counts, 0
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
