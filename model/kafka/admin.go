package kafka

import (
	"orderlab/model/history"
	"orderlab/sim"
)

// Expand implements [model.Expander]: the request reaches the controller after
// one latency of the network.
func (w *world) Expand(_ string, count int) {
	w.grow(count)
	delay := w.sim.Draw(decideAdmin, sim.ID(count), &w.cfg.latency)
	w.sim.After(w.controller.node, sim.Time(delay), timerCreate, uint64(count))
}

var decideAdmin = sim.NewDecision("kafka.admin.latency")

// Known implements [model.Expander].
func (w *world) Known(string) int {
	least := len(w.controller.leaders)
	for _, p := range w.producers {
		if !w.sim.Down(p.node) {
			least = min(least, len(p.leaders))
		}
	}
	return least
}

// Added implements [model.Expander].
func (w *world) Added(_ string, before, count int) []history.Place {
	w.grow(count)
	return w.places[before:count]
}

// Partitions implements [model.Expander].
func (w *world) Partitions(string) []history.Place { return w.places[:len(w.controller.leaders)] }

// Committed implements [model.PositionReader].
func (w *world) Committed(place history.Place) (next int64, ok bool) {
	g := w.group
	p := w.partitionOf(place)
	if p < 0 || int(p) >= len(g.committed) || g.committed[p] < 0 {
		return 0, false
	}
	return g.committed[p], true
}

// End implements [model.PositionReader]: the high watermark.
func (w *world) End(place history.Place) (next int64, ok bool) {
	p := w.partitionOf(place)
	if p < 0 || int(p) >= len(w.controller.leaders) {
		return 0, false
	}
	r := w.leader(p)
	if r == nil {
		return 0, false
	}
	return r.watermark, true
}
