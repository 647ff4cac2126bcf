package result

import "github.com/HdrHistogram/hdrhistogram-go"

// aggregateMetrics returns the price over the runs: means with intervals, and
// the quantiles of all runs' latencies together.
func aggregateMetrics(runs []*Run) Metrics {
	mean := func(of func(*RunMetrics) float64) Mean {
		values := make([]float64, len(runs))
		for i, r := range runs {
			values[i] = of(&r.Metrics)
		}
		return MeanOf(values)
	}
	return Metrics{
		Throughput:     mean(func(m *RunMetrics) float64 { return m.ThroughputPerS }),
		Latency:        mergeLatency(runs),
		LagMax:         mean(func(m *RunMetrics) float64 { return float64(m.LagMax) }),
		Sent:           mean(func(m *RunMetrics) float64 { return float64(m.Sent) }),
		Acked:          mean(func(m *RunMetrics) float64 { return float64(m.Acked) }),
		Applied:        mean(func(m *RunMetrics) float64 { return float64(m.Applied) }),
		Lost:           mean(func(m *RunMetrics) float64 { return float64(m.Lost) }),
		Duplicated:     mean(func(m *RunMetrics) float64 { return float64(m.Duplicated) }),
		PartitionLoad:  mean(func(m *RunMetrics) float64 { return m.PartitionLoad }),
		Duration:       mean(func(m *RunMetrics) float64 { return m.DurationS }),
		ProducerBuffer: mean(func(m *RunMetrics) float64 { return float64(m.ProducerBufferMax) }),
		ConsumerBuffer: mean(func(m *RunMetrics) float64 { return float64(m.ConsumerBufferMax) }),
	}
}

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
	return Latency{
		P50:       ms(50),
		P95:       ms(95),
		P99:       ms(99),
		P999:      ms(99.9),
		Max:       float64(merged.Max()) / 1000,
		Count:     merged.TotalCount(),
		Quantiles: quantiles(merged),
	}
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
	percentiles := make([]float64, len(shares))
	for i, share := range shares {
		percentiles[i] = 100 * share
	}
	at := h.ValueAtPercentiles(percentiles)
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
