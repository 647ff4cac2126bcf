// Mailroom is a small system on the simulator alone: a register with a primary
// and a backup, told as a mailroom. A sender hands numbered letters to the front
// desk, one at a time. The desk files each letter, sends a copy to the archive,
// and gives a receipt. When no receipt comes for half a second, the sender hands
// the same letter to the archive and stays there.
//
//	sender --letters--> desk --copies--> archive
//	   '----------letters, later----------^
//
// Two ways of working are compared on the same faults: a quick desk gives the
// receipt at once, a careful one only when the archive has the copy. The way
// between desk and archive is cut at 1 s, and at 2 s the desk burns down. Which
// letters with a receipt are missing in the archive? Run it with
//
//	go run ./examples/mailroom
//
// and it prints:
//
//	== quick desk
//	1s      fault cut: partition desk | archive
//	2s      fault fire: crash-machine desk
//	2.592129414s the sender goes to the archive with letter 20
//	44 receipts; the archive lacks 10 of these letters [10 11 12 13 14 15 16 17 18 19]
//	the longest wait for a receipt: 0.50776417s
//	== careful desk
//	1s      fault cut: partition desk | archive
//	1.594055649s the sender goes to the archive with letter 10
//	2s      fault fire: crash-machine desk
//	43 receipts; the archive lacks 0 of these letters []
//	the longest wait for a receipt: 0.507615519s
//
// The quick desk lost what it had not copied yet. The careful one lost nothing: it
// gave no receipt that it could not answer for, and every receipt took two more
// ways. A letter may be handed in twice, because a receipt can get lost as well;
// both clerks know letters by their number.
package main

import (
	"fmt"
	"io"
	"os"

	"orderlab/sim"
)

// The kinds of frames. The body is the number of the letter.
const (
	letter uint16 = 1 + iota
	receipt
	copied
	filed
)

// The faults, as data: see sim.ParseSchedule.
const faults = `
	cut:  at 1s partition desk | archive for ever
	fire: at 2s crash-machine desk for ever`

func main() {
	for _, careful := range []bool{false, true} {
		if err := run(os.Stdout, 1, careful); err != nil {
			fmt.Fprintln(os.Stderr, "mailroom:", err)
			os.Exit(1)
		}
	}
}

// run builds the mailroom, lets it work for five seconds of virtual time, and
// tells what happened.
func run(out io.Writer, seed uint64, careful bool) error {
	fmt.Fprintf(out, "== %s desk\n", map[bool]string{false: "quick", true: "careful"}[careful])
	e := sim.New(seed, sim.Limits{Time: 5 * sim.Second})
	e.SetLatency(sim.LogNormal(int64(2*sim.Millisecond), 300_000))

	archive := &clerk{e: e, filed: map[uint32]bool{}}
	desk := &clerk{e: e, filed: map[uint32]bool{}, careful: careful, waiting: map[uint32]sim.Conn{}}
	s := &sender{e: e, out: out}
	archive.id = e.AddNode("archive", archive)
	desk.id = e.AddNode("desk", desk)
	s.id = e.AddNode("sender", s)
	desk.archive = e.Open(desk.id, archive.id, sim.Named("copies"))
	s.places = [2]sim.NodeID{desk.id, archive.id}
	s.goTo(0)

	schedule, err := sim.ParseSchedule(faults)
	if err != nil {
		return err
	}
	if err := e.Install(schedule); err != nil {
		return err
	}
	e.Faulted = func(ev sim.FaultEvent, n *sim.Entry) {
		fmt.Fprintf(out, "%-7v fault %s: %v\n", ev.At, n.Name, n.Fault)
	}
	for e.Step(1000) == sim.Running {
	}
	s.report(archive)
	return nil
}
