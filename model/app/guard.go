package app

import (
	"orderlab/sim"
)

// The values of the feature `guard`.
const (
	GuardNone    = "none"
	GuardVersion = "newer-version"
	GuardTime    = "newer-time"
	GuardNext    = "next-version"
	GuardState   = "state-machine"
)

var decideSkew = sim.NewDecision("app.clock-skew")

// guardStage compares a message with the row before it changes it.
//
//   - newer-version: applies what has a larger version than the row and puts the
//     rest away. Its claim: no key goes back, and each ends with its last message.
//     What was overtaken is never applied, which loses messages that are changes
//     (+5) and not states.
//   - newer-time: the same by timestamps of the producers' clocks. It holds while
//     the clocks differ by less than the time between two messages of a key, and none
//     goes back: what a producer sends after a step back is older than what it sent.
//   - next-version: applies a message only to the version before it, and tries again
//     later. Its claim: each key's messages take effect in order, without gap and
//     without duplicate. A message that never comes blocks its key for ever.
//   - state-machine: applies a message if its transition is legal: to the state after
//     the row's, of `states` states in a circle. Its claim: no row takes a
//     forbidden transition. A stale message whose transition happens to be legal is
//     applied (A, B, A again).
//
// Reference: QMQ, FAQ and the article on order (E17); E4.
type guardStage struct {
	passive
	mode   string
	skew   sim.Time
	states int32
}

// stamp is the message's timestamp, by the clock of its producer: that of its node, which
// faults set wrong, and what clock_skew adds for the whole run.
func (s *guardStage) stamp(a *Application, t *task) sim.Time {
	producer := a.sh.rec.History().Message(t.rec.Message).Producer
	at := a.sh.stamps.of[t.rec.Message]
	if s.skew > 0 {
		steps := a.sh.sim.Choose(decideSkew, sim.ID(producer), int(2*s.skew/sim.Millisecond)+1)
		at += sim.Time(steps)*sim.Millisecond - s.skew
	}
	return at
}

func (s *guardStage) effect(a *Application, t *task) ruling {
	r, v := a.sh.row(t.key), a.sh.versions.at(t.rec.Message)
	switch s.mode {
	case GuardVersion:
		if v <= r.version {
			return ruling{put, ReasonStale}
		}
	case GuardTime:
		if r.stamped && s.stamp(a, t) <= r.newest {
			return ruling{put, ReasonStale}
		}
	case GuardNext:
		switch {
		case v <= r.version:
			return ruling{put, ReasonDeduplicated}
		case v > r.version+1:
			return ruling{verdict: refuse}
		}
	case GuardState:
		switch now, to := r.version%s.states, v%s.states; {
		case r.version > 0 && to == now:
			return ruling{put, ReasonStale} // it is in that state
		case to != (now+1)%s.states:
			return ruling{verdict: refuse}
		}
	}
	return ruling{}
}

// applied notes the state of the row: with a state machine that of the message,
// whether it is the newest or not.
func (s *guardStage) applied(a *Application, t *task) {
	r, v := a.sh.row(t.key), a.sh.versions.at(t.rec.Message)
	if s.mode == GuardTime {
		if at := s.stamp(a, t); !r.stamped || at > r.newest {
			r.newest, r.stamped = at, true
		}
	}
	if r.version = max(r.version, v); s.mode == GuardState {
		r.version = v
	}
}
