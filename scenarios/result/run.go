package result

import "github.com/HdrHistogram/hdrhistogram-go"

// Run is what one run found.
type Run struct {
	// Case is the index into the scenario's cases.
	Case int
	Seed uint64
	// Hash is the trace hash of the run.
	Hash     [16]byte
	Verdicts []Verdict
	Metrics  RunMetrics
	Disorder RunDisorder
	// Monitoring has what each detector of a monitor was worth; it is empty without one.
	Monitoring []RunDetection
	// Stored has how many messages each place stored, for at most [PlacesMax] places
	// in the world's order; StoredLeftOut counts the others.
	Stored        []PlaceCount
	StoredLeftOut int
	// Latency holds the latencies of the steady phase's messages in
	// microseconds; nil when nothing was measured.
	Latency *hdrhistogram.Histogram `json:"-"`
	// Spread is the distribution of the run's own latencies in short, see
	// [Run.NoteLatency]; nil when nothing was measured.
	Spread *LatencySpread `json:",omitempty"`
	// Series is the run over time; only the first seed's run needs one.
	Series *Series
	// Limit names the limit that ended the run early, else it is empty. A
	// guarantee that holds in such a run counts as unknown, because the rest of
	// the run could still have broken it.
	Limit string
	// Findings are the invariants of the system's own that were broken, in words.
	Findings []string
}

// Verdict is the answer to one guarantee in one run. The fields are those of
// the checker's verdict, with names instead of numbers.
type Verdict struct {
	// Guarantee is its id, Status one of [Holds], [Violated], [Undecided].
	Guarantee, Status, Reason string
	// Vacuous says that there was nothing to decide.
	Vacuous bool
	// Decided counts what it was decided on, Violations the messages that break
	// it, Keys the keys with any, MaxDisplacement the largest number of
	// overtakers of one message.
	Decided, Violations, Keys, MaxDisplacement int
	// Displaced counts what was overtaken: the i-th count by 2^i up to twice as many
	// messages. It ends with the last that is not 0.
	Displaced []int
	// MaxOutOfOrder and TotalOutOfOrder are how long what was overtaken stood out of
	// order, in nanoseconds: the longest, and the sum.
	MaxOutOfOrder, TotalOutOfOrder int64
	// LostAt is the hop at which order was lost, KeySplit that the witness's
	// messages lay in different places.
	LostAt   string
	KeySplit bool
	// Witness is the proof of a violation; nil unless violated.
	Witness *Witness
}

// The words for verdicts, of one run and of many.
const (
	Holds     = "holds"
	Violated  = "violated"
	Undecided = "unknown"
)

// RunMetrics is the price of one run. Rates are a second of virtual time;
// counts are messages; PartitionLoad is the busiest partition over the mean.
type RunMetrics struct {
	ThroughputPerS                                 float64
	LagMax, Sent, Acked, Applied, Lost, Duplicated int64
	PartitionLoad, DurationS                       float64
	// The most messages at one time that were sent and not answered, and that were
	// delivered and neither applied nor disposed.
	ProducerBufferMax, ConsumerBufferMax int64
	// The median and the 99th percentile of the run's latencies in milliseconds;
	// 0 when nothing was measured.
	LatencyP50MS, LatencyP99MS float64
}
