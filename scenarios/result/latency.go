package result

import (
	"slices"
	"sort"

	"github.com/HdrHistogram/hdrhistogram-go"
	"gonum.org/v1/gonum/stat/distuv"
)

// mergeLatency merges the histograms and reads the quantiles. Each message
// counts once, so a run with more messages weighs more.
func mergeLatency(runs []*Run) Latency {
	merged := widest(runs)
	if merged == nil {
		return Latency{}
	}
	for _, r := range runs {
		if r.Latency != nil {
			merged.Merge(r.Latency)
		}
	}
	if merged.TotalCount() == 0 {
		return Latency{}
	}
	ms := func(percentile float64) float64 {
		return float64(merged.ValueAtPercentile(percentile)) / 1000
	}
	out := Latency{
		P50:       ms(50),
		P95:       ms(95),
		P99:       ms(99),
		P999:      ms(99.9),
		Max:       float64(merged.Max()) / 1000,
		Count:     merged.TotalCount(),
		Quantiles: quantiles(merged),
	}
	var spreads []*LatencySpread
	for _, r := range runs {
		if r.Spread != nil {
			spreads = append(spreads, r.Spread)
		}
	}
	out.intervals(merged, spreads)
	return out
}

// LatencySpread is the distribution of a run's latencies in short: Marks has the
// microseconds at each of the shares of [Latency.Quantiles], then the largest.
type LatencySpread struct {
	Count int64
	Marks []int64
}

// NoteLatency takes what is kept of a run's latencies, in microseconds: the median, the
// 99th percentile and the spread. Nothing is when none was measured.
func (r *Run) NoteLatency(latency *hdrhistogram.Histogram) {
	if latency.TotalCount() == 0 {
		return
	}
	shares := append(quantileShares(), 1)
	at := latency.ValueAtPercentiles(percentiles(shares))
	r.Metrics.LatencyP50MS, r.Metrics.LatencyP99MS = float64(at[50])/1000, float64(at[99])/1000
	r.Spread = &LatencySpread{Count: latency.TotalCount()}
	for _, share := range shares {
		r.Spread.Marks = append(r.Spread.Marks, at[100*share])
	}
}

// share returns which share of the run's messages took at most so many microseconds,
// as far as the marks tell, which are at shares: between two of them it rises evenly.
func (l *LatencySpread) share(us int64, shares []float64) float64 {
	at := sort.Search(len(l.Marks), func(i int) bool { return l.Marks[i] > us }) // the first mark beyond
	switch at {
	case 0:
		return 0
	case len(l.Marks):
		return 1
	}
	low, high := l.Marks[at-1], l.Marks[at]
	return shares[at-1] + (shares[at]-shares[at-1])*float64(us-low)/float64(high-low)
}

// intervals fills in the intervals of the quantiles of all runs' latencies together.
func (l *Latency) intervals(all *hdrhistogram.Histogram, runs []*LatencySpread) {
	if len(runs) < 2 {
		return
	}
	var ci LatencyInterval
	named := map[float64]*[2]float64{0.5: &ci.P50, 0.95: &ci.P95, 0.99: &ci.P99, 0.999: &ci.P999}
	shares := quantileShares()
	at := all.ValueAtPercentiles(percentiles(shares))
	var ends []float64 // of the shares: low and high in turn
	for _, share := range shares {
		low, high := woodruff(share, at[100*share], runs)
		ends = append(ends, 100*low, 100*high)
	}
	values := all.ValueAtPercentiles(slices.Clone(ends))
	for i, share := range shares {
		own := float64(at[100*share]) / 1000
		end := [2]float64{min(own, float64(values[ends[2*i]])/1000), max(own, float64(values[ends[2*i+1]])/1000)}
		l.QuantilesCI95 = append(l.QuantilesCI95, end)
		if p := named[share]; p != nil {
			*p = end
		}
	}
	l.CI95 = &ci
}

// woodruff returns between which shares of all messages a quantile lies at 95 %, where
// us is the quantile of the messages that were measured: the shares at which its
// interval ends. Messages of a run met the same faults, so the runs are what is drawn,
// and each counts with its messages. The variance of the share of messages up to us, a
// ratio over runs, says how many independent messages would know as much, and with
// these the interval is that of Clopper and Pearson, which fits the ends of a
// distribution too. Where the runs agree, both ends are the share itself.
//
// Reference: Woodruff, "Confidence Intervals for Medians and Other Position Measures",
// JASA 47 (1952); Korn and Graubard, "Confidence Intervals for Proportions with Small
// Expected Number of Positive Counts Estimated from Survey Data", Survey Methodology 24
// (1998).
func woodruff(share float64, us int64, runs []*LatencySpread) (low, high float64) {
	n, marks := float64(len(runs)), append(quantileShares(), 1)
	under, upTo := make([]float64, len(runs)), make([]float64, len(runs)) // shares below us, and up to it
	messages, allUnder, allUpTo := 0.0, 0.0, 0.0
	for i, r := range runs {
		under[i], upTo[i] = r.share(us-1, marks), r.share(us, marks)
		messages += float64(r.Count)
		allUnder += float64(r.Count) * under[i]
		allUpTo += float64(r.Count) * upTo[i]
	}
	// Messages that took just us are split where the quantile is.
	split := 1.0
	if allUpTo > allUnder {
		split = max(0, min(1, (share*messages-allUnder)/(allUpTo-allUnder)))
	}
	mean, squares := (allUnder+split*(allUpTo-allUnder))/messages, 0.0
	for i, r := range runs {
		d := float64(r.Count) / (messages / n) * (under[i] + split*(upTo[i]-under[i]) - mean)
		squares += d * d
	}
	variance := squares / (n * (n - 1))
	if variance < 1e-18 {
		return share, share
	}
	// Student's t instead of the normal distribution, because the variance is estimated.
	t := studentT(n-1) / distuv.UnitNormal.Quantile(1-(1-Confidence)/2)
	known := share * (1 - share) / variance / (t * t)
	x := share * known
	low = distuv.Beta{Alpha: x, Beta: known - x + 1}.Quantile((1 - Confidence) / 2)
	high = distuv.Beta{Alpha: x + 1, Beta: known - x}.Quantile(1 - (1-Confidence)/2)
	return low, high
}

// percentiles are shares in percent.
func percentiles(shares []float64) []float64 {
	out := make([]float64, len(shares))
	for i, share := range shares {
		out[i] = 100 * share
	}
	return out
}

// quantileShares are the shares at which the distribution of latencies is given:
// every 2.5 % in the middle, closer at the ends.
func quantileShares() []float64 {
	out := []float64{0.001, 0.01}
	for i := 1; i < 40; i++ {
		out = append(out, float64(i*25)/1000)
	}
	return append(out, 0.98, 0.99, 0.995, 0.998, 0.999)
}

// quantiles returns the distribution as pairs of a share and the milliseconds that
// so many of the messages took at most.
func quantiles(h *hdrhistogram.Histogram) [][2]float64 {
	shares := quantileShares()
	at := h.ValueAtPercentiles(percentiles(shares))
	out := make([][2]float64, len(shares))
	for i, share := range shares {
		out[i] = [2]float64{share, float64(at[100*share]) / 1000}
	}
	return out
}

// widest returns an empty histogram that can hold what any of the runs' can, so
// that the merge drops nothing; nil when there is none.
func widest(runs []*Run) *hdrhistogram.Histogram {
	var low, high, figures int64
	for _, r := range runs {
		if r.Latency == nil {
			continue
		}
		if figures == 0 {
			low = r.Latency.LowestTrackableValue()
		}
		low = min(low, r.Latency.LowestTrackableValue())
		high = max(high, r.Latency.HighestTrackableValue())
		figures = max(figures, r.Latency.SignificantFigures())
	}
	if figures == 0 {
		return nil
	}
	return hdrhistogram.New(low, high, int(figures))
}
