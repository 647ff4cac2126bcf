package app

import "orderlab/model/history"

// positionStage keeps the position of each place with the effects, in their
// transactions, and puts away what is at or before it (`commit: sink`). Its claim:
// no record of a log is applied twice, and none is lost. The effects of a place have
// to take place in its order, or those that are late are put away: lost.
//
// Reference: Kafka documentation, "storing offsets outside Kafka".
type positionStage struct {
	passive
}

func (positionStage) effect(a *Application, t *task) ruling {
	if t.rec.Position < a.sh.fence.position(t.rec.Place) {
		return ruling{put, ReasonDeduplicated}
	}
	return ruling{}
}

func (positionStage) applied(a *Application, t *task) {
	a.sh.fence.advance(t.rec.Place, t.rec.Position+1)
}

// The values of the feature `fencing_token`.
const (
	TokenOwnership  = "ownership"
	TokenGeneration = "generation"
)

// fence is what the sink keeps of each place: the newest ownership that wrote, and
// the position of what was written.
type fence struct{ places []fenced }

type fenced struct {
	token    uint16
	position int64
}

func (f *fence) of(p history.Place) *fenced {
	for len(f.places) <= int(p) {
		f.places = append(f.places, fenced{})
	}
	return &f.places[p]
}

func (f *fence) position(p history.Place) int64 { return f.of(p).position }

func (f *fence) advance(p history.Place, next int64) {
	at := f.of(p)
	at.position = max(at.position, next)
}

// fenceStage lets the sink refuse writers with an older fencing token than it has
// seen. The token is the epoch in which the consumer was given the place, which lasts
// as long as it keeps it. Its claim: once a newer owner has written anything of a
// place, no older one does, and nothing is lost by it. What the older wrote before
// stays, and the newer one writes it again.
//
// The group's present generation is no such token: a consumer that keeps a place over
// a rebalance has records of two generations in hand, refuses its own, and has
// committed them.
//
// Reference: Kleppmann, "How to do distributed locking" (fencing tokens).
type fenceStage struct {
	passive
	token string
}

func (s *fenceStage) of(t *task) uint16 {
	if s.token == TokenGeneration {
		return t.rec.Epoch
	}
	return t.token
}

// effect: a retry is nobody's who owns the place: it came from a retry topic, or a table.
func (s *fenceStage) effect(a *Application, t *task) ruling {
	if t.from == fromPartition && s.of(t) < a.sh.fence.of(t.rec.Place).token {
		return ruling{put, ReasonFenced}
	}
	return ruling{}
}

func (s *fenceStage) applied(a *Application, t *task) {
	if t.from == fromPartition {
		a.sh.fence.of(t.rec.Place).token = s.of(t)
	}
}
