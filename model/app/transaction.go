package app

import "orderlab/model"

// outputStage puts the effect of a record into the transaction of its poll
// (`transactional_output`): what is consumed, transformed and produced takes effect
// together with the positions, or not at all. Its claim: no record is lost, and none
// takes effect twice, whoever dies and whenever. Its price is that nothing takes
// effect before the last record of its poll is finished, and a transaction for each
// poll.
//
// Reference: Kafka documentation, "consume-transform-produce"; KIP-447.
type outputStage struct{ passive }

func (outputStage) effect(a *Application, t *task) ruling {
	a.outputs = append(a.outputs, model.Output{Record: t.rec, Since: t.since})
	return ruling{verdict: handed}
}

// transact ends a poll: its effects and positions are written in one transaction.
func (a *Application) transact() {
	a.client.(model.Transactor).Transact(a.outputs, a.sh.sink)
	a.outputs = a.outputs[:0]
}

// Transacted implements [model.TransactorApp]. After a transaction that was aborted
// the client reads again what was in it.
func (a *Application) Transacted(bool) { a.poll() }
