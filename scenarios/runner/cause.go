package runner

import (
	"context"
	"fmt"
	"slices"

	"orderlab/checker"
	"orderlab/model/history"
	"orderlab/scenarios"
	"orderlab/scenarios/result"
	"orderlab/sim"
)

const (
	// Faults are left out one at a time, each at the cost of a run: the first to
	// strike, at most faultsTried of them, and no more after eventsTried events.
	faultsTried = 64
	eventsTried = 100_000_000
	// A difference is followed from node to node in runs of at most spreadRows
	// operations, because it takes a second run in memory.
	spreadRows = 2_000_000
)

// explainer looks for what broke a guarantee in one run.
type explainer struct {
	ctx       context.Context
	r         *Runner
	c         *scenarios.Case
	seed      uint64
	guarantee string
	decisions func(sim.Source) sim.Source
}

// Explain looks for what broke a guarantee in the run of a seed. It makes the run
// again without each fault that struck, and names those without which the verdict
// is [result.Holds]: that the guarantee is not broken at all, by other messages
// either. Decisions have names that do not depend on what else is in the run, so
// each of these runs has the same arrivals, latencies and other faults. Where no
// single fault is at fault, it makes the run without any.
//
// Then it tells how the violation came about, see [result.Cause]. Cause is nil
// when the run does not break the guarantee. Decisions is as in [Options]. The
// error is the context's, or says that the case does not fit the registry.
func (r *Runner) Explain(
	ctx context.Context, c *scenarios.Case, seed uint64, guarantee string, decisions func(sim.Source) sim.Source,
) (*result.Cause, error) {
	c, err := r.drawn(c, func() sim.Source {
		if decisions != nil {
			return decisions(sim.Random{Seed: seed})
		}
		return sim.Random{Seed: seed}
	})
	if err != nil {
		return nil, err
	}
	x := &explainer{ctx, r, c, seed, guarantee, decisions}
	fact, err := x.run(c)
	if err != nil || fact.status != result.Violated {
		return nil, err
	}
	told := x.story(fact.messages)
	cause := &result.Cause{Struck: len(fact.strikes), Faults: []result.CausingFault{}, Chain: []string{}}
	other, err := x.compare(cause, fact)
	if err != nil || fact.row < 0 {
		return cause, err
	}
	if other == nil {
		cause.Chain, err = x.scheduled(fact)
	} else {
		cause.Chain, err = x.caused(fact, told, other)
	}
	return cause, err
}

// outcome is what a run of the explainer gave.
type outcome struct {
	status  string
	strikes []strike
	// messages are those of the witness, row and effect its last operation; row is
	// -1 without a witness.
	messages []history.MessageInfo
	row      int
	effect   result.Operation
}

// strike is a fault that struck.
type strike struct {
	index int // among the case's faults
	at    int64
	text  string
}

// run makes the run of a case and decides the guarantee. The history is the
// runner's until the next.
func (x *explainer) run(c *scenarios.Case) (*outcome, error) {
	r := x.r
	run, err := x.start(r, c)
	if err != nil {
		return nil, err
	}
	if err := r.toEnd(x.ctx); err != nil {
		return nil, err
	}
	if r.sim.Status() != sim.Halted {
		run.limit = r.sim.Reason()
	}
	v := &r.checker.Check(&r.hist, []string{x.guarantee}, checker.Options{Truncated: run.limit})[0]
	out := &outcome{status: string(v.Status), strikes: run.strikes(), row: -1}
	if out.status == result.Holds && run.limit != "" {
		out.status = result.Undecided // the rest of the run could still have broken it
	}
	if v.Witness != nil && len(v.Witness.Rows) > 0 {
		out.row = slices.MaxFunc(v.Witness.Rows, func(a, b int) int { return compareMoments(&r.hist, a, b) })
		out.effect = result.NewOperation(&r.hist, r.hist.Op(out.row))
		for _, m := range v.Witness.Messages {
			out.messages = append(out.messages, r.hist.Message(m))
		}
	}
	return out, nil
}

// start begins a run of a case with the explainer's seed and source.
func (x *explainer) start(r *Runner, c *scenarios.Case) (*run, error) {
	r.decisions = x.decisions
	defer func() { r.decisions = nil }()
	return r.start(c, x.seed)
}

// strikes lists the faults that struck, each once, in order of time.
func (x *run) strikes() []strike {
	var out []strike
	for _, s := range x.struck {
		if !slices.ContainsFunc(out, func(o strike) bool { return o.index == s.fault }) {
			out = append(out, strike{s.fault, int64(s.at), describe(&x.c.Faults[s.fault])})
		}
	}
	return out
}

// counterfactual is a run without a fault, or without any, in which the guarantee
// holds.
type counterfactual struct {
	c       *scenarios.Case
	without []strike
	story   story
}

// compare makes the run without each fault, and where none is at fault without
// any. It returns the first of these runs in which the guarantee holds, or nil.
func (x *explainer) compare(cause *result.Cause, fact *outcome) (*counterfactual, error) {
	var found *counterfactual
	var last *outcome
	for events := uint64(0); cause.Tried < min(len(fact.strikes), faultsTried) && events < eventsTried; {
		s := fact.strikes[cause.Tried]
		c := without(x.c, s)
		var err error
		if last, err = x.run(c); err != nil {
			return nil, err
		}
		cause.Tried++
		events += x.r.sim.Events()
		if last.status != result.Holds {
			continue
		}
		cause.Faults = append(cause.Faults, result.CausingFault{AtS: seconds(s.at), Fault: s.text, Without: last.status})
		if found == nil {
			found = &counterfactual{c, []strike{s}, x.story(fact.messages)}
		}
	}
	if found != nil || len(fact.strikes) == 0 {
		return found, nil
	}
	c := without(x.c, fact.strikes...)
	if len(fact.strikes) > 1 {
		var err error
		if last, err = x.run(c); err != nil {
			return nil, err
		}
	}
	if cause.WithoutAny = last.status; last.status == result.Holds {
		found = &counterfactual{c, fact.strikes, x.story(fact.messages)}
	}
	return found, nil
}

// without returns the case without some of its faults.
func without(c *scenarios.Case, faults ...strike) *scenarios.Case {
	out := *c
	out.Faults = nil
	names := scenarios.FaultNames(c.Faults)
	for i := range c.Faults {
		if !slices.ContainsFunc(faults, func(s strike) bool { return s.index == i }) {
			f := c.Faults[i]
			f.Name = names[i] // as before, whatever is left out
			out.Faults = append(out.Faults, f)
		}
	}
	return &out
}

// chainLines bounds the lines of a chain.
const chainLines = 8

// caused tells how a violation came about by what differs from the run in which
// the guarantee holds: the late effect, the first thing that the witness's messages
// meet otherwise, how the difference came there from node to node, and the faults.
func (x *explainer) caused(fact *outcome, told story, other *counterfactual) ([]string, error) {
	out := []string{effectText(&fact.effect)}
	start, at, end := fact.effect.Process, momentOf(&fact.effect), momentOf(&fact.effect)
	if d := told.differ(other.story); d != nil {
		start, at, end = d.node, d.at, max(end, d.at)
		out = append(out, d.text)
	}
	var way []string
	if fact.row < spreadRows {
		s, err := x.spread(other.c, sim.Time(end))
		if err != nil {
			return nil, err
		}
		way = s.back(start, sim.Time(at))
	}
	if room := chainLines - len(out) - 1; len(way) > room {
		way = way[:room]
	}
	out = append(out, way...)
	return append(out, faultLines(other.without, end)...), nil
}

// faultLines tells the faults that struck up to a time, the first of many.
func faultLines(faults []strike, end int64) []string {
	var out []string
	for _, f := range faults {
		if f.at <= end {
			out = append(out, moment(f.at)+"fault: "+f.text)
		}
	}
	if len(out) > 3 {
		out = append(out[:2], fmt.Sprintf("... and %d more faults", len(out)-2))
	}
	return out
}

// scheduled tells which events and decisions led to the decisive operation, back
// from it.
func (x *explainer) scheduled(fact *outcome) ([]string, error) {
	r := x.r
	r.causes = causesBudget
	_, err := x.start(r, x.c)
	r.causes = 0
	if err != nil {
		return nil, err
	}
	for n := 1; r.hist.Len() <= fact.row && r.sim.Step(1) == sim.Running; n++ {
		if n%stepEvents == 0 && x.ctx.Err() != nil {
			return nil, x.ctx.Err()
		}
	}
	return append([]string{effectText(&fact.effect)}, eventLines(r.sim, r.sim.Why(r.sim.Events()))...), nil
}

// effectText tells the decisive operation.
func effectText(op *result.Operation) string { return moment(momentOf(op)) + words(op) }

// eventLines tells the links of a chain. Links that are alike and follow one
// another are one line; of many lines the middle is left out.
func eventLines(e *sim.Engine, chain sim.Chain) []string {
	var out []string
	for i := 0; i < len(chain.Links); {
		l := &chain.Links[i]
		same := 1
		for i+same < len(chain.Links) && alike(&l.Event, &chain.Links[i+same].Event) {
			same++
		}
		out = append(out, linkText(e, l, same))
		i += same
	}
	if room := chainLines - 1; len(out) > room {
		head := room / 2
		tail := out[len(out)-(room-head-1):]
		middle := fmt.Sprintf("... %d more steps ...", len(out)-head-len(tail))
		out = append(append(slices.Clone(out[:head]), middle), tail...)
	}
	return out
}

func alike(a, b *sim.Event) bool { return a.Node == b.Node && a.Kind == b.Kind && a.Frame == b.Frame }

func linkText(e *sim.Engine, l *sim.Link, same int) string {
	text := fmt.Sprintf("%sevent %d: %s", moment(int64(l.Event.At)), l.Number, e.DescribeKind(l.Event))
	if from := sender(e, l.Event); from != "" {
		text += " from " + from
	}
	if l.Event.Node >= 0 {
		text += " at " + e.NodeName(l.Event.Node)
	}
	if same > 1 {
		text += fmt.Sprintf(", and %d more like it before", same-1)
	}
	for i, a := range l.Answers {
		if i == 2 {
			text += fmt.Sprintf("; and %d more decisions", len(l.Answers)-i)
			break
		}
		if text += "; decided: " + a.Decision; a.N > 0 {
			text += fmt.Sprintf(" %d of %d", a.Value, a.N)
		}
	}
	for _, n := range l.Notes {
		text += "; " + n
	}
	return text
}

// sender names the other end of a frame or of a connection, where it is known.
func sender(e *sim.Engine, ev sim.Event) string {
	if c := ev.Class(); c != sim.FrameArrives && c != sim.ConnectionTurns {
		return ""
	}
	return nodeName(e, ev.From)
}
