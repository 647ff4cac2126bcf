package kafka

import (
	"fmt"
	"strings"

	"orderlab/sim"
)

// transaction puts a request about transactions, or its answer, into words.
func (t frameText) transaction(body *txnBody, kind uint16) string {
	name := t.w.txns[body.id].name
	producer := fmt.Sprintf("pid=%d epoch=%d", body.pid, body.epoch)
	if body.pid >= firstTxnPID { // its number in the run says nothing
		producer = fmt.Sprintf("pid=#%d epoch=%d", body.pid-firstTxnPID, body.epoch)
	}
	answer := kind&reply != 0
	switch kind &^ reply {
	case frameTxnCoordinator:
		if answer {
			return fmt.Sprintf("-> broker-%d", body.broker)
		}
		return name
	case frameEndTxn, frameMarkers:
		how := "abort"
		if body.commit {
			how = "commit"
		}
		name += " " + how
	}
	if answer {
		return strings.TrimSpace(fmt.Sprintf("-> %s %s %v", name, producer, t.firstError(body)))
	}
	parts := make([]string, len(body.parts))
	for i, p := range body.parts {
		parts[i] = t.place(p)
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s", name, producer, strings.Join(parts, ", ")))
}

// firstError is the error of an answer, or of the first of its partitions that has one.
func (t frameText) firstError(body *txnBody) errorCode {
	if body.err != errNone {
		return body.err
	}
	for _, err := range body.errs {
		if err != errNone {
			return err
		}
	}
	return errNone
}

// describeTxnTimer names the timers of a broker that are about transactions.
func (b *broker) describeTxnTimer(kind sim.Kind, arg uint64) string {
	switch kind {
	case timerTxnScan:
		return "look for old transactions"
	case timerMarkers:
		return "back-off of the markers of " + b.w.txns[arg].name
	}
	return "back-off of a partition's transaction"
}
