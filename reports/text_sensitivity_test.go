package reports_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"orderlab/reports"
	"orderlab/scenarios/result"
)

// The table says for each metric and cost what became of the differences, and the
// first that is turned round stands below it, with as many digits as it takes.
func TestGoldenSensitivity(t *testing.T) {
	set := one()
	set.Results = append(set.Results, set.Results[0])
	set.Results[1].Strategy = "careful"
	first := &result.Reversal{
		One: result.CaseName{Strategy: "default"}, Other: result.CaseName{Strategy: "careful"},
		Before: [2]float64{190.02, 190.4}, After: [2]float64{156.4, 156.1},
	}
	trials := func(reversed, unseen int, first *result.Reversal) []result.RankingTest {
		return []result.RankingTest{
			{Cost: "network.latency", Factor: 0.5}, {Cost: "network.latency", Factor: 2, Unseen: unseen},
			{Cost: "consumers.work", Factor: 0.5}, {Cost: "consumers.work", Factor: 2, Reversed: reversed, First: first},
		}
	}
	set.Sensitivity = &result.Sensitivity{
		Costs: []result.Cost{
			{Name: "network.latency", Value: "{constant: 200us}", Source: "an assumption: machines in one data centre"},
			{Name: "consumers.work", Value: "varies"},
			{Name: "disk.sync.latency", Value: "2ms", Unused: true},
		},
		Rankings: []result.Ranking{
			{Metric: "throughput_per_s", Pairs: 1, Differ: 1, Trials: trials(1, 0, first)},
			{Metric: "latency_p50_ms", Pairs: 1, Differ: 1, Trials: trials(0, 1, nil)},
			{Metric: "lag_max", Pairs: 1, Trials: trials(0, 0, nil)},
		},
	}
	var page bytes.Buffer
	if err := reports.HTML(&page, set, reports.PageOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<section id="sensitivity">`, `<td class="bad">1 reversed</td>`, "Nothing changes with disk.sync.latency."} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	golden(t, "sensitivity.txt", func(w io.Writer) error { return reports.Text(w, set, reports.TextOptions{}) })
}
