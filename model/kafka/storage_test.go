package kafka

import (
	"testing"

	"orderlab/sim"

	"pgregory.net/rapid"
)

// What a crash leaves of a replica: of the process the whole log, of the machine
// what was written back or synced. The high watermark is as it was written down.
func TestWhatCrashesLeave(t *testing.T) {
	for _, c := range []struct {
		name    string
		flush   string
		machine bool
		want    int64
	}{
		{"process", "9223372036854775807", false, 3},
		{"machine", "9223372036854775807", true, 1}, // the record of 40 s ago
		{"machine, synced by each record", "1", true, 3},
		{"machine, synced by two", "2", true, 2},
	} {
		b, p := trio(t, [3]string{"broker", "log.flush.interval.messages", c.flush})
		l := p.dial(0)
		l.produce(-1, 0, 0, 1)
		b.run(20 * sim.Second)
		l.produce(-1, 0, 0, 1)
		b.run(20 * sim.Second)
		l.produce(-1, 0, 0, 1)
		b.run(sim.Second)
		if c.machine {
			b.sim.CrashMachine(b.w.brokers[2].node, 1)
		} else {
			b.crash(2)
		}
		if got := b.replica(2).log.end; got != c.want {
			t.Errorf("%s: the log ends at %d, want %d", c.name, got, c.want)
		}
		if hw := b.replica(2).watermark; hw > 2 || hw > c.want {
			t.Errorf("%s: the high watermark is %d", c.name, hw)
		}
		b.run(100 * sim.Millisecond)
		b.restart(2)
		b.until("it is in sync again", func() bool { return b.isr(0, 1, 2) && b.replica(2).log.end == 3 })
	}
}

// The ends of epochs, and what is left of them by truncation, against a log that is
// a plain list of the epoch of each record.
func TestEpochEnds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a, l := new(arena), new(replicaLog)
		var plain []int32
		epoch := int32(0)
		for range rapid.IntRange(1, 20).Draw(rt, "steps") {
			switch rapid.IntRange(0, 3).Draw(rt, "what") {
			case 0:
				epoch += int32(rapid.IntRange(1, 3).Draw(rt, "epochs"))
			case 1:
				at := int64(rapid.IntRange(0, len(plain)).Draw(rt, "to"))
				l.truncate(a, at)
				plain = plain[:l.end]
				if l.end > at || at-l.end > 2 {
					rt.Fatalf("truncated to %d the log ends at %d", at, l.end)
				}
			default:
				n := rapid.IntRange(1, 3).Draw(rt, "records")
				a.batches = append(a.batches, batch{base: l.end, count: uint32(n), epoch: epoch})
				l.append(a, uint32(len(a.batches)-1))
				for range n {
					plain = append(plain, epoch)
				}
			}
		}
		asked := int32(rapid.IntRange(-1, int(epoch)+1).Draw(rt, "asked"))
		found, end := l.endOf(asked)
		wantEpoch, wantEnd := plainEnd(plain, asked)
		if found != wantEpoch || end != wantEnd {
			rt.Fatalf("epoch %d of %v: (%d, %d), want (%d, %d)", asked, plain, found, end, wantEpoch, wantEnd)
		}
	})
}

// plainEnd is endOf of a list of epochs.
func plainEnd(plain []int32, asked int32) (epoch int32, end int64) {
	for i, e := range plain {
		if e > asked && i == 0 {
			return asked, 0
		}
		if e > asked {
			return plain[i-1], int64(i)
		}
	}
	if n := len(plain); n > 0 && plain[n-1] == asked {
		return asked, int64(n)
	}
	return -1, -1
}
