package app

import (
	"orderlab/model/history"
	"orderlab/sim"
)

// The values of the feature `content`.
const (
	ContentFat   = "in-message"
	ContentThin  = "read"
	ContentFound = "read-until-found"
	ContentFresh = "read-until-fresh"
)

var decideLag = sim.NewDecision("app.replica-lag")

// lagSlot is how long a replica keeps its lag.
const lagSlot = sim.Second

// replica is a copy of the source's database that is behind it by a lag, which is
// drawn anew every second. It never goes back.
type replica struct {
	sh    *Shared
	slot  int64    // for which the lag was drawn
	lag   sim.Time // then
	until sim.Time // everything that was committed up to here is in the replica
}

// reach returns up to which time the replica has what was committed.
func (r *replica) reach() sim.Time {
	now := r.sh.sim.Now()
	if slot := int64(now/lagSlot) + 1; slot != r.slot {
		r.slot = slot
		r.lag = sim.Time(r.sh.sim.Draw(decideLag, sim.ID(slot), &r.sh.set.ReplicaLag))
	}
	r.until = max(r.until, now-r.lag)
	return r.until
}

// version returns which version of a key the replica has; 0 when it has none. What
// a message tells of is committed when the message comes into being.
func (r *replica) version(key history.Key) int32 {
	reach, v := r.reach(), &r.sh.versions
	v.look()
	all := v.byKey[key]
	for n := len(all); n > 0; n-- {
		if r.sh.rec.Due(all[n-1]) <= reach {
			return int32(n)
		}
	}
	return 0
}

// thinStage is a consumer of messages that say only what has changed: it reads the
// content from a replica of the source and writes that.
//
//   - read: writes what it finds. Where the replica has not got the thing yet it
//     writes nothing, and the message is lost; where it has an older version, that
//     is written.
//   - read-until-found: tries again while there is nothing. Its claim: no key is
//     missing. An older version is written as before.
//   - read-until-fresh: the message has the version, and the consumer tries again until the
//     replica has at least that. Its claim: each key ends with its last content.
//
// A failed read goes the way of every failure (`retry`).
//
// Reference: the thin messages of E13.
type thinStage struct {
	passive
	mode string
}

// check reads the content.
func (s *thinStage) check(a *Application, t *task) ruling {
	t.read = a.sh.content.version(t.key)
	return ruling{}
}

func (s *thinStage) effect(a *Application, t *task) ruling {
	own := a.sh.versions.at(t.rec.Message)
	switch {
	case t.read == 0 && s.mode == ContentThin:
		return ruling{put, ReasonFailed}
	case t.read == 0, t.read < own && s.mode == ContentFresh:
		return ruling{verdict: refuse}
	case t.read == own:
		return ruling{}
	}
	content := t.rec
	content.Message = a.sh.versions.message(t.key, t.read)
	a.apply(&content, t)
	if t.read < own {
		return ruling{put, ReasonFailed} // what it told of was not written
	}
	return ruling{put, ReasonSuperseded}
}
