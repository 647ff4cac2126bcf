package kafka

import (
	"fmt"

	"orderlab/model"
	"orderlab/sim"
)

// beginTxns gives every transactional id its coordinator.
func (w *world) beginTxns() {
	if len(w.txns) == 0 {
		return
	}
	for _, b := range w.brokers {
		b.takeTxns()
		b.watchTxns()
	}
}

// resolveTxnApp fills in what the applications do with transactions.
func resolveTxnApp(given model.Values) txnAppConfig {
	r := model.Resolve(model.TransactionSettings(), given)
	return txnAppConfig{messages: int(r.Int(model.TransactionMessages)), age: sim.Time(r.Int(model.TransactionTime)),
		aborts: r.Int(model.TransactionAborts)}
}

// checkTransactional refuses what the client and the coordinator refuse of
// transactional producers.
//
// Reference: Kafka, ProducerConfig.postProcessAndValidateIdempotenceConfigs,
// TransactionCoordinator.handleInitProducerId (INVALID_TRANSACTION_TIMEOUT).
func checkTransactional(r, broker model.Resolver, path []string, add configProblem) {
	if r.Text("transactional.id") == "" {
		return
	}
	at := func(name string) []string { return append(append([]string{}, path...), name) }
	if p := resolveProducer(r); !p.idempotent {
		add("transactions need an idempotent producer: acks=all, retries, at most 5 requests in flight, "+
			"and enable.idempotence not false", at("transactional.id")...)
	}
	most := sim.Time(broker.Int("transaction.max.timeout.ms"))
	if t := sim.Time(r.Int("transaction.timeout.ms")); t > most {
		add(fmt.Sprintf("transaction.timeout.ms is %v and brokers allow at most %v (transaction.max.timeout.ms)", t, most),
			at("transaction.timeout.ms")...)
	}
}
