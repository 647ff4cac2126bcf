package checker

// Guarantee describes a guarantee that can be decided.
type Guarantee struct {
	ID string
	// Holds says when it holds. docs/guarantees.md has the same words.
	Holds string
	// Order says that it is about an order, so that the hop at which the order was
	// lost means something.
	Order bool
	// Strict says that most systems do not promise it. Where nobody asked for it by
	// name, a violation is worth knowing and makes no history invalid.
	Strict bool
	// alone says that the check reads the history by itself, without the index.
	alone bool
	// decide judges the history of the checker's index. It sets no status when
	// the count of violations says it all.
	decide func(*Checker, *Options) Verdict
}

// The ids of the guarantees.
const (
	PerKeyOrder         = "per-key-order"
	PerKeyRealtimeOrder = "per-key-realtime-order"
	PerProducerOrder    = "per-producer-order"
	NoRegression        = "no-regression"
	NoLoss              = "no-loss"
	NoDuplicates        = "no-duplicates"
	PartitionOrder      = "partition-order"
	LinearizableLog     = "linearizable-log"
	LinearizableQueue   = "linearizable-queue"
	LinearizableState   = "linearizable-state"
	NoGhost             = "no-ghost"
	NoGap               = "no-gap"
	NoStaleApply        = "no-stale-apply"
	TotalOrder          = "total-order"
	SameOrder           = "same-order"
	CausalOrder         = "causal-order"
	Convergence         = "convergence"
	MonotonicReads      = "monotonic-reads"
	ReadYourWrites      = "read-your-writes"
	MonotonicWrites     = "monotonic-writes"
	WritesFollowReads   = "writes-follow-reads"
	ConsistentPrefix    = "consistent-prefix"
	Conservation        = "conservation"
	UnreadExact         = "unread-exact"
	TimerOrder          = "timer-order"
	Bounded             = "bounded"
	Progress            = "progress"
)

// Catalogue lists the guarantees in the order in which they are documented. A
// new one is a file of its own and a row here.
func Catalogue() []Guarantee {
	return []Guarantee{
		perKeyOrder(),
		perKeyRealtimeOrder(),
		perProducerOrder(),
		noRegression(),
		partitionOrder(),
		noLoss(),
		noDuplicates(),
		noGhost(),
		noGap(),
		noStaleApply(),
		totalOrder(),
		sameOrder(),
		causalOrder(),
		convergence(),
		monotonicReads(),
		readYourWrites(),
		monotonicWrites(),
		writesFollowReads(),
		consistentPrefix(),
		conservation(),
		unreadExact(),
		timerOrder(),
		bounded(),
		progress(),
		linearizableLog(),
		linearizableQueue(),
		linearizableState(),
	}
}

// Find returns the guarantee of an id, of the catalogue or of [Anomalies]; ok is
// false when there is none.
func Find(id string) (g Guarantee, ok bool) {
	for _, g := range append(Catalogue(), Anomalies()...) {
		if g.ID == id {
			return g, true
		}
	}
	return Guarantee{}, false
}

// Known says whether the id is that of a guarantee.
func Known(id string) bool {
	_, ok := Find(id)
	return ok
}
