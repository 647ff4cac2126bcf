package reports

import (
	"fmt"
	"io"

	"orderlab/scenarios/result"
)

// Series writes the course over time of the first seed's run of each case, a line of
// JSON each, as docs/results.md describes it.
func Series(w io.Writer, set *result.Set) error {
	for _, l := range set.SeriesLines() {
		lists := [][]float64{l.TimesS, l.Sent, l.AckedInTime, l.Applied, l.ProducerBuffer, l.ConsumerBuffer}
		for _, p := range l.Places {
			lists = append(lists, p.Stored, p.Lag)
		}
		for _, list := range lists {
			for i, v := range list {
				list[i] = round(v)
			}
		}
		line, err := marshal(&l)
		if err != nil {
			return fmt.Errorf("the courses of %s as JSON: %w", set.Scenario, err)
		}
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}
