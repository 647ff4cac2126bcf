package reports

import (
	"fmt"
	"io"

	"orderlab/scenarios/result"
)

// Runs writes what each run of a set found, a line of JSON each, as
// docs/results.md describes it. Measured numbers are rounded as in [JSON].
func Runs(w io.Writer, set *result.Set) error {
	for _, l := range set.Lines() {
		m := &l.Metrics
		for _, p := range []*float64{&m.ThroughputPerS, &m.LatencyP50MS, &m.LatencyP99MS, &m.PartitionLoad, &m.DurationS} {
			*p = round(*p)
		}
		line, err := marshal(&l)
		if err != nil {
			return fmt.Errorf("the runs of %s as JSON: %w", set.Scenario, err)
		}
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}
