package app

import (
	"orderlab/model"
	"orderlab/model/history"
)

// metric is what an application samples.
type metric int

const (
	metricInHand metric = iota
	metricParked
	metricHeld
	metricCalls
	metricDead
	metricLostUpdates
	metricEpochHeld
	metricEpochWait
	metricCount
)

// Metrics describes what an application samples, for the guarantee bounded.
func Metrics() []model.Metric {
	return []model.Metric{
		metricInHand:      {Name: "in-hand", Doc: "Records that one consumer has polled and not finished."},
		metricParked:      {Name: "parked", Doc: "Records in the table of parked keys."},
		metricHeld:        {Name: "resequencer-buffer", Doc: "Records that one consumer holds until their predecessors come."},
		metricCalls:       {Name: "downstream-calls", Doc: "Calls that a node of the downstream works on at a time."},
		metricDead:        {Name: "downstream-dead", Doc: "Nodes of the downstream that are down at a time."},
		metricLostUpdates: {Name: "lost-updates", Doc: "Updates that were overwritten by one that had not seen them."},
		metricEpochHeld:   {Name: "epoch-held", Doc: "Records of a new epoch that one consumer holds back."},
		metricEpochWait:   {Name: "epoch-wait", Doc: "For how many milliseconds one of them was held."},
	}
}

// metrics writes a sample of a metric whenever it is larger than ever before in
// the run: that is enough to decide any bound.
type metrics struct {
	most [metricCount]int64
	sum  [metricCount]int64
	sym  [metricCount]history.Symbol
}

// note samples a value.
func (m *metrics) note(a *Application, of metric, value int64) {
	if value <= m.most[of] {
		return
	}
	m.most[of] = value
	if m.sym[of] == history.NoSymbol {
		m.sym[of] = a.sh.rec.History().AddSymbol(Metrics()[of].Name)
	}
	a.sh.rec.Record(history.Op{Kind: history.KindSample, Process: a.host.Process, Session: a.session,
		Message: history.NoMessage, Place: history.NoPlace, Position: value, Detail: m.sym[of]})
}

// add samples a sum that grows.
func (m *metrics) add(a *Application, of metric, by int64) {
	m.sum[of] += by
	m.note(a, of, m.sum[of])
}
