package result

// SeriesSteps is the largest number of steps of a [Series].
const SeriesSteps = 240

// AckedInTimeS is how soon after it was sent a message must be acked to count as
// acked in time, in seconds.
const AckedInTimeS = 1

// Series is the course of one run over virtual time, in steps of one length from
// time 0 on. All lists but Places and Marks have a value for each step.
type Series struct {
	Seed uint64
	// TimesS are the ends of the steps in seconds.
	TimesS []float64
	// Lag[i] is the lag of Places[i] at the end of the step, in messages, and
	// Stored[i] how many messages were stored there in the step; 0 before the place
	// existed. There are at most [PlacesMax] places; PlacesLeftOut counts the others.
	Places        []string
	PlacesLeftOut int
	Lag, Stored   [][]float64
	// Sent and Applied count the messages of the step, AckedInTime those sent in it
	// that were acked within [AckedInTimeS].
	Sent, AckedInTime, Applied []float64
	// ProducerBuffer is the most messages at one time in the step that were sent and
	// not answered, ConsumerBuffer that were delivered and neither applied nor disposed.
	ProducerBuffer, ConsumerBuffer []float64
	// Marks are moments worth a line, and faults that last.
	Marks []Mark
}

// Mark is a labelled moment in seconds: a phase that begins, or a fault. EndS is
// when a fault that lasts ended; that of a moment is AtS or less.
type Mark struct {
	AtS, EndS float64
	Label     string
	Fault     bool
}

// SeriesLine is the course of one run, as a line of series.jsonl. The fields are
// those of [Series].
type SeriesLine struct {
	SchemaVersion  int           `json:"schema_version"`
	Strategy       string        `json:"strategy"`
	Point          Point         `json:"point"`
	Seed           uint64        `json:"seed"`
	TimesS         []float64     `json:"times_s"`
	Sent           []float64     `json:"sent"`
	AckedInTime    []float64     `json:"acked_in_time"`
	Applied        []float64     `json:"applied"`
	ProducerBuffer []float64     `json:"producer_buffer_max"`
	ConsumerBuffer []float64     `json:"consumer_buffer_max"`
	Places         []SeriesPlace `json:"places"`
	PlacesLeftOut  int           `json:"places_left_out,omitempty"`
	Marks          []SeriesMark  `json:"marks"`
}

// SeriesPlace is the course of one place.
type SeriesPlace struct {
	Place  string    `json:"place"`
	Stored []float64 `json:"stored"`
	Lag    []float64 `json:"lag"`
}

// SeriesMark is a moment of a series; EndS is nil unless it is a fault that lasts.
type SeriesMark struct {
	AtS   float64  `json:"at_s"`
	EndS  *float64 `json:"end_s,omitempty"`
	Label string   `json:"label"`
	Fault bool     `json:"fault,omitempty"`
}

// SeriesLines returns the course of the first seed's run of each case that has one.
func (s *Set) SeriesLines() []SeriesLine {
	var out []SeriesLine
	for i := range s.Results {
		r := &s.Results[i]
		if r.Series == nil {
			continue
		}
		x := r.Series
		line := SeriesLine{
			SchemaVersion: SchemaVersion, Strategy: r.Strategy, Point: r.Point, Seed: x.Seed, TimesS: list(x.TimesS),
			Sent: list(x.Sent), AckedInTime: list(x.AckedInTime), Applied: list(x.Applied),
			ProducerBuffer: list(x.ProducerBuffer), ConsumerBuffer: list(x.ConsumerBuffer),
			Places: []SeriesPlace{}, PlacesLeftOut: x.PlacesLeftOut, Marks: []SeriesMark{},
		}
		for i, p := range x.Places {
			line.Places = append(line.Places, SeriesPlace{p, of(x.Stored, i), of(x.Lag, i)})
		}
		for _, m := range x.Marks {
			mark := SeriesMark{AtS: m.AtS, Label: m.Label, Fault: m.Fault}
			if m.EndS > m.AtS {
				mark.EndS = &m.EndS
			}
			line.Marks = append(line.Marks, mark)
		}
		out = append(out, line)
	}
	return out
}

// list returns values that are written as [], not as null, when there is none.
func list(values []float64) []float64 { return append([]float64{}, values...) }

// of returns the i-th list, which may be missing.
func of(lists [][]float64, i int) []float64 {
	if i >= len(lists) {
		return []float64{}
	}
	return list(lists[i])
}
