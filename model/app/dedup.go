package app

import "orderlab/sim"

// The values of the features `dedup` and `dedup_by`.
const (
	DedupNone      = "none"
	DedupMarkFirst = "mark-first"
	DedupMarkAfter = "mark-after"
	DedupAtomic    = "with-effect"

	DedupByMessage  = "message"
	DedupByPosition = "position"
)

// marks are the table of what was applied.
type marks struct {
	byMessage []sim.Time // when it was marked; 0 never
	byPlace   []map[int64]sim.Time
}

// get returns when a record was marked, and set marks it; a time of 0 takes the
// mark away.
func (m *marks) get(by string, t *task) sim.Time {
	if by == DedupByPosition {
		if p := int(t.rec.Place); p < len(m.byPlace) && m.byPlace[p] != nil {
			return m.byPlace[p][t.rec.Position]
		}
		return 0
	}
	if i := int(t.rec.Message); i < len(m.byMessage) {
		return m.byMessage[i]
	}
	return 0
}

func (m *marks) set(by string, t *task, at sim.Time) {
	if by == DedupByPosition {
		for len(m.byPlace) <= int(t.rec.Place) {
			m.byPlace = append(m.byPlace, nil)
		}
		if m.byPlace[t.rec.Place] == nil {
			m.byPlace[t.rec.Place] = make(map[int64]sim.Time)
		}
		m.byPlace[t.rec.Place][t.rec.Position] = at
		return
	}
	for len(m.byMessage) <= int(t.rec.Message) {
		m.byMessage = append(m.byMessage, 0)
	}
	m.byMessage[t.rec.Message] = at
}

// dedupStage is an idempotent consumer: a table of what was applied.
//
//   - with-effect: the mark is written in the transaction of the effect. Its claim:
//     no message is applied twice, and none is lost by it.
//   - mark-first: looks and marks before the work; a failure takes the mark away. A
//     process that dies between the two leaves a mark without an effect: when
//     the message comes again it is put away, and lost.
//   - mark-after: looks before the work, marks after the effect. A process that dies
//     between the two applies the message again, and so do two that looked at the
//     same time.
//
// A mark is kept for dedup_ttl; what comes again later is applied again. With
// `dedup_by: position` what the log has twice is two messages.
//
// Reference: QMQ, exactlyonce.md (E17).
type dedupStage struct {
	mode, by string
	ttl      sim.Time
}

func (s *dedupStage) cost() trips {
	return trips{before: s.mode != DedupAtomic, after: s.mode == DedupMarkAfter}
}

// known says whether the table has the task's record.
func (s *dedupStage) known(a *Application, t *task) bool {
	at := a.sh.marks.get(s.by, t)
	return at > 0 && (s.ttl == 0 || a.sh.sim.Now() < at+s.ttl)
}

func (s *dedupStage) mark(a *Application, t *task) { a.sh.marks.set(s.by, t, max(1, a.sh.sim.Now())) }

func (s *dedupStage) check(a *Application, t *task) ruling {
	if s.mode == DedupAtomic {
		return ruling{}
	}
	if s.known(a, t) {
		return ruling{put, ReasonDeduplicated}
	}
	if s.mode == DedupMarkFirst {
		s.mark(a, t)
	}
	return ruling{}
}

func (s *dedupStage) effect(a *Application, t *task) ruling {
	if s.mode == DedupAtomic && s.known(a, t) {
		return ruling{put, ReasonDeduplicated}
	}
	return ruling{}
}

func (s *dedupStage) applied(a *Application, t *task) {
	if s.mode == DedupAtomic {
		s.mark(a, t)
	}
}

func (s *dedupStage) after(a *Application, t *task) {
	if s.mode == DedupMarkAfter {
		s.mark(a, t)
	}
}

func (s *dedupStage) failed(a *Application, t *task) {
	if s.mode == DedupMarkFirst {
		a.sh.marks.set(s.by, t, 0)
	}
}
