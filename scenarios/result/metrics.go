package result

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
