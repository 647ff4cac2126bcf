package model

import "orderlab/sim"

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
