package model

import (
	"orderlab/model/history"
	"orderlab/sim"
)

// The settings of an application whose producers send in transactions.
const (
	TransactionMessages = "transaction_messages"
	TransactionTime     = "transaction_time"
	TransactionAborts   = "transaction_aborts"
)

// TransactionSettings describes them. They mean nothing where the producers are not
// transactional.
func TransactionSettings() []Setting {
	needs := []Capability{Transactions}
	return []Setting{
		{Name: TransactionMessages, Type: Integer, Default: IntegerValue(10), Min: 1, Max: 1 << 20, Needs: needs,
			Doc: "After how many messages the application commits its transaction."},
		{Name: TransactionTime, Type: Duration, Default: DurationValue(int64(100 * sim.Millisecond)), Min: 1, Needs: needs,
			Doc: "After how long it does so at the latest."},
		{Name: TransactionAborts, Type: Integer, Default: IntegerValue(0), Min: 0, Max: 100, Needs: needs,
			Doc: "How many of 100 transactions the application gives up instead."},
	}
}

// TransactionalOutput is the setting of an application whose consumers write their
// effects and positions in transactions of the client. The client then commits no
// positions by itself.
const TransactionalOutput = "transactional_output"

// Output is the effect of a record, as a consumer writes it in a transaction; the
// work for it began at Since.
type Output struct {
	Record Record
	Since  sim.Time
}

// Transactor writes the effects of records, and the positions of everything that
// poll has returned, in one transaction. The application is told of its end, and
// polls again then.
type Transactor interface {
	Transact(outputs []Output, sink history.Symbol)
}

// TransactorApp is the application of a Transactor.
type TransactorApp interface {
	// Transacted is the end of a transaction; after one that was aborted the client
	// reads again what was in it.
	Transacted(committed bool)
}
