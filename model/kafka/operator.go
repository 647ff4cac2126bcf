package kafka

import (
	"slices"

	"orderlab/model"
	"orderlab/sim"
)

// action is what an administrator asks of the controller.
type action struct {
	kind      string // of the fault
	partition int32
	brokers   []int8
}

// roll is a rolling restart: the brokers that are left, and how long each is down
// and the next waits.
type roll struct {
	brokers   []int8
	down, gap sim.Time
}

// The kinds of faults that an operator brings about.
const (
	faultExpand   = "expand"
	faultReassign = "reassign"
	faultCancel   = "cancel-reassignment"
	faultElect    = "elect-leaders"
	faultShutdown = "shutdown"
	faultRoll     = "rolling-shutdown"
	faultClose    = "close"
)

// operatorFaults describes them.
func operatorFaults() []model.FaultKind {
	topic := model.Setting{Name: "topic", Type: model.Text, Required: true, Doc: "The topic."}
	partition := model.Setting{Name: "partition", Type: model.Integer, Required: true, Max: 4095,
		Doc: "The partition, from 0."}
	node := model.Setting{Name: model.ParamNode, Type: model.Nodes, Required: true, Doc: "The broker, several in a list, or brokers."}
	return []model.FaultKind{
		{
			Name: faultReassign, Lasting: model.AtOnce, Check: checkReassign,
			Doc: "Gives a partition other brokers, as kafka-reassign-partitions does. New ones fetch it all; old ones go " +
				"when all new ones are in sync.",
			Parameters: []model.Setting{topic, partition, {Name: "replicas", Type: model.Nodes, Required: true,
				Doc: "The brokers in a list, the preferred leader first."}},
		},
		{
			Name: faultCancel, Lasting: model.AtOnce, Check: checkTopic,
			Doc:        "Breaks a reassignment off: the partition has its old brokers again.",
			Parameters: []model.Setting{topic, partition},
		},
		{
			Name: faultElect, Lasting: model.AtOnce, Check: checkTopic,
			Doc:        "Gives every partition back to its preferred leader, where that is in sync, as kafka-leader-election does.",
			Parameters: []model.Setting{topic},
		},
		{
			Name: faultShutdown, Check: checkBrokers,
			Doc: "Asks the process to stop (SIGTERM): its leaders are moved first, unless controlled.shutdown.enable is off. " +
				"In the end it is started again.",
			Parameters: []model.Setting{node},
		},
		{
			Name: faultClose, Check: checkConsumers,
			Doc: "Asks consumers to stop (SIGTERM): each is closed from within its next poll, commits, leaves the group, and its " +
				"process ends. In the end it is started again.",
			Parameters: []model.Setting{{Name: model.ParamNode, Type: model.Nodes, Required: true,
				Doc: "The consumer, several in a list, or consumers."}},
		},
		{
			Name: faultRoll, Lasting: model.AtOnce, Check: checkBrokers,
			Doc: "One broker after another is asked to stop (SIGTERM), with a controlled shutdown, and is started again.",
			Parameters: []model.Setting{node,
				{Name: "down", Type: model.Duration, Required: true, Min: 1, Doc: "How long each is down."},
				{Name: "gap", Type: model.Duration, Default: model.DurationValue(0), Doc: "How long between a start and the next stop."}},
		},
	}
}

// brokersOf returns the brokers that a parameter names, and the first name that is
// none of a broker.
func brokersOf(values model.Values, name string, count int) (brokers []int8, stranger string) {
	given, _ := values.Get(name)
	names := model.Numbered("broker", count)
	for _, n := range given.NodeList() {
		i := slices.Index(names, n)
		switch {
		case n == "brokers":
			for b := range count {
				brokers = append(brokers, int8(b))
			}
		case i < 0:
			return nil, n
		default:
			brokers = append(brokers, int8(i))
		}
	}
	return brokers, ""
}

func brokerCount(c *model.Config) int { return int(model.Resolve(topSettings(), c.Top).Int("brokers")) }

// checkBrokers refuses a fault of nodes that are no brokers.
func checkBrokers(c *model.Config, f *model.Fault, _ *model.Consumers, _ int) []model.ConfigError {
	if _, stranger := brokersOf(f.Values, model.ParamNode, brokerCount(c)); stranger != "" {
		return []model.ConfigError{{Path: []string{model.ParamNode}, Problem: stranger + " is no broker; only brokers shut down in this way"}}
	}
	return nil
}

// checkReassign refuses brokers that cannot have a replica each.
//
// Reference: Kafka, ReplicationControlManager.validateManualPartitionAssignment.
func checkReassign(c *model.Config, f *model.Fault, consumers *model.Consumers, producers int) []model.ConfigError {
	out := checkTopic(c, f, consumers, producers)
	brokers, stranger := brokersOf(f.Values, "replicas", brokerCount(c))
	switch {
	case stranger != "":
		out = append(out, model.ConfigError{Path: []string{"replicas"}, Problem: stranger + " is no broker"})
	case setOf(brokers...).size() != len(brokers):
		out = append(out, model.ConfigError{Path: []string{"replicas"}, Problem: "a broker is named twice, and can have one replica only"})
	}
	return out
}

// Inject implements [model.World].
func (w *world) Inject(f *model.Fault) {
	switch f.Kind {
	case faultExpand:
		n, _ := f.Values.Get("partitions")
		w.Expand(w.cfg.topic, int(n.Int))
	case faultReassign, faultCancel, faultElect:
		partition, _ := f.Values.Get("partition")
		brokers, _ := brokersOf(f.Values, "replicas", w.cfg.brokers)
		w.ask(action{f.Kind, int32(partition.Int), brokers})
	case faultFull, faultSlow:
		w.faultDisks(f, true)
	case faultClose:
		w.closeConsumers(f.Values)
	case faultShutdown, faultRoll:
		down, _ := f.Values.Get("down")
		gap, _ := f.Values.Get("gap")
		brokers, _ := brokersOf(f.Values, model.ParamNode, w.cfg.brokers)
		if f.Kind == faultRoll {
			w.rolls = append(w.rolls, roll{brokers, sim.Time(down.Int), sim.Time(gap.Int)})
			w.rollOn(len(w.rolls) - 1)
			return
		}
		for _, b := range brokers {
			w.stop(w.brokers[b])
		}
	}
}

// Heal implements [model.World]: what was shut down is started again, and disks are
// as they were. Nothing else is undone.
func (w *world) Heal(f *model.Fault) {
	switch f.Kind {
	case faultFull, faultSlow:
		w.faultDisks(f, false)
	case faultClose:
		w.reopenConsumers(f.Values)
	case faultShutdown:
		brokers, _ := brokersOf(f.Values, model.ParamNode, w.cfg.brokers)
		for _, b := range brokers {
			w.bringUp(w.brokers[b])
		}
	}
}

// ask sends an administrator's request to the controller, where it arrives after one
// latency of the network.
func (w *world) ask(x action) {
	about := []sim.ID{sim.Named(x.kind), sim.ID(x.partition)}
	for _, b := range x.brokers {
		about = append(about, sim.ID(b))
	}
	w.actions = append(w.actions, x)
	delay := w.sim.Draw(decideAdmin, sim.Identity(about...), &w.cfg.latency)
	w.sim.After(w.controller.node, sim.Time(delay), timerAdmin, uint64(len(w.actions)-1))
}

// act carries an administrator's request out; what Kafka refuses changes nothing.
func (c *controller) act(x *action) {
	switch x.kind {
	case faultReassign:
		c.reassign(x.partition, x.brokers)
	case faultCancel:
		c.cancelReassignment(x.partition)
	case faultElect:
		c.rebalance()
	}
}

// stop sends a broker's process the signal to stop, if it runs.
func (w *world) stop(b *broker) {
	if !w.sim.Down(b.node) {
		w.sim.After(b.node, 0, timerStop, 0)
	}
}

// bringUp starts a broker again that was shut down, when it has ended.
func (w *world) bringUp(b *broker) {
	if b.stopping {
		b.again = true
		return
	}
	w.sim.Restart(b.node, 0)
}

// rollOn asks the next broker of a rolling restart to stop; one that does not run is
// passed over.
func (w *world) rollOn(i int) {
	r := &w.rolls[i]
	for len(r.brokers) > 0 && w.sim.Down(w.brokers[r.brokers[0]].node) {
		r.brokers = r.brokers[1:]
	}
	if len(r.brokers) > 0 {
		w.stop(w.brokers[r.brokers[0]])
	}
}

// exited goes on when a process has ended: it is started again where somebody waits
// for that.
func (w *world) exited(b *broker) {
	if b.again {
		b.again = false
		w.sim.Restart(b.node, 0)
	}
	for i := range w.rolls {
		r := &w.rolls[i]
		if len(r.brokers) == 0 || int(r.brokers[0]) != b.index {
			continue
		}
		r.brokers = r.brokers[1:]
		w.sim.At(w.sim.Now()+r.down, func() { w.sim.Restart(b.node, 0) })
		w.sim.At(w.sim.Now()+r.down+r.gap, func() { w.rollOn(i) })
	}
}
