package checker

// Guarantee describes a guarantee that can be decided.
type Guarantee struct {
	ID string
	// Holds says when it holds, in one sentence.
	Holds string
	// Order says that it is about an order, so that displacement and the hop at
	// which order was lost mean something.
	Order bool
}

// The ids of the guarantees.
const (
	PerKeyOrder         = "per-key-order"
	PerKeyRealtimeOrder = "per-key-realtime-order"
	NoRegression        = "no-regression"
	NoLoss              = "no-loss"
	NoDuplicates        = "no-duplicates"
	PartitionOrder      = "partition-order"
	LinearizableLog     = "linearizable-log"
)

// Catalogue lists the guarantees in the order in which they are documented.
func Catalogue() []Guarantee {
	return []Guarantee{
		{PerKeyOrder, "Messages of one key sent by one producer session have their first effect at every sink in the order of sending.", true},
		{PerKeyRealtimeOrder, "A message that was acked before another of its key was sent, by any producer, has its first effect first.", true},
		{NoRegression, "No sink applies an old message of a key again after a newer one.", true},
		{NoLoss, "Every acked message is applied, or disposed for a reason that is allowed.", false},
		{NoDuplicates, "No sink applies a message twice.", false},
		{PartitionOrder, "Every consumer is delivered the messages of a place in the order in which they are stored.", true},
		{LinearizableLog, "Sends, and reads up to the end, of one place have a linearization as one append-only log.", false},
	}
}

// Known says whether the id is that of a guarantee of the catalogue.
func Known(id string) bool {
	for _, g := range Catalogue() {
		if g.ID == id {
			return true
		}
	}
	return false
}
