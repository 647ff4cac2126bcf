package app

import (
	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// task is a record on its way through an application.
type task struct {
	rec   model.Record
	key   history.Key
	since sim.Time // when a worker took it up
	tries int      // attempts that have failed
	token uint16   // the epoch in which the place was given to the consumer
	from  origin
	// Notes of stages, from the check of a record to its effect.
	parked  bool    // its key was parked when the table was read
	read    int32   // the version of the row, or of the content, that was read
	calling uint32  // the call of the downstream that is under way
	lock    lockUse // whether it holds, or waits for, the lock of its row
}

// origin says where a task came from, and so who is told when it is finished.
type origin uint8

const (
	fromPartition origin = iota // polled: its position is to be committed
	fromRetry                   // of the retry topic
	fromParking                 // of a parked key
)

// verdict is what a stage decides about a task.
type verdict uint8

const (
	pass    verdict = iota // go on
	put                    // put away for a reason, which is as good as done
	refuse                 // it cannot be processed now: a failure
	handed                 // another holds it now, durably
	suspend                // wait: the stage goes on with it
)

// ruling is a verdict with the reason, the word that stands in the history.
type ruling struct {
	verdict verdict
	reason  string
}

// The reasons for which messages are put away.
const (
	ReasonDeduplicated = "deduplicated" // it was applied before
	ReasonStale        = "stale"        // the row has something newer
	ReasonSuperseded   = "superseded"   // the content that was read is a later message's
	ReasonFenced       = "fenced"       // a newer owner has written
	ReasonDeadLetter   = "dead-letter"  // given up, and kept for people to look at
	ReasonFailed       = "failed"       // given up and forgotten
)

// Reasons returns the reasons which count as handled. A message that was put away
// as deduplicated, or because its reader was fenced, has to have been applied
// besides: else it is lost, as one is that failed.
func Reasons() []string { return []string{ReasonStale, ReasonSuperseded, ReasonDeadLetter} }

// AllReasons returns all of them.
func AllReasons() []string { return append(Reasons(), ReasonDeduplicated, ReasonFenced, ReasonFailed) }

// stage is one thing that a strategy adds to the way of a record. The stages of an
// application stand in a fixed order; a worker walks through them three times.
type stage interface {
	// check is asked when a worker has taken the task up, before the work.
	check(a *Application, t *task) ruling
	// effect is asked at the end of the work, in the transaction of the effect.
	effect(a *Application, t *task) ruling
	// applied is told that the effect takes place, in its transaction.
	applied(a *Application, t *task)
	// after is told in a transaction of its own that follows.
	after(a *Application, t *task)
	// failed is told that the attempt has failed.
	failed(a *Application, t *task)
	// cost says in which transactions of their own it reads or writes a table,
	// each of which takes a round trip.
	cost() trips
}

// trips are the round trips to a table that a stage needs besides the work.
type trips struct{ before, after bool }

// passive is a stage that does nothing, for others to build on.
type passive struct{}

func (passive) check(*Application, *task) ruling  { return ruling{} }
func (passive) effect(*Application, *task) ruling { return ruling{} }
func (passive) applied(*Application, *task)       {}
func (passive) after(*Application, *task)         {}
func (passive) failed(*Application, *task)        {}
func (passive) cost() trips                       { return trips{} }
