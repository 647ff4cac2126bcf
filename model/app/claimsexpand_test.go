package app_test

import (
	"fmt"

	"orderlab/model"
	"orderlab/model/app"
	"orderlab/model/history"
	"orderlab/sim"
)

// expanding are the settings of a change to new partitions under traffic.
func expanding(mode string, more ...any) model.Values {
	return pool(append([]any{"dispatch", app.DispatchKey, "commit", app.CommitContiguous, "expand", mode,
		"epoch_spread", 100 * sim.Millisecond}, more...)...)
}

func expansionClaims() []claim {
	holds := []broken{perProducer, noLoss}
	marked := func(more ...any) model.Values { return expanding(app.EpochMarked, more...) }
	return []claim{
		{name: "markers keep the order under traffic", expands: true, crashes: true,
			features: marked(), holds: holds, twin: marked("epoch_hold", app.HoldNone)},
		{name: "the marker of a key's own partition is enough", expands: true, crashes: true, pauses: true,
			features: marked("epoch_hold", app.HoldOwn), holds: holds,
			twin: marked("epoch_hold", app.HoldOwn, "epoch_spread", 5*sim.Millisecond, "epoch_late", 60*sim.Millisecond)},
		{name: "markers do not hang", expands: true, pauses: true,
			features: marked(), holds: holds, twin: marked("epoch_markers", app.MarkersFirst)},
		{name: "markers are waited for without a limit", expands: true,
			features: marked(), holds: holds,
			twin: marked("epoch_markers", app.MarkersFirst, "epoch_timeout", 20*sim.Millisecond)},
		{name: "a new topic is read when the old one is empty", expands: true, crashes: true,
			features: expanding(app.NewTopic), holds: holds, twin: expanding(app.NewTopic, "epoch_hold", app.HoldNone)},
	}
}

func monitorClaims() []claim {
	watched := func(more ...any) model.Values {
		v := pool(append([]any{"commit", app.CommitContiguous, "monitor_window", sim.Time(60 * sim.Minute)}, more...)...)
		return v.Set("monitor_sample", model.Value{Type: model.Share, Int: 1_000_000})
	}
	half := model.Value{Type: model.Share, Int: 500_000}
	return []claim{
		{name: "a monitor that remembers all is exact", crashes: true, features: watched(), holds: []broken{monitored},
			twin: watched("monitor_window", sim.Millisecond)},
		{name: "a monitor of all keys misses nothing", crashes: true, features: watched(), holds: []broken{monitored},
			twin: watched("monitor_by", app.MonitorByMessage).Set("monitor_sample", half)},
	}
}

// monitored: the monitor's inversions and duplicates are those of the history.
func monitored(g *group) string {
	want := map[string]int{}
	seen, twice := make([]bool, g.hist.Messages()), make([]bool, g.hist.Messages())
	newest := make([]history.Message, g.hist.Keys())
	for i := range g.hist.Len() {
		op := g.hist.Op(i)
		if op.Kind != history.KindApply {
			continue
		}
		key := g.hist.KeyOf(op.Message)
		switch {
		case seen[op.Message] && !twice[op.Message]:
			want["duplicate"]++
			twice[op.Message] = true
		case !seen[op.Message] && op.Message+1 < newest[key]:
			want["inversion"]++
		}
		seen[op.Message] = true
		newest[key] = max(newest[key], op.Message+1)
	}
	for _, d := range g.shared.Monitoring() {
		if n, ok := want[d.Detector]; (ok || d.Detector == "duplicate" || d.Detector == "inversion") &&
			(d.Real != n || d.Alarms != n || d.Detected != n) {
			return fmt.Sprintf("%d times %s, and the monitor says %+v", n, d.Detector, d)
		}
	}
	return ""
}

// perProducer: the messages of a key and a producer took effect for the first time as
// they were sent.
func perProducer(g *group) string {
	seen := make([]bool, g.hist.Messages())
	var last [2][]int
	for i := range last {
		last[i] = make([]int, g.hist.Keys())
	}
	for i := range g.hist.Len() {
		op := g.hist.Op(i)
		if op.Kind != history.KindApply || seen[op.Message] {
			continue
		}
		seen[op.Message] = true
		info := g.hist.Message(op.Message)
		l := &last[info.Producer][info.Key]
		if int(op.Message)+1 < *l {
			return fmt.Sprintf("message %d of key %d after message %d", op.Message, info.Key, *l-1)
		}
		*l = int(op.Message) + 1
	}
	return ""
}
