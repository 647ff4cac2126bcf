package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"orderlab/scenarios/result"
)

// JSON writes a set as one line, as docs/results.md describes it. Numbers that
// are not counts are rounded (see [round]), so that the last bits of a sum, in
// which processors differ, do not show. A number that is not finite is a mistake
// of the caller and gives an error; nothing is written then.
func JSON(w io.Writer, set *result.Set) error {
	line, err := marshal(rounded(set))
	if err != nil {
		return fmt.Errorf("result of %s as JSON: %w", set.Scenario, err)
	}
	_, err = w.Write(line)
	return err
}

// marshal encodes without the escapes that are only of use inside HTML, and ends
// the line.
func marshal(v any) ([]byte, error) {
	var line lineBuffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return line, err
}

type lineBuffer []byte

func (b *lineBuffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}

// round rounds to six significant digits, but never coarser than to a whole
// number: 1745.2341 becomes 1745.23 and 12345678.9 becomes 12345679.
func round(v float64) float64 {
	if math.Abs(v) >= 1e6 {
		return math.Round(v)
	}
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64)
	if err != nil {
		return v // not finite: the encoder reports it
	}
	return r
}

// rounded returns a copy of a set with every measured number rounded, and with
// empty lists where there is none: a reader need not tell null from [].
func rounded(set *result.Set) *result.Set {
	out := *set
	out.ID = append([]string{}, set.ID...)
	out.Sensitivity = roundSensitivity(set.Sensitivity)
	out.Differences = roundDifferences(differencesOf(set))
	out.Results = append([]result.Result{}, set.Results...)
	for i := range out.Results {
		r := &out.Results[i]
		r.Guarantees = append([]result.Guarantee{}, r.Guarantees...)
		for j := range r.Guarantees {
			roundGuarantee(&r.Guarantees[j])
		}
		roundMetrics(&r.Metrics)
		r.Load = append([]result.PlaceLoad{}, r.Load...)
		for j := range r.Load {
			r.Load[j].Messages = roundMean(r.Load[j].Messages)
		}
		if r.Disorder = r.Disorder.Clone(); r.Disorder != nil {
			for _, m := range r.Disorder.Means() {
				*m = roundMean(*m)
			}
		}
		r.Monitoring = slices.Clone(r.Monitoring)
		for j := range r.Monitoring {
			for _, m := range r.Monitoring[j].Means() {
				*m = roundMean(*m)
			}
		}
	}
	return &out
}

func roundGuarantee(g *result.Guarantee) {
	g.Rate = round(g.Rate)
	g.RateCI95 = roundPair(g.RateCI95)
	for _, m := range []**result.Mean{&g.Inversions, &g.Keys, &g.Displacement, &g.OutOfOrderMax, &g.OutOfOrderTotal} {
		if *m != nil {
			r := roundMean(**m)
			*m = &r
		}
	}
	g.Displaced = append([]result.Mean{}, g.Displaced...)
	for i, m := range g.Displaced {
		g.Displaced[i] = roundMean(m)
	}
	if g.Witness != nil {
		w := *g.Witness
		w.Messages = append([]result.WitnessMessage{}, w.Messages...)
		w.Operations = append([]result.Operation{}, w.Operations...)
		if w.Cause != nil {
			c := *w.Cause
			c.Faults = append([]result.CausingFault{}, c.Faults...)
			for i := range c.Faults {
				c.Faults[i].AtS = round(c.Faults[i].AtS)
			}
			c.Chain = append([]string{}, c.Chain...)
			w.Cause = &c
		}
		g.Witness = &w
	}
}

func roundMean(m result.Mean) result.Mean {
	return result.Mean{Mean: round(m.Mean), CI95: roundPair(m.CI95)}
}

func roundMetrics(m *result.Metrics) {
	for _, p := range []*result.Mean{
		&m.Throughput, &m.LagMax, &m.Sent, &m.Acked, &m.Applied,
		&m.Lost, &m.Duplicated, &m.PartitionLoad, &m.Duration, &m.ProducerBuffer, &m.ConsumerBuffer,
	} {
		*p = roundMean(*p)
	}
	l := &m.Latency
	for _, p := range []*float64{&l.P50, &l.P95, &l.P99, &l.P999, &l.Max} {
		*p = round(*p)
	}
	l.Quantiles, l.QuantilesCI95 = roundPairs(l.Quantiles), roundPairs(l.QuantilesCI95)
	if l.CI95 != nil {
		ci := *l.CI95
		for _, p := range []*[2]float64{&ci.P50, &ci.P95, &ci.P99, &ci.P999} {
			*p = roundPair(*p)
		}
		l.CI95 = &ci
	}
}

func roundDifferences(list []result.Difference) []result.Difference {
	out := slices.Clone(list)
	for i := range out {
		d := &out[i]
		d.Guarantees, d.Metrics = slices.Clone(d.Guarantees), slices.Clone(d.Metrics)
		for j := range d.Guarantees {
			roundTest(&d.Guarantees[j].Test)
		}
		for j := range d.Metrics {
			m := &d.Metrics[j]
			m.First, m.Second, m.Difference = round(m.First), round(m.Second), roundMean(m.Difference)
			roundTest(&m.Test)
		}
	}
	return out
}

func roundPair(p [2]float64) [2]float64 { return [2]float64{round(p[0]), round(p[1])} }

func roundPairs(list [][2]float64) [][2]float64 {
	out := make([][2]float64, len(list))
	for i, p := range list {
		out[i] = roundPair(p)
	}
	return out
}
