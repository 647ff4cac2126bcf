package kafka

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"orderlab/internal/recorded"
	"orderlab/model/history"
	"orderlab/sim"
)

// experiments are those of conformance/kafka, carried out here on the model. Each
// is named for the file that has what a real Kafka showed.
var experiments = []struct {
	name string
	run  func(*judge)
}{
	{"disconnect", judgeDisconnect},
	{"lost-answers", judgeLostAnswers},
	{"late-request", judgeLateRequest},
	{"late-requests", judgeLateRequests},
	{"delivery-timeout", judgeDeliveryTimeout},
	{"in-flight", judgeInFlight},
	{"too-large", judgeTooLarge},
	{"late-after-six", judgeLateAfterSix},
	{"poll-order", judgePollOrder},
	{"out-of-range", judgeOutOfRange},
	{"session-timeout", judgeSessionTimeout},
	{"fencing", judgeFencing},
	{"leader-dies", judgeLeaderDies},
	{"under-min-isr", judgeUnderMinISR},
	{"unclean-election", judgeUncleanElection},
	{"moved-keys", judgeMovedKeys},
	{"stale-metadata", judgeStaleMetadata},
	{"expand-reset", judgeExpandReset},
	{"stale-commit", judgeStaleCommit},
	{"zombie", judgeZombie},
	{"auto-commit-crash", judgeAutoCommitCrash},
	{"hand-over", judgeHandOver},
	{"open-transaction", judgeOpenTransaction},
	{"isr-shrink", judgeISRShrink},
	{"not-enough-replicas", judgeNotEnoughReplicas},
}

// recordings is where they are.
const recordings = "../../conformance/kafka/testdata/"

// judge carries out an experiment.
type judge struct {
	*testing.T
	recorded.Experiment
	*bench
	names map[history.Message]string // what the experiment calls its records
}

// TestJudge has the model show what a real Kafka has shown, step by step. What it
// shows is kept beside the recording, with the times that it takes here.
func TestJudge(t *testing.T) {
	for _, e := range experiments {
		t.Run(e.name, func(t *testing.T) {
			j := &judge{T: t}
			e.run(j)
			file := recordings + e.name
			real, err := recorded.Read(file + ".jsonl")
			if err != nil {
				t.Fatal(err)
			}
			differences, err := recorded.Differences(real, &j.Experiment)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range differences {
				t.Errorf("Kafka and the model: %s", d)
			}
			golden(t, file+".model.jsonl", j.Experiment.String())
		})
	}
}

// TestJudgeAll says that nothing is recorded that the model is not asked.
func TestJudgeAll(t *testing.T) {
	files, err := filepath.Glob(recordings + "*.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if want := 2 * len(experiments); len(files) != want {
		t.Errorf("%d files are recorded, and %d experiments have two each", len(files), len(experiments))
	}
}

// golden compares a text with a file, which -rewrite writes.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if flag.Lookup("rewrite").Value.String() == "true" { // that of datadriven
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s has\n%s\nand this run shows\n%s", file, want, got)
	}
}

// in has the experiment go on in a new world.
func (j *judge) in(b *bench) { j.bench, j.names = b, map[history.Message]string{} }

// sendAs sends records of a key from a producer, each called by a name.
func (j *judge) sendAs(producer int, key string, names ...string) {
	for _, name := range names {
		j.names[j.send(producer, key)] = name
	}
}

// toFirst sends records to the first partition.
func (j *judge) toFirst(names ...string) { j.sendAs(0, of0, names...) }

// sends returns how the sends of the first producer ended, in order. What is sent
// again after a failure has an apostrophe.
func (j *judge) sends() []string {
	var out []string
	failed := map[history.Message]bool{}
	for i := range j.hist.Len() {
		switch op := j.hist.Op(i); {
		case op.Kind != history.KindAck || op.Process != j.w.producers[0].process:
		case op.Outcome == history.OK:
			out = append(out, fmt.Sprintf("ack %s at %d", j.again(op.Message, failed), op.Position))
		default:
			out = append(out, fmt.Sprintf("failed %s: %s", j.again(op.Message, failed), j.exception(op.Detail)))
			failed[op.Message] = true
		}
	}
	return out
}

// again is the name of a record, or of its second send.
func (j *judge) again(m history.Message, failed map[history.Message]bool) string {
	if failed[m] {
		return j.names[m] + "'"
	}
	return j.names[m]
}

// exception is the class that the Java producer fails with.
func (j *judge) exception(detail history.Symbol) string {
	switch name := j.hist.SymbolName(detail); name {
	case "delivery.timeout.ms":
		return "TimeoutException"
	default:
		return name
	}
}

// stored returns the records of a partition in the order of the leader's log.
func (j *judge) stored(partition int32) []string {
	resent := map[int64]string{}
	for _, text := range j.sends() {
		var name string
		var at int64
		if n, _ := fmt.Sscanf(text, "ack %s at %d", &name, &at); n == 2 && strings.HasSuffix(name, "'") {
			resent[at] = name
		}
	}
	out := []string{}
	for _, ref := range j.w.leader(partition).log.batches {
		x := &j.w.arena.batches[ref]
		for i, m := range j.w.arena.records[x.first : x.first+x.count] {
			name, ok := resent[x.base+int64(i)]
			if !ok {
				name = j.names[m]
			}
			out = append(out, name)
		}
	}
	return out
}

// ended waits until so many sends have ended.
func (j *judge) ended(n int) {
	j.Helper()
	j.until("the sends have ended", func() bool { return len(j.sends()) >= n })
}

// holdUntil holds what a node sends over every connection of producer 0 to broker 0,
// also over those that it opens meanwhile, until a condition holds.
func (j *judge) holdUntil(from sim.NodeID, what string, so func() bool) {
	j.Helper()
	held := sim.NoConn
	j.until(what, func() bool {
		if p := &j.w.producers[0].peers[0]; p.open && p.conn != held {
			held = p.conn
			j.sim.Stall(from, held)
		}
		return so()
	})
}
