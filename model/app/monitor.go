package app

import (
	"orderlab/model/history"
	"orderlab/sim"
)

// The values of the feature `monitor_by`.
const (
	MonitorByKey     = "key"
	MonitorByMessage = "message"
)

var decideSample = sim.NewDecision("app.monitor.sample")

// monitor watches what takes effect at the sink, as a service beside the consumers that
// each effect which it samples is reported to. It knows what stands in a message: its
// identity, its key, its version (the number that the source gives the messages of a key)
// and when it was made. Four detectors alarm, each at most once for a message:
//
//   - inversion: an effect of a version below one that the key has had, of a message that
//     is not known to have been applied.
//   - duplicate: an effect of a message that was applied within monitor_window.
//   - gap: a version has not come for monitor_gap after a later one of its key has.
//   - key-lag: an effect comes later than monitor_lag after its message was made.
//
// What they are worth is measured beside them, with what only the simulator knows; see
// [monitorTruth]. Its claim: with every key sampled and a window longer than any
// redelivery no inversion and no duplicate is missed, and none is alarmed of falsely. Its
// price is monitor_cost of a worker for each effect that is sampled.
type monitor struct {
	sh    *Shared
	truth monitorTruth
	keys  []watchedKey
	// seen is when a message was seen last, alarmed which detectors have named it.
	seen    []sim.Time
	alarmed []uint8
	alarms  []alarm
	waits   int // versions that are waited for
}

// watchedKey is what a monitor knows of a key.
type watchedKey struct {
	next int32 // the version after the newest that was seen
}

// alarm is what a detector has said, and when.
type alarm struct {
	detector detector
	message  history.Message
	at       sim.Time
}

// detector is one of a monitor.
type detector uint8

const (
	detectInversion detector = iota
	detectDuplicate
	detectGap
	detectLag
	detectors
)

func (d detector) String() string {
	return [detectors]string{"inversion", "duplicate", "gap", "key-lag"}[d]
}

func (m *monitor) on() bool { return m.sh.set.MonitorSample > 0 }

// samples says whether the monitor is told of a message: it is a matter of its key, or
// of the message itself.
func (m *monitor) samples(msg history.Message, key history.Key) bool {
	if !m.on() {
		return false
	}
	id := sim.ID(key)
	if m.sh.set.MonitorBy == MonitorByMessage {
		info := m.sh.rec.History().Message(msg)
		id = sim.Identity(sim.ID(info.Producer), sim.ID(info.Index))
	}
	return int64(m.sh.sim.Choose(decideSample, id, million)) < m.sh.set.MonitorSample
}

// cost is how long a worker takes for telling the monitor of a task's effect.
func (m *monitor) cost(t *task) sim.Time {
	if !m.samples(t.rec.Message, t.key) {
		return 0
	}
	return m.sh.set.MonitorCost
}

// applied is told of every effect.
func (m *monitor) applied(msg history.Message, key history.Key) {
	if !m.on() || m.sh.epochs.markerOf(msg) != nil {
		return
	}
	m.truth.applied(m, msg, key)
	if m.samples(msg, key) {
		m.look(msg, key)
	}
}

// disposed is told of every message that is put away: its version has come.
func (m *monitor) disposed(msg history.Message, key history.Key) {
	if !m.on() {
		return
	}
	m.truth.disposed(msg)
	if m.samples(msg, key) {
		m.note(msg, key)
	}
}

// look is what the detectors do with an effect.
func (m *monitor) look(msg history.Message, key history.Key) {
	now, set := m.sh.sim.Now(), &m.sh.set
	last, known := m.lastSeen(msg)
	version, k := m.sh.versions.at(msg), m.key(key)
	switch {
	case known && now-last <= set.MonitorWindow:
		m.alarm(detectDuplicate, msg)
	case version+1 < k.next:
		m.alarm(detectInversion, msg)
	}
	if now-m.sh.rec.Due(msg) > set.MonitorLag {
		m.alarm(detectLag, msg)
	}
	m.note(msg, key)
}

// note takes a message's version in. Those that it has skipped are waited for.
func (m *monitor) note(msg history.Message, key history.Key) {
	now := m.sh.sim.Now()
	version, k := m.sh.versions.at(msg), m.key(key)
	m.lastSeen(msg)
	m.seen[msg] = max(1, now)
	for v := k.next; v < version; v++ {
		missing := m.sh.versions.message(key, v)
		m.waits++
		m.sh.sim.At(now+m.sh.set.MonitorGap, func() {
			m.waits--
			if _, came := m.lastSeen(missing); !came {
				m.alarm(detectGap, missing)
			}
		})
	}
	k.next = max(k.next, version+1)
}

func (m *monitor) key(key history.Key) *watchedKey {
	for len(m.keys) <= int(key) {
		m.keys = append(m.keys, watchedKey{next: 1})
	}
	return &m.keys[key]
}

func (m *monitor) lastSeen(msg history.Message) (at sim.Time, ok bool) {
	for len(m.seen) <= int(msg) {
		m.seen, m.alarmed = append(m.seen, 0), append(m.alarmed, 0)
	}
	return m.seen[msg], m.seen[msg] > 0
}

func (m *monitor) alarm(d detector, msg history.Message) {
	m.lastSeen(msg)
	if m.alarmed[msg]&(1<<d) != 0 {
		return
	}
	m.alarmed[msg] |= 1 << d
	m.alarms = append(m.alarms, alarm{d, msg, m.sh.sim.Now()})
}
