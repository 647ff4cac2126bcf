package result

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// SchemaVersion is the version of the JSON form.
const SchemaVersion = 1

// Set is the outcome of one scenario over its strategies, scan points and seeds.
type Set struct {
	SchemaVersion int      `json:"schema_version"`
	Scenario      string   `json:"scenario"`
	ID            []string `json:"id"`
	Question      string   `json:"question,omitempty"`
	Seeds         Seeds    `json:"seeds"`
	// Met says that every expectation was met. Status tells a failure
	// ("failed") from too little evidence ("unknown"); else it is "met".
	Met    bool   `json:"met"`
	Status string `json:"status"`
	// Shown names the run to look at first; nil when there are no runs.
	Shown *ShownRun `json:"shown_run,omitempty"`
	// Interrupted says that the set lacks runs because it was stopped.
	Interrupted bool `json:"interrupted,omitempty"`
	// Shard is the share of the runs that the set is of; nil when it is of all.
	Shard *Shard `json:"shard,omitempty"`
	// Source is the FILE or NAME that a command line needs to run the scenario
	// again, where that is not its name.
	Source string `json:"-"`
	// Vars are the variables given on the command line, as "name=value".
	Vars []string `json:"-"`
	// NotJudged are the guarantees that the model could decide and the runs did not.
	NotJudged []NotJudged `json:"not_judged,omitempty"`
	// NoExpectation is a sentence that says why none of the results has an
	// expectation, where that is not because the scenario states none.
	NoExpectation string `json:"-"`
	// Plots are the names of the plots that the scenario asks for.
	Plots   []string `json:"-"`
	Results []Result `json:"results"`
	// Differences are those between the strategies, in pairs; nil without several
	// strategies and seeds.
	Differences []Difference `json:"differences,omitempty"`
	// Sensitivity is nil unless it was asked for.
	Sensitivity *Sensitivity `json:"sensitivity,omitempty"`
}

// The statuses of a set and of an expectation.
const (
	StatusMet     = "met"
	StatusFailed  = "failed"
	StatusUnknown = "unknown"
)

// ShownRun names the run to look at first: that of the first violation which was
// not expected, else of the first violation, else the first run. Its history and
// faults are those that `-o` writes.
type ShownRun struct {
	Strategy string `json:"strategy"`
	Point    Point  `json:"point"`
	Seed     uint64 `json:"seed"`
	// Guarantee is what the run broke, empty when nothing.
	Guarantee string `json:"guarantee,omitempty"`
}

// ShownResult returns the result that the run to look at first belongs to, or nil.
func (s *Set) ShownResult() *Result {
	if s.Shown == nil {
		return nil
	}
	for i := range s.Results {
		if r := &s.Results[i]; r.Strategy == s.Shown.Strategy && slices.Equal(r.Point, s.Shown.Point) {
			return r
		}
	}
	return nil
}

// NotJudged is a guarantee that the runs did not decide, with the reason.
type NotJudged struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// Seeds is a range of seeds.
type Seeds struct {
	First uint64 `json:"first"`
	Count int    `json:"count"`
}

// Result is one strategy at one scan point.
type Result struct {
	Strategy string `json:"strategy"`
	Point    Point  `json:"point"`
	Runs     int    `json:"runs"`
	// TraceHash combines the trace hashes of the runs in order of seed; that of
	// a single run is the run's own.
	TraceHash string `json:"trace_hash"`
	// LimitedRuns counts the runs that a limit ended early, Limit names the
	// first of these limits.
	LimitedRuns int    `json:"limited_runs,omitempty"`
	Limit       string `json:"limit,omitempty"`
	// FindingRuns counts the runs in which an invariant of the system's own was
	// broken, Finding names the first.
	FindingRuns int         `json:"finding_runs,omitempty"`
	Finding     string      `json:"finding,omitempty"`
	Guarantees  []Guarantee `json:"guarantees"`
	Metrics     Metrics     `json:"metrics"`
	// Load has how many messages of a run each place stored, for at most [PlacesMax]
	// places in the world's order; LoadLeftOut counts the others.
	Load        []PlaceLoad `json:"load,omitempty"`
	LoadLeftOut int         `json:"load_left_out,omitempty"`
	// Disorder is nil where nothing was delivered, applied or read.
	Disorder *Disorder `json:"disorder,omitempty"`
	// Monitoring is what the detectors of a monitor were worth, nil without one.
	Monitoring []Detection `json:"monitoring,omitempty"`
	// Series is the first seed's course over time, for plots.
	Series *Series `json:"-"`
	// PerRun holds what single runs found, in order of seed.
	PerRun []RunSummary `json:"-"`
}

// RunSummary is what plots and comparisons need of one run. The maps are by
// guarantee; Vacuous has those that hold because there was nothing to decide.
type RunSummary struct {
	Seed       uint64
	Hash       [16]byte
	Limit      string
	Metrics    RunMetrics
	Inversions map[string]int
	Verdicts   map[string]string
	Vacuous    map[string]bool
}

// Point is a place on the scan's axes, in the order of the scenario file.
type Point []Coordinate

// Coordinate is a value on one axis: an int64, a bool or a string.
type Coordinate struct {
	Axis  string
	Value any
}

// MarshalJSON writes the point as an object whose keys keep the file's order.
func (p Point) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, c := range p {
		if i > 0 {
			out = append(out, ',')
		}
		k, err := json.Marshal(c.Axis)
		if err != nil {
			return nil, err
		}
		v, err := json.Marshal(c.Value)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, k...), ':'), v...)
	}
	return append(out, '}'), nil
}

// UnmarshalJSON reads what [Point.MarshalJSON] writes: the keys keep their order,
// and whole numbers become int64.
func (p *Point) UnmarshalJSON(text []byte) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("a point is an object, and here is %s", text)
	}
	*p = Point{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		value, err := dec.Token()
		if err != nil {
			return err
		}
		switch v := value.(type) {
		case json.Number:
			if value, err = v.Int64(); err != nil {
				return fmt.Errorf("the coordinate %v is not a whole number: %v", key, v)
			}
		case string, bool:
		default:
			return fmt.Errorf("the coordinate %v is a number, a word or a truth value, and here is %v", key, v)
		}
		*p = append(*p, Coordinate{key.(string), value})
	}
	return nil
}

// Guarantee is what the runs found about one guarantee.
type Guarantee struct {
	ID string `json:"id"`
	// Verdict is "violated" when any run was, "holds" when all runs held and
	// at least one was not vacuous, else "unknown".
	Verdict      string `json:"verdict"`
	ViolatedRuns int    `json:"violated_runs"`
	// DecidedRuns counts the runs whose verdict was not unknown and not vacuous.
	DecidedRuns int `json:"decided_runs"`
	VacuousRuns int `json:"vacuous_runs,omitempty"`
	// Reason says why the verdict is unknown.
	Reason string `json:"reason,omitempty"`
	// Rate is ViolatedRuns over DecidedRuns with its exact 95 % interval:
	// two-sided, or one-sided ("RateBound": "one-sided") when no run violated.
	Rate      float64    `json:"rate"`
	RateCI95  [2]float64 `json:"rate_ci95"`
	RateBound string     `json:"rate_bound,omitempty"`
	// FirstSeed is the first seed whose run violated it.
	FirstSeed *uint64 `json:"first_seed,omitempty"`
	// Expected is "holds" or "violated", empty when nothing was expected. Met
	// is nil when nothing was expected or the evidence was too little.
	Expected string `json:"expected,omitempty"`
	Met      *bool  `json:"met,omitempty"`
	// LostAt is the hop at which order was lost in the witness's run.
	LostAt string `json:"lost_at,omitempty"`
	// KeySplit says that the witness's messages lay in different places.
	KeySplit bool `json:"key_split,omitempty"`
	// Inversions counts violating messages a run; Keys the keys with any;
	// Displacement the largest number of overtakers of one message.
	Inversions   *Mean `json:"inversions,omitempty"`
	Keys         *Mean `json:"keys,omitempty"`
	Displacement *Mean `json:"displacement_max,omitempty"`
	// Displaced counts what was overtaken in a run: the i-th mean by 2^i up to twice as
	// many messages. It ends with the last that is not 0 in some run.
	Displaced []Mean `json:"displaced,omitempty"`
	// OutOfOrderMax and OutOfOrderTotal are how long what was overtaken stood out of
	// order, in milliseconds a run; nil where nothing did.
	OutOfOrderMax   *Mean    `json:"out_of_order_max_ms,omitempty"`
	OutOfOrderTotal *Mean    `json:"out_of_order_total_ms,omitempty"`
	Witness         *Witness `json:"witness,omitempty"`
}

// Mean is a mean over runs with its 95 % interval.
type Mean struct {
	Mean float64    `json:"mean"`
	CI95 [2]float64 `json:"ci95"`
}

// Witness is the smallest proof of a violation, with names instead of numbers.
type Witness struct {
	Seed uint64 `json:"seed"`
	Text string `json:"text"`
	// Messages are "producer#index" with their key, the overtaken one first.
	Messages   []WitnessMessage `json:"messages"`
	Operations []Operation      `json:"operations"`
	// Reproduce is the command line that repeats the run and prints what
	// happened to the key of the first message.
	Reproduce string `json:"reproduce"`
	// Cause is what broke the guarantee in the witness's run; nil where it was
	// not looked for.
	Cause *Cause `json:"cause,omitempty"`
}

// Cause is what broke a guarantee in a run, found by making the run again without
// each of its faults. Nothing else is drawn anew then: the same seed gives every
// other decision the same answer.
type Cause struct {
	// Struck counts the faults that struck in the run, Tried how many of them, from
	// the first, were left out one at a time.
	Struck int `json:"struck"`
	Tried  int `json:"tried"`
	// Faults are those without which the guarantee holds, in order of time. Several
	// were needed together.
	Faults []CausingFault `json:"faults"`
	// WithoutAny is the verdict of the run without any fault. It is empty when a
	// fault is named, or none struck.
	WithoutAny string `json:"without_any,omitempty"`
	// Chain leads from the late effect back to what led to it, a step each: what a
	// message met that it does not meet without the fault, how the difference came
	// there, the fault. Where no fault is at fault it is the events and decisions
	// that led to the effect.
	Chain []string `json:"chain"`
}

// CausingFault is a fault without which a guarantee is not broken.
type CausingFault struct {
	// AtS is when it struck, in seconds of virtual time.
	AtS   float64 `json:"at_s"`
	Fault string  `json:"fault"`
	// Without is the verdict of the run without it.
	Without string `json:"without"`
}

// WitnessMessage names a message of a witness.
type WitnessMessage struct {
	ID  string `json:"id"`
	Key string `json:"key"`
}

// Operation is one operation of a history, with names. Times are nanoseconds of
// virtual time.
type Operation struct {
	Kind     string `json:"kind"`
	Outcome  string `json:"outcome"`
	Process  string `json:"process"`
	Session  int    `json:"session,omitempty"`
	Message  string `json:"message,omitempty"`
	Key      string `json:"key,omitempty"`
	Place    string `json:"place,omitempty"`
	Position *int64 `json:"position,omitempty"`
	// Value is that of a sample, whose metric is the Detail.
	Value   *int64 `json:"value,omitempty"`
	Attempt int    `json:"attempt,omitempty"`
	Epoch   int    `json:"epoch,omitempty"`
	Detail  string `json:"detail,omitempty"`
	Begin   int64  `json:"begin_ns"`
	// End is nil for an operation that had no answer.
	End *int64 `json:"end_ns"`
}

// Metrics is the price of a strategy, over its runs.
type Metrics struct {
	// Throughput is messages applied a second, over the time from the first
	// send to the last effect.
	Throughput Mean    `json:"throughput_per_s"`
	Latency    Latency `json:"latency_ms"`
	// LagMax is the largest number of messages stored and not yet taken.
	LagMax     Mean `json:"lag_max"`
	Sent       Mean `json:"sent"`
	Acked      Mean `json:"acked"`
	Applied    Mean `json:"applied"`
	Lost       Mean `json:"lost"`
	Duplicated Mean `json:"duplicated"`
	// PartitionLoad is the busiest partition's messages over the mean.
	PartitionLoad Mean `json:"partition_load_max_over_mean"`
	// Duration is the virtual time from the first send to the last effect.
	Duration Mean `json:"duration_s"`
	// ProducerBuffer is the most messages sent and not answered at one time,
	// ConsumerBuffer the most delivered and neither applied nor disposed.
	ProducerBuffer Mean `json:"producer_buffer_max"`
	ConsumerBuffer Mean `json:"consumer_buffer_max"`
}

// Latency is the time from the arrival of a message at its producer to its
// first effect, in milliseconds, over the messages of all runs. Messages of a
// preload are left out.
type Latency struct {
	P50  float64 `json:"p50"`
	P95  float64 `json:"p95"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`
	Max  float64 `json:"max"`
	// Count is the number of messages measured; when it is 0, so is the rest.
	Count int64 `json:"count"`
	// Quantiles is the distribution: pairs of a share and the latency that so many of
	// the messages had at most, in milliseconds.
	Quantiles [][2]float64 `json:"quantiles,omitempty"`
	// QuantilesCI95 are the 95 % intervals of the latencies of Quantiles, in its order,
	// and CI95 those of the quantiles that have a field: those of Woodruff for clusters. They are nil
	// with less than two runs.
	QuantilesCI95 [][2]float64     `json:"quantiles_ci95,omitempty"`
	CI95          *LatencyInterval `json:"ci95,omitempty"`
}

// LatencyInterval are the 95 % intervals of quantiles of latency, in milliseconds.
type LatencyInterval struct {
	P50  [2]float64 `json:"p50"`
	P95  [2]float64 `json:"p95"`
	P99  [2]float64 `json:"p99"`
	P999 [2]float64 `json:"p999"`
}
