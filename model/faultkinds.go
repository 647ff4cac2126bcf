package model

import "orderlab/sim"

// The parameters by which faults name nodes. A name may be that of a node, or the
// plural of a role for all its nodes.
const (
	ParamNode    = "node"
	ParamBetween = "between"
	ParamAnd     = "and"
	ParamFrom    = "from"
	ParamTo      = "to"
)

// FaultsOf returns the names of the engine's faults of some classes.
func FaultsOf(classes sim.Class) []string {
	var out []string
	for _, k := range EngineFaults() {
		if kind, _ := sim.FaultKindOf(k.Name); kind.Class()&classes != 0 {
			out = append(out, k.Name)
		}
	}
	return out
}

// EngineFaults are the faults that the engine carries out, in any system whose
// nodes endure them.
func EngineFaults() []FaultKind {
	return append(networkFaults(), nodeFaults()...)
}

func networkFaults() []FaultKind {
	return []FaultKind{
		links(sim.Partition, "Frames do not pass between two groups of nodes."),
		onNodes(sim.Isolate, "Each of the nodes reaches nobody and is reached by nobody."),
		drawn(onNodes(sim.Split, "The nodes, two or more, fall into two parts by a draw, which do not reach each other.")),
		drawn(links(sim.Flap, "A partition that comes and goes.",
			rangeParam("down", "How long it does not work each time, or between what and what."),
			rangeParam("up", "How long it works in between, or between what and what."))),
		links(sim.Clog, "What is sent is held, and arrives at once in the end."),
		links(sim.SlowLink, "Frames take longer.",
			optional(factorParam("How many times as long they take."), Value{Type: Number, Int: million}),
			Setting{Name: "added", Type: Duration, Default: DurationValue(0), Doc: "How much longer they take besides."}),
		links(sim.Throttle, "The link carries less.",
			Setting{Name: "bandwidth", Type: Size, Required: true, Min: 1, Doc: "How much it carries in a second."}),
		links(sim.Noisy, "Packets are lost, doubled, reordered, damaged. On a connection all of it shows as delay.",
			shareParam("loss", "How many are lost."), shareParam("duplicate", "How many arrive twice."),
			shareParam("corrupt", "How many are damaged."), shareParam("reorder", "How many are late."),
			Setting{Name: "window", Type: Duration, Default: DurationValue(0), Doc: "How late at most."}),
		once(links(sim.ResetConns, "The connections between two groups of nodes are reset at both ends.")),
		drawn(once(links(sim.DropConns, "The connections between two groups of nodes are lost. What was in flight may arrive later.",
			optional(rangeParam("late", "How late what survives arrives, or between what and what; without it nothing does."),
				Value{Type: Span}),
			Setting{Name: "tell", Type: Boolean, Default: BooleanValue(false), Doc: "The nodes of the first group hear of it."}))),
		links(sim.StallConns, "The connections between two groups of nodes carry nothing; new ones do."),
	}
}

func nodeFaults() []FaultKind {
	return []FaultKind{
		onNodes(sim.Crash, "The processes die, as by kill -9; in the end they are started again."),
		drawn(onNodes(sim.CrashMachine, "The machines lose their power, and what was not synced to disk; in the end they are started again.")),
		onNodes(sim.PauseNode, "The processes stand still, as in a long garbage collection, while the rest of the world goes on."),
		onNodes(sim.SlowCPU, "Work takes longer.", factorParam("How many times as long it takes.")),
		once(onNodes(sim.RollingRestart, "One process after another dies and is started again.",
			Setting{Name: "down", Type: Duration, Required: true, Min: 1, Doc: "How long each is down."},
			Setting{Name: "gap", Type: Duration, Default: DurationValue(0), Doc: "How long between a start and the next death."})),
		onNodes(sim.StepClock, "The wall clock jumps; in the end it is set right.",
			Setting{Name: "by", Type: Duration, Required: true, Min: -maxStep, Max: maxStep, Doc: "How far, forward or (with a minus) back."}),
		onNodes(sim.DriftClock, "The clock runs fast or slow, and timers with it.",
			Setting{Name: "ppm", Type: Integer, Required: true, Min: -maxPPM, Max: maxPPM,
				Doc: "How fast: parts per million, below 0 for slow."}),
		onNodes(sim.FullDisk, "Writes to the disk fail."),
		onNodes(sim.SlowDisk, "The disk takes longer.", factorParam("How many times as long it takes.")),
	}
}

const (
	million = 1_000_000
	maxPPM  = 500_000
	maxStep = int64(10 * 365 * 24 * 60 * sim.Minute)
	// maxFactor bounds a slow-down, in millionths.
	maxFactor = 1_000_000 * million
)

func onNodes(kind sim.FaultKind, doc string, parameters ...Setting) FaultKind {
	node := Setting{Name: ParamNode, Type: Nodes, Required: true, Doc: "The node, several in a list, or all of a role, as consumers."}
	return FaultKind{Name: kind.String(), Doc: doc, Parameters: append([]Setting{node}, parameters...),
		Engine: func(v Values) sim.Fault {
			f := parameterised(kind, v)
			f.Nodes = nodesOf(v, ParamNode)
			return f
		}}
}

func links(kind sim.FaultKind, doc string, parameters ...Setting) FaultKind {
	group := func(name, doc string) Setting {
		return Setting{Name: name, Type: Nodes, Default: NodesValue(), Doc: doc}
	}
	return FaultKind{Name: kind.String(), Doc: doc,
		Parameters: append([]Setting{
			group(ParamBetween, "The nodes of one group, for both directions."),
			group(ParamAnd, "Those of the other group; without it all other nodes."),
			group(ParamFrom, "The nodes that send, for one direction."),
			group(ParamTo, "Those that receive; without it all other nodes."),
		}, parameters...),
		Engine: func(v Values) sim.Fault {
			f := parameterised(kind, v)
			f.Nodes, f.Peers = nodesOf(v, ParamBetween), nodesOf(v, ParamAnd)
			if from := nodesOf(v, ParamFrom); len(from) > 0 {
				f.Nodes, f.Peers, f.OneWay = from, nodesOf(v, ParamTo), true
			}
			return f
		}}
}

func drawn(k FaultKind) FaultKind {
	k.Draws = true
	return k
}

func once(k FaultKind) FaultKind {
	k.Lasting = AtOnce
	return k
}

func optional(s Setting, def Value) Setting {
	s.Required, s.Default = false, def
	return s
}

func rangeParam(name, doc string) Setting {
	return Setting{Name: name, Type: Span, Required: true, Doc: doc}
}

func shareParam(name, doc string) Setting {
	return Setting{Name: name, Type: Share, Default: Value{Type: Share}, Max: million, Doc: doc}
}

func factorParam(doc string) Setting {
	return Setting{Name: "factor", Type: Number, Required: true, Min: 1, Max: maxFactor, Doc: doc}
}

func nodesOf(v Values, name string) []string {
	value, _ := v.Get(name)
	return value.NodeList()
}

// parameterised fills in what the parameters say, besides the nodes.
func parameterised(kind sim.FaultKind, v Values) sim.Fault {
	number := func(name string) int64 {
		value, _ := v.Get(name)
		return value.Int
	}
	span := func(name string) sim.Range { return spanOf(v, name) }
	f := sim.Fault{
		Kind: kind, Factor: sim.Share(number("factor")), Added: sim.Time(number("added")), Bandwidth: number("bandwidth"),
		Noise: sim.Noise{Loss: sim.Share(number("loss")), Duplicate: sim.Share(number("duplicate")),
			Corrupt: sim.Share(number("corrupt")), Reorder: sim.Share(number("reorder")), Window: sim.Time(number("window"))},
		Tell: number("tell") != 0, Late: span("late"), By: sim.Time(number("by")), PPB: number("ppm") * 1000,
	}
	switch kind {
	case sim.RollingRestart:
		f.DownFor, f.Gap = sim.Time(number("down")), sim.Time(number("gap"))
	case sim.Flap:
		f.Down, f.Up = span("down"), span("up")
	}
	return f
}
