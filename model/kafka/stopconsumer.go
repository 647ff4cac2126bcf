package kafka

import (
	"slices"

	"orderlab/model"
)

// wakes closes the consumer from within poll, if its process was asked to stop: what the
// last poll has returned is finished then.
//
// Reference: Kafka, KafkaConsumer.wakeup, and the example of its documentation that
// shuts a consumer down.
func (c *consumer) wakes() bool {
	if !c.wakeup || !c.polling || c.closing {
		return false
	}
	c.wakeup = false
	c.close(0)
	return true
}

// consumersOf returns the consumers that a fault names.
func (w *world) consumersOf(values model.Values) (out []*consumer) {
	given, _ := values.Get(model.ParamNode)
	names := given.NodeList()
	for _, c := range w.consumers {
		if slices.Contains(names, "consumers") || slices.Contains(names, w.sim.NodeName(c.node)) {
			out = append(out, c)
		}
	}
	return out
}

// closeConsumers sends consumers the signal to stop, if they run.
func (w *world) closeConsumers(values model.Values) {
	for _, c := range w.consumersOf(values) {
		if !w.sim.Down(c.node) {
			w.sim.After(c.node, 0, timerWakeup, 0)
		}
	}
}

// reopenConsumers starts consumers again: those that have ended now, the others when
// they have.
func (w *world) reopenConsumers(values model.Values) {
	for _, c := range w.consumersOf(values) {
		if c.reopen = !w.sim.Down(c.node) && (c.wakeup || c.closing); !c.reopen {
			w.sim.Restart(c.node, 0)
		}
	}
}

// checkConsumers refuses a fault of nodes that are no consumers.
func checkConsumers(_ *model.Config, f *model.Fault, consumers *model.Consumers, _ int) []model.ConfigError {
	given, _ := f.Values.Get(model.ParamNode)
	names := append(model.Numbered(consumers.Group, consumers.Members), "consumers")
	for _, n := range given.NodeList() {
		if !slices.Contains(names, n) {
			return []model.ConfigError{{Path: []string{model.ParamNode}, Names: names,
				Problem: n + " is no consumer; only consumers are closed in this way"}}
		}
	}
	return nil
}
