package app

import (
	"orderlab/model/history"
	"orderlab/sim"
)

// Detection is what a detector of a monitor was worth in a run. All counts are of
// messages; times are of the run, and -1 where there is none.
type Detection struct {
	Detector string
	// Real are the messages with which it really happened, Alarms those that were
	// alarmed of, Detected the ones that are both.
	Real, Alarms, Detected int
	// FirstReal is when it first happened, FirstTrue when a message with which it
	// had happened was first alarmed of.
	FirstReal, FirstTrue sim.Time
	// Delay is the sum over what was detected, from when it happened to its alarm, and
	// DelayMax the longest.
	Delay, DelayMax sim.Time
}

// monitorTruth is what really happened, whatever is sampled: the measure of a monitor.
//
//   - inversion: the first effect of a message came after one of a later version.
//   - duplicate: a message had a second effect.
//   - gap: a message had no effect by the end of the run and was not put away, while a
//     later version of its key was applied; it happened when the first of these was.
//   - key-lag: a message was not applied by monitor_lag after it was made; it happened
//     then.
type monitorTruth struct {
	first  []sim.Time // effects of messages, plus 1; 0 never
	over   []bool     // it was put away
	newest []int32    // by key: the largest version that was applied
	real   [detectors][]sim.Time
}

func (m *monitorTruth) grow(msg history.Message) {
	for len(m.first) <= int(msg) {
		m.first, m.over = append(m.first, 0), append(m.over, false)
		for d := range m.real {
			m.real[d] = append(m.real[d], -1)
		}
	}
}

func (m *monitorTruth) disposed(msg history.Message) {
	m.grow(msg)
	m.over[msg] = true
}

func (m *monitorTruth) applied(of *monitor, msg history.Message, key history.Key) {
	m.grow(msg)
	for len(m.newest) <= int(key) {
		m.newest = append(m.newest, 0)
	}
	now, version := of.sh.sim.Now(), of.sh.versions.at(msg)
	switch {
	case m.first[msg] > 0:
		m.happened(detectDuplicate, msg, now)
	case version < m.newest[key]:
		m.happened(detectInversion, msg, now)
	}
	if m.first[msg] == 0 {
		m.first[msg] = now + 1
	}
	m.newest[key] = max(m.newest[key], version)
}

func (m *monitorTruth) happened(d detector, msg history.Message, at sim.Time) {
	if m.real[d][msg] < 0 {
		m.real[d][msg] = at
	}
}

// end takes in what can be said at the end of the run alone.
func (m *monitorTruth) end(of *monitor) {
	v := &of.sh.versions
	v.look()
	if len(v.of) > 0 {
		m.grow(history.Message(len(v.of) - 1))
	}
	for _, messages := range v.byKey {
		later := sim.Time(-1) // the first effect of a later version
		for i := len(messages) - 1; i >= 0; i-- {
			msg := messages[i]
			if of.sh.epochs.markerOf(msg) != nil {
				continue
			}
			bound := of.sh.rec.Due(msg) + of.sh.set.MonitorLag
			if at := m.first[msg] - 1; at >= 0 {
				if at > bound {
					m.happened(detectLag, msg, bound)
				}
				if later < 0 || at < later {
					later = at
				}
				continue
			}
			if !m.over[msg] && later >= 0 {
				m.happened(detectGap, msg, later)
			}
			if !m.over[msg] && of.sh.sim.Now() > bound {
				m.happened(detectLag, msg, bound)
			}
		}
	}
}

// Monitoring says what the monitor's detectors were worth, at the end of a run; nothing
// without one.
func (s *Shared) Monitoring() []Detection {
	m := &s.monitor
	if !m.on() {
		return nil
	}
	m.truth.end(m)
	out := make([]Detection, detectors)
	for d := range out {
		o := &out[d]
		*o = Detection{Detector: detector(d).String(), FirstReal: -1, FirstTrue: -1}
		for _, at := range m.truth.real[d] {
			if at < 0 {
				continue
			}
			o.Real++
			if o.FirstReal < 0 || at < o.FirstReal {
				o.FirstReal = at
			}
		}
	}
	for _, a := range m.alarms {
		o := &out[a.detector]
		o.Alarms++
		real := m.truth.real[a.detector][a.message]
		if real < 0 {
			continue
		}
		o.Detected++
		if o.FirstTrue < 0 {
			o.FirstTrue = a.at
		}
		o.Delay += a.at - real
		o.DelayMax = max(o.DelayMax, a.at-real)
	}
	return out
}
