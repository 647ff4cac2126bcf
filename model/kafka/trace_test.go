package kafka

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"orderlab/model/history"
	"orderlab/sim"

	"github.com/cockroachdb/datadriven"
)

// TestTraces runs the small worlds of testdata. Each file shows one phenomenon as
// the frames that arrive and the operations that are recorded, in order of time.
// The latency of every link is 1 ms and nothing is drawn, so a difference is a
// change of behaviour.
func TestTraces(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		var b *bench
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if d.Cmd == "world" {
				b = parseWorld(t, d).build(t)
				return "ok\n"
			}
			out, err := b.command(d)
			if err != nil {
				d.Fatalf(t, "%v", err)
			}
			return out
		})
	})
}

// parseWorld reads the arguments of world: brokers=3 producers=1 consumers=2
// work=1ms, and lines of settings: `producer linger.ms=0s`, `start producer-0=20%`.
func parseWorld(t *testing.T, d *datadriven.TestData) *setup {
	s := newSetup()
	d.MaybeScanArgs(t, "brokers", &s.brokers)
	d.MaybeScanArgs(t, "producers", &s.producers)
	d.MaybeScanArgs(t, "consumers", &s.consumers)
	work := "1ms"
	d.MaybeScanArgs(t, "work", &work)
	s.work = duration(t, d, work)
	for _, line := range strings.Split(d.Input, "\n") {
		words := strings.Fields(line)
		for _, w := range words[min(1, len(words)):] {
			name, value, ok := strings.Cut(w, "=")
			if !ok {
				d.Fatalf(t, "%q is not name=value", w)
			}
			if words[0] == "start" {
				percent := int64(0)
				_, _ = fmt.Sscanf(value, "%d%%", &percent)
				s.start[name] = percent * 10_000
			} else if err := s.set(words[0], name, value); err != nil {
				d.Fatalf(t, "%v", err)
			}
		}
	}
	return s
}

func duration(t *testing.T, d *datadriven.TestData, text string) sim.Time {
	v, err := time.ParseDuration(text)
	if err != nil {
		d.Fatalf(t, "%v", err)
	}
	return sim.Time(v)
}

// command carries out a line of a file.
func (b *bench) command(d *datadriven.TestData) (string, error) {
	args := map[string][]string{}
	for _, a := range d.CmdArgs {
		args[a.Key] = a.Vals
	}
	one := func(name, def string) string {
		if v := args[name]; len(v) == 1 {
			return v[0]
		}
		return def
	}
	b.out.Reset()
	b.frames, b.ops = args["frames"], args["ops"]
	switch d.Cmd {
	case "send": // send producer=0 keys=(a,b)
		for _, key := range args["keys"] {
			b.send(int(one("producer", "0")[0]-'0'), key)
		}
	case "run": // run for=10ms frames=(Produce,Fetch) ops=(send,ack)
		v, err := time.ParseDuration(one("for", ""))
		if err != nil {
			return "", err
		}
		b.run(sim.Time(v))
	case "expand": // expand to=4
		to := 0
		_, _ = fmt.Sscan(one("to", ""), &to)
		b.w.Expand("orders", to)
	case "crash": // crash node=billing-0
		n, ok := b.sim.NodeByName(one("node", ""))
		if !ok {
			return "", fmt.Errorf("no node %s", one("node", ""))
		}
		b.sim.Crash(n)
		b.print()
	case "restart": // restart node=billing-0
		n, ok := b.sim.NodeByName(one("node", ""))
		if !ok {
			return "", fmt.Errorf("no node %s", one("node", ""))
		}
		b.sim.Restart(n, 0)
	case "pause": // pause consumer=0 partition=1: when it is assigned
		i, p := int(one("consumer", "0")[0]-'0'), int(one("partition", "0")[0]-'0')
		b.w.grow(p + 1)
		b.apps[i].paused = append(b.apps[i].paused, b.w.places[p])
	case "resume": // resume consumer=0 partition=1
		i, p := int(one("consumer", "0")[0]-'0'), int(one("partition", "0")[0]-'0')
		b.w.consumers[i].Resume(b.w.places[p])
		b.print()
	case "logs":
		b.logs()
	case "group":
		b.group()
	case "knows":
		b.knows()
	default:
		return "", fmt.Errorf("no command %s", d.Cmd)
	}
	if b.out.Len() == 0 {
		return "ok\n", nil
	}
	return b.out.String(), nil
}

// line prints one line of the trace.
func (b *bench) line(format string, args ...any) {
	ms := int64(b.sim.Now() / sim.Millisecond)
	fmt.Fprintf(&b.out, "%4d.%03d  %s\n", ms/1000, ms%1000, fmt.Sprintf(format, args...))
}

// arrived prints a frame that arrives.
func (b *bench) arrived(from, to sim.NodeID, f *sim.Frame) {
	name, text := frameText{b.w, b.messages}.of(f)
	if slices.Contains(b.frames, name) {
		b.line("%-10s -> %-10s  %s %s", b.sim.NodeName(from), b.sim.NodeName(to), name, text)
	}
}

// print prints the operations that were recorded since the last time.
func (b *bench) print() {
	for ; b.rows < b.hist.Len(); b.rows++ {
		op := b.hist.Op(b.rows)
		if !slices.Contains(b.ops, op.Kind.String()) {
			continue
		}
		text := op.Kind.String()
		if op.Message != history.NoMessage {
			text += " " + b.message(op.Message)
		}
		if op.Place != history.NoPlace {
			text += " " + b.hist.PlaceName(op.Place)
		}
		if op.Position != history.NoPosition {
			text += fmt.Sprintf("@%d", op.Position)
		}
		if op.Attempt > 1 {
			text += fmt.Sprintf(" attempt %d", op.Attempt)
		}
		if op.Outcome != history.OK {
			text += " " + op.Outcome.String()
		}
		if op.Detail != history.NoSymbol && op.Kind != history.KindApply {
			text += " " + b.hist.SymbolName(op.Detail)
		}
		b.line("%-10s    %s", b.hist.ProcessName(op.Process), text)
	}
}

// logs prints each replica's log end and high watermark.
func (b *bench) logs() {
	for _, x := range b.w.brokers {
		for _, r := range x.replicas {
			if r == nil {
				continue
			}
			role := "follower"
			if r.leader {
				role = "leader"
			}
			fmt.Fprintf(&b.out, "broker-%d orders/%d %-8s end=%d hw=%d\n", x.index, r.partition, role, r.log.end, r.watermark)
		}
	}
}

// group prints the coordinator's view.
func (b *bench) group() {
	g := b.w.group
	names := [...]string{"Empty", "PreparingRebalance", "CompletingRebalance", "Stable"}
	fmt.Fprintf(&b.out, "%s generation=%d\n", names[g.state], g.generation)
	for i := range g.seats {
		s := &g.seats[i]
		role := ""
		if s.id == g.leader {
			role = " leader"
		}
		fmt.Fprintf(&b.out, "billing-%d session=%d assigned=%v%s\n", s.id.consumer, s.id.session, s.assigned, role)
	}
	fmt.Fprintf(&b.out, "committed=%v\n", g.committed)
}

// knows prints how many partitions each client knows of.
func (b *bench) knows() {
	for i, p := range b.w.producers {
		fmt.Fprintf(&b.out, "producer-%d %d\n", i, len(p.leaders))
	}
	for i, c := range b.w.consumers {
		fmt.Fprintf(&b.out, "billing-%d %d\n", i, len(c.leaders))
	}
}
