package sim

import (
	"fmt"
	"math"
	"strings"
)

// Link is an event in a chain of causes.
type Link struct {
	// Number is that of the event in the run, from 1; see [Engine.Events].
	Number uint64
	Event  Event
	// Answers are the decisions that the event asked for, in order, and before
	// them the choice that put it first among the events of its instant.
	Answers []Answer
	// Notes are what [Engine.Note] said during the event: the faults, above all.
	Notes []string
}

// Chain leads from an event back to the first cause that is known, each link
// being what scheduled the one before.
type Chain struct {
	Links []Link
	// Complete says that the last link was scheduled by the program that drives
	// the run, and not by an event that is forgotten.
	Complete bool
}

// EffectKind tells what an event did.
type EffectKind uint8

// The kinds of effects.
const (
	Asked     EffectKind = iota // for a decision
	Scheduled                   // an event
	Cancelled                   // an event
	Noted                       // a text
)

// Effect is one thing that an event did: what its kind says, in the field that
// belongs to it.
type Effect struct {
	Kind   EffectKind
	Answer Answer
	Event  Event
	Note   string
}

// causes remembers what led to events. It hangs on the queue, which tells it of
// every event that is scheduled or taken back, and in front of the source.
type causes struct {
	e       *Engine
	current uint64   // number of the event that is executed, 0 between events
	bySlot  []uint64 // the cause of the pending event in each slot of the queue

	records []record // ring: event n is at n % len
	from    uint64   // the first event that was recorded
	answers []Answer // ring
	asked   uint64   // how many answers there were
	early   uint64   // answers before the choice of the next event, plus 1
	notes   []note   // ring
	noted   uint64   // how many notes there were

	effects []Effect // of the current event, or the last
	effect  Digest   // of all effects
}

// record is what stays of an event.
type record struct {
	event   Event
	cause   uint64
	answers uint64 // how many there were before it
}

type note struct {
	event uint64
	text  string
}

// forgotten is the cause of what was scheduled before causes were remembered.
const forgotten = math.MaxUint64

const (
	recordBytes = 48
	answerBytes = 40
	noteBytes   = 24
	// effectsKept bounds what is kept of what one event did; the digest has all.
	effectsKept = 4096
)

// TraceCauses makes the engine remember, from now on, why events happen: for as
// many of the latest events, decisions and notes as budget bytes hold, besides 8
// bytes for each pending event. A budget of 0 makes it forget everything again.
// It is off after [Engine.Reset]. While it is off nothing is spent on it; on, it
// changes nothing in the run and makes the engine two to four times slower.
func (e *Engine) TraceCauses(budget int) {
	e.q.causes = nil
	if budget > 0 {
		c := &causes{e: e, from: e.events + 1, bySlot: make([]uint64, len(e.q.items))}
		for i := range c.bySlot {
			c.bySlot[i] = forgotten
		}
		c.records = make([]record, max(2, budget/2/recordBytes))
		c.answers = make([]Answer, max(1, budget*3/8/answerBytes))
		c.notes = make([]note, max(1, budget/8/noteBytes))
		e.q.causes = c
	}
	e.SetSource(e.asked)
}

// TracesCauses says whether [Engine.Note] is of any use now.
func (e *Engine) TracesCauses() bool { return e.q.causes != nil }

// Note adds a text to the current event, for chains of causes: which fault it
// is. Without [Engine.TraceCauses] it does nothing.
func (e *Engine) Note(text string) {
	if c := e.q.causes; c != nil {
		c.notes[c.noted%uint64(len(c.notes))] = note{c.current, text}
		c.noted++
		c.effect.Uint(uint64(Noted))
		c.effect.String(text)
		c.keep(Effect{Kind: Noted, Note: text})
	}
}

// Why returns the chain of causes of an executed event, by its number; the event
// itself is the first link. It is empty when the event is not remembered.
func (e *Engine) Why(event uint64) Chain {
	var chain Chain
	c := e.q.causes
	if c == nil {
		return chain
	}
	for c.knows(event) {
		r := c.record(event)
		chain.Links = append(chain.Links, Link{event, r.event, c.answersOf(event), c.notesOf(event)})
		event = r.cause
	}
	chain.Complete = event == 0 && len(chain.Links) > 0
	return chain
}

// Effects returns what the event executed last did, in order; for the first
// few thousand things. It needs [Engine.TraceCauses].
func (e *Engine) Effects() []Effect {
	if e.q.causes == nil {
		return nil
	}
	return e.q.causes.effects
}

// EffectHash is the digest of everything that was done since [Engine.TraceCauses]
// was called: decisions, events scheduled and taken back, notes. Two runs that
// part show it here at the event that did something else, while the trace hash
// waits until an event is another.
func (e *Engine) EffectHash() [16]byte {
	if e.q.causes == nil {
		return [16]byte{}
	}
	return e.q.causes.effect.Sum()
}

// begin makes an event the current one.
func (c *causes) begin(number uint64, slot int32, it *item) {
	r := &c.records[number%uint64(len(c.records))]
	*r = record{c.e.detailed(it), c.bySlot[slot], c.asked}
	if c.early > 0 {
		r.answers = c.early - 1
	}
	c.early = 0
	c.current = number
	c.effects = c.effects[:0]
}

// drained is called when the current event turns out to be one that was held
// while its node was paused, with its cause.
func (c *causes) drained(cause uint64, it *item) {
	r := c.record(c.current)
	r.event, r.cause = c.e.detailed(it), cause
	r.event.At = c.e.now
}

// choosing is called before the choice of the next event, whose answer belongs to
// that event.
func (c *causes) choosing() { c.early = c.asked + 1 }

// pause is called when events are not executed for a while.
func (c *causes) pause() { c.current = 0 }

func (c *causes) knows(event uint64) bool {
	last := c.e.events
	return event >= c.from && event <= last && event+uint64(len(c.records)) > last
}

func (c *causes) record(event uint64) *record { return &c.records[event%uint64(len(c.records))] }

func (c *causes) answersOf(event uint64) []Answer {
	first, end := c.record(event).answers, c.asked
	if event < c.e.events {
		end = c.record(event + 1).answers
	}
	var out []Answer
	for i := first; i < end; i++ {
		if i+uint64(len(c.answers)) >= c.asked {
			out = append(out, c.answers[i%uint64(len(c.answers))])
		}
	}
	return out
}

func (c *causes) notesOf(event uint64) []string {
	var out []string
	n := uint64(len(c.notes))
	for i := c.noted - min(n, c.noted); i < c.noted; i++ {
		if c.notes[i%n].event == event {
			out = append(out, c.notes[i%n].text)
		}
	}
	return out
}

// scheduled is called by the queue for every new event.
func (c *causes) scheduled(slot int32, it *item) {
	for len(c.bySlot) <= int(slot) {
		c.bySlot = append(c.bySlot, 0)
	}
	c.bySlot[slot] = c.current
	c.changed(Scheduled, it)
}

// cancelled is called by the queue for every event that is taken back.
func (c *causes) cancelled(it *item) { c.changed(Cancelled, it) }

func (c *causes) changed(kind EffectKind, it *item) {
	ev := c.e.detailed(it)
	c.effect.Uint(uint64(kind))
	ev.feed(&c.effect)
	c.keep(Effect{Kind: kind, Event: ev})
}

func (c *causes) keep(ef Effect) {
	if len(c.effects) < effectsKept {
		c.effects = append(c.effects, ef)
	}
}

// Bits implements [Source], in front of the one that answers.
func (c *causes) Bits(d Decision, id ID) uint64 {
	v := c.e.asked.Bits(d, id)
	c.answer(d, Answer{d.name, id, 0, v})
	return v
}

// Choose implements [Source].
func (c *causes) Choose(d Decision, id ID, n int) int {
	v := c.e.asked.Choose(d, id, n)
	c.answer(d, Answer{d.name, id, n, uint64(v)})
	return v
}

func (c *causes) answer(d Decision, a Answer) {
	c.answers[c.asked%uint64(len(c.answers))] = a
	c.asked++
	c.effect.Uint(uint64(Asked) ^ d.hash)
	c.effect.Uint(uint64(a.ID))
	c.effect.Uint(a.Value)
	c.keep(Effect{Kind: Asked, Answer: a})
}

// DescribeChain returns a chain of causes in words, one link a line, and at most
// so many links: the rest is left out in the middle, because both the event and
// its first cause say most.
func (e *Engine) DescribeChain(c Chain, links int) string {
	var b strings.Builder
	skip := len(c.Links) - links
	for i := range c.Links {
		if skip > 0 && i >= links/2 && i < links/2+skip {
			if i == links/2 {
				fmt.Fprintf(&b, "  ... %d more events ...\n", skip)
			}
			continue
		}
		e.describeLink(&b, &c.Links[i])
	}
	if !c.Complete {
		b.WriteString("  because of an event that is not remembered\n")
	}
	return b.String()
}

func (e *Engine) describeLink(b *strings.Builder, l *Link) {
	fmt.Fprintf(b, "  event %d: %s", l.Number, e.Describe(l.Event))
	for i, a := range l.Answers {
		if i == 4 {
			fmt.Fprintf(b, "; and %d more decisions", len(l.Answers)-i)
			break
		}
		fmt.Fprintf(b, "; %v", a)
	}
	for _, n := range l.Notes {
		fmt.Fprintf(b, "; %s", n)
	}
	b.WriteByte('\n')
}

// DescribeEffect returns an effect in words.
func (e *Engine) DescribeEffect(ef Effect) string {
	switch ef.Kind {
	case Asked:
		return "asked for " + ef.Answer.String()
	case Scheduled:
		return "scheduled " + e.Describe(ef.Event)
	case Cancelled:
		return "took back " + e.Describe(ef.Event)
	}
	return "noted " + ef.Note
}
