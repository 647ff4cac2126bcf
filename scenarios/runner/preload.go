package runner

import (
	"fmt"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/scenarios"
	"orderlab/sim"
)

const (
	// preloadSpacing is the time between two messages of one producer in a
	// preload: fast enough to be short, slow enough not to be one burst.
	preloadSpacing = 100 * sim.Microsecond
	// A preload whose partition_shares accept fewer than one draw of a key in
	// rarestKey is not begun, as a sample of draws tells, and one message's key is
	// drawn drawsAtMost times: otherwise a run could draw for ever.
	rarestKey   = 10_000
	keySample   = 1 << 14
	drawsAtMost = 100 * rarestKey
)

// beginPreload sends as many messages as the consumers need the given time for.
func (l *workload) beginPreload(p *scenarios.Phase) {
	c := &l.x.c.Consumers
	total := p.Preload / max(1, c.Work.Mean()) * int64(c.Members)
	if n := int64(len(p.PartitionShares)); n > 0 {
		sum := int64(0)
		for _, s := range p.PartitionShares {
			sum += s
		}
		total = total / n * sum / millionth
		if total > 0 && !l.pickable(p.PartitionShares) {
			l.x.end(l.unpickable())
			return
		}
	}
	now := l.x.r.sim.Now()
	for i := range l.sources {
		n := total / int64(len(l.sources))
		if int64(i) < total%int64(len(l.sources)) {
			n++
		}
		l.sources[i].left, l.sources[i].on = int(n), n > 0
		l.sources[i].at = now
		if n > 0 {
			l.arm(i)
		}
	}
	l.when(l.loaded, l.next)
}

// loaded says that the preload is stored and the consumers are ready for it.
func (l *workload) loaded() bool {
	for i := range l.sources {
		if l.sources[i].left > 0 {
			return false
		}
	}
	return l.x.r.rec.Unanswered == 0 && l.x.world.Ready()
}

// pickable says whether the partitions that have a share have keys too: how much
// of a fixed sample of draws they would accept. The sample asks no decision.
func (l *workload) pickable(shares []int64) bool {
	accepted := int64(0)
	for i := range sim.ID(keySample) {
		key := l.keys.pick(sim.Random{}.Bits(decideKey, i))
		if place := l.x.world.PlaceOf(key); place < len(shares) {
			accepted += shares[place]
		}
	}
	return accepted >= keySample*millionth/rarestKey
}

// unpickable says why a run was ended whose keys cannot be drawn.
func (l *workload) unpickable() string {
	return fmt.Sprintf("limit of draws for a key: of %d keys hardly any lies in a partition that has a share of the preload; "+
		"give more keys, or other partition_shares", l.x.c.Workload.Keys.Count)
}

// pickKey draws the message's key. In a skewed preload a key is accepted with
// the share of the partition that it has, and else drawn again. The run ends when
// no key is accepted: partitions that were added since the preload began may have
// taken all of them.
func (l *workload) pickKey(i int, index uint32) (key history.Key, ok bool) {
	id := model.MessageIdentity(i, index)
	e := l.x.r.sim
	shares := l.x.c.Workload.Phases[l.phase].PartitionShares
	for try := sim.ID(0); try < drawsAtMost; try++ {
		again := sim.Identity(id, try)
		key = l.keys.pick(e.Bits(decideKey, again))
		if len(shares) == 0 {
			return key, true
		}
		place := l.x.world.PlaceOf(key)
		if place < len(shares) && int64(e.Choose(decideSkew, again, millionth)) < shares[place] {
			return key, true
		}
	}
	l.x.end(l.unpickable())
	return 0, false
}
