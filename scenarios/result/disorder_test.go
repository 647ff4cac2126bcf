package result

import (
	"reflect"
	"testing"
)

// The measures are means over all runs of the case, in milliseconds where they are
// times; counts end with the last that some run has.
func TestDisorderOverRuns(t *testing.T) {
	runs := []Run{
		{Seed: 1, Disorder: RunDisorder{Delivered: [RepeatsApart]int{8, 2}, Applied: [RepeatsApart]int{10},
			StaleEffects: RunStaleness{Judged: 10, Stale: 4, Max: 3_000_000, Total: 8_000_000}}},
		{Seed: 2, Disorder: RunDisorder{Delivered: [RepeatsApart]int{6, 0, 4}, Applied: [RepeatsApart]int{10}}},
	}
	got := Aggregate(Meta{}, []CaseMeta{{Strategy: "s"}}, runs).Results[0].Disorder
	want := &Disorder{
		DeliveredTimes: []Mean{MeanOf([]float64{8, 6}), MeanOf([]float64{2, 0}), MeanOf([]float64{0, 4})},
		AppliedTimes:   []Mean{MeanOf([]float64{10, 10})},
		StaleEffects: &Staleness{Judged: MeanOf([]float64{10, 0}), Stale: MeanOf([]float64{4, 0}),
			Max: MeanOf([]float64{3, 0}), Total: MeanOf([]float64{8, 0})},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if copied := got.Clone(); !reflect.DeepEqual(copied, got) {
		t.Errorf("the copy is %+v", copied)
	} else if copied.Means()[len(copied.Means())-1].Mean = -1; got.StaleEffects.Total.Mean != 4 || len(got.Means()) != 8 {
		t.Errorf("a change of the copy changed %+v", got)
	}
	d := Aggregate(Meta{}, []CaseMeta{{Strategy: "s"}}, []Run{{Seed: 1}}).Results[0].Disorder
	if d != nil || d.Clone() != nil {
		t.Errorf("of nothing it measures %+v", d)
	}
}

// The time out of order is a mean over the decided runs, and absent where nothing
// was overtaken.
func TestTimeOutOfOrderOverRuns(t *testing.T) {
	runs := outcome("vh?-")
	g := Aggregate(Meta{}, []CaseMeta{{Guarantees: []string{"g"}}}, runs).Results[0].Guarantees[0]
	if g.OutOfOrderMax != nil {
		t.Errorf("nothing was overtaken, and it stood out of order for %+v", g.OutOfOrderMax)
	}
	runs[0].Verdicts[0].MaxOutOfOrder, runs[0].Verdicts[0].TotalOutOfOrder = 2_000_000, 5_000_000
	g = Aggregate(Meta{}, []CaseMeta{{Guarantees: []string{"g"}}}, runs).Results[0].Guarantees[0]
	if *g.OutOfOrderMax != MeanOf([]float64{2, 0}) || *g.OutOfOrderTotal != MeanOf([]float64{5, 0}) {
		t.Errorf("%+v, %+v", g.OutOfOrderMax, g.OutOfOrderTotal)
	}
}
