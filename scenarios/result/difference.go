package result

// The words for whether a difference between two strategies was seen.
const (
	// Seen is significant after the correction for the number of tests.
	Seen = "yes"
	// Unsure is significant as the only test, and not among so many: more seeds can tell.
	Unsure = "unsure"
	// Unseen is not the same as none.
	Unseen = "no"
)

// Difference is how a strategy differs from another, on the runs of the same seeds.
type Difference struct {
	First  CaseName `json:"first"`
	Second CaseName `json:"second"`
	// Pairs counts the seeds that both have.
	Pairs      int                   `json:"pairs"`
	Guarantees []GuaranteeDifference `json:"guarantees"`
	Metrics    []MetricDifference    `json:"metrics"`
}

// GuaranteeDifference is how the verdicts of the pairs differ.
type GuaranteeDifference struct {
	ID string `json:"id"`
	// OnlyFirst and OnlySecond count the seeds on which one of the two alone violates it.
	OnlyFirst  int `json:"violated_only_first"`
	OnlySecond int `json:"violated_only_second"`
	// Seen is [Seen], [Unsure] or [Unseen].
	Seen string `json:"seen"`
	Test
}

// MetricDifference is how a metric of the pairs differs.
type MetricDifference struct {
	Name string `json:"name"`
	// First and Second are the means of the pairs, Difference is the second minus the
	// first, seed by seed.
	First      float64 `json:"first"`
	Second     float64 `json:"second"`
	Difference Mean    `json:"difference"`
	Seen       string  `json:"seen"`
	Test
}

// seen says whether a test shows a difference.
func (t Test) seen() string {
	switch {
	case t.P == nil || !t.Significant && *t.P > Significance:
		return Unseen
	case !t.Significant:
		return Unsure
	}
	return Seen
}

func (g *ComparedGuarantee) difference() GuaranteeDifference {
	return GuaranteeDifference{g.ID, g.OnlyBefore, g.OnlyAfter, g.seen(), g.Test}
}

func (m *ComparedMetric) difference() MetricDifference {
	return MetricDifference{m.Name, m.Before, m.After, m.Difference, m.seen(), m.Test}
}
