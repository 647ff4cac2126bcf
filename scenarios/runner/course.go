package runner

import (
	"orderlab/model"
	"orderlab/model/history"
	"orderlab/scenarios/result"
)

// leastStep is the least time between two samples of a course, in nanoseconds.
const leastStep = 1_000_000

// stepOf returns the least of 1, 2 or 5 times a power of ten nanoseconds of which at
// most [result.SeriesSteps] make up a run.
func stepOf(end int64) int64 {
	for step := int64(leastStep); ; step *= 10 {
		for _, m := range []int64{1, 2, 5} {
			if end <= m*step*result.SeriesSteps {
				return m * step
			}
		}
	}
}

// course follows a run over time.
type course struct {
	h         *history.History
	s         *result.Series
	step      int64
	at        int // the step that is being filled
	index     []int
	lag       []float64
	flags     []uint8
	producers buffered
	consumers buffered
}

// series follows the run over time, from the history alone, so that asking for it
// does not change the run.
func (x *run) series(seed uint64) *result.Series {
	end := max(int64(x.r.sim.Now()), 1)
	c := &course{h: &x.r.hist, step: stepOf(end), flags: x.r.scratch(x.r.hist.Messages()),
		producers: buffered{flag: 2}, consumers: buffered{flag: 4}}
	c.s = &result.Series{Seed: seed, Marks: x.courseMarks(end)}
	c.places(x.world.Places())
	steps := int((end + c.step - 1) / c.step)
	for i := range steps {
		c.s.TimesS = append(c.s.TimesS, seconds(int64(i+1)*c.step))
	}
	for _, list := range []*[]float64{
		&c.s.Sent, &c.s.AckedInTime, &c.s.Applied, &c.s.ProducerBuffer, &c.s.ConsumerBuffer,
	} {
		*list = make([]float64, steps)
	}
	for i := range c.s.Places {
		c.s.Lag[i], c.s.Stored[i] = make([]float64, steps), make([]float64, steps)
	}
	for row := range c.h.Len() {
		if t := c.h.EndAt(row); t != history.Pending && c.h.Kind(row) != history.KindFault {
			c.upTo(c.stepAt(t))
			c.take(row, t)
		}
	}
	c.upTo(steps - 1)
	c.close()
	return c.s
}

// places notes of which places the course is.
func (c *course) places(all []history.Place) {
	for i, p := range all {
		if i == result.PlacesMax {
			c.s.PlacesLeftOut = len(all) - i
			break
		}
		for len(c.index) <= int(p) {
			c.index = append(c.index, -1)
		}
		c.index[p] = i
		c.s.Places = append(c.s.Places, c.h.PlaceName(p))
	}
	n := len(c.s.Places)
	c.lag = make([]float64, n)
	c.s.Lag, c.s.Stored = make([][]float64, n), make([][]float64, n)
}

// stepAt returns the step of a moment. The end of a step belongs to it.
func (c *course) stepAt(t int64) int {
	return min(max(0, int((t-1)/c.step)), len(c.s.TimesS)-1)
}

// upTo closes the steps before one.
func (c *course) upTo(step int) {
	for c.at < step {
		c.close()
		c.at++
		c.peaks()
	}
}

// close notes the lag at the end of a step.
func (c *course) close() {
	for i, lag := range c.lag {
		c.s.Lag[i][c.at] = lag
	}
}

// peaks notes what lies in buffers.
func (c *course) peaks() {
	p, q := &c.s.ProducerBuffer[c.at], &c.s.ConsumerBuffer[c.at]
	*p, *q = max(*p, float64(c.producers.now)), max(*q, float64(c.consumers.now))
}

// take takes an operation in, which ended at t.
func (c *course) take(row int, t int64) {
	h, kind := c.h, c.h.Kind(row)
	message := h.MessageAt(row)
	if message == history.NoMessage {
		return
	}
	const done = 1
	f := &c.flags[message]
	switch kind {
	case history.KindSend:
		c.s.Sent[c.at]++
		c.producers.add(f)
	case history.KindAck:
		c.producers.remove(f)
		if begin := h.BeginAt(row); h.OutcomeAt(row) == history.OK && t-begin <= result.AckedInTimeS*1_000_000_000 {
			c.s.AckedInTime[c.stepAt(begin)]++
		}
	case history.KindStore:
		if i := c.place(row); i >= 0 {
			c.s.Stored[i][c.at]++
			c.lag[i]++
		}
	case history.KindDeliver:
		c.consumers.add(f)
	case history.KindApply, history.KindDispose:
		c.consumers.remove(f)
		if *f&done != 0 {
			return
		}
		*f |= done
		if i := c.place(row); i >= 0 {
			c.lag[i]--
		}
		if kind == history.KindApply {
			c.s.Applied[c.at]++
		}
	default:
		return
	}
	c.peaks()
}

// place returns which of the places an operation is about, or -1.
func (c *course) place(row int) int {
	if p := c.h.PlaceAt(row); p != history.NoPlace && int(p) < len(c.index) {
		return c.index[p]
	}
	return -1
}

// courseMarks returns the moments of the run, with the ends of the faults that last.
func (x *run) courseMarks(end int64) []result.Mark {
	marks := append([]result.Mark{}, x.marks...)
	for _, s := range x.struck {
		f := &x.c.Faults[s.fault]
		kind := x.system.Kind(f.Fault.Kind)
		switch {
		case s.end > s.at:
			marks[s.mark].EndS = seconds(int64(s.end))
		case s.end < 0 && kind != nil && kind.Lasting != model.AtOnce:
			marks[s.mark].EndS = seconds(end)
		}
	}
	return marks
}
