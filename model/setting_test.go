package model_test

import (
	"slices"
	"testing"

	"orderlab/model"

	"pgregory.net/rapid"
)

// Values are in order of name whatever the order in which they were given, and the
// last one given counts.
func TestValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var v model.Values
		oracle := map[string]int64{}
		for range rapid.IntRange(0, 20).Draw(t, "sets") {
			name := rapid.SampledFrom([]string{"a", "b", "c.d", "c-d", "e"}).Draw(t, "name")
			n := rapid.Int64Range(0, 9).Draw(t, "value")
			v = v.Set(name, model.IntegerValue(n))
			oracle[name] = n
		}
		if !slices.IsSortedFunc(v, func(a, b model.Named) int {
			if a.Name < b.Name {
				return -1
			}
			return 1
		}) || len(v) != len(oracle) {
			t.Fatalf("%v", v)
		}
		for name, n := range oracle {
			if got, ok := v.Get(name); !ok || got.Int != n {
				t.Fatalf("%s is %d, %v; want %d", name, got.Int, ok, n)
			}
		}
		if _, ok := v.Get("absent"); ok {
			t.Fatal("a value that was not given is there")
		}
	})
}

// What was given goes before the default, and the earlier of two sets before the
// later. A name that the descriptor lacks is a mistake of the model's.
func TestResolve(t *testing.T) {
	settings := []model.Setting{{Name: "n", Type: model.Integer, Default: model.IntegerValue(1)},
		{Name: "on", Type: model.Boolean, Default: model.BooleanValue(true)},
		{Name: "w", Type: model.Text, Default: model.TextValue("x")}}
	own := model.Values{}.Set("n", model.IntegerValue(2))
	both := model.Values{}.Set("n", model.IntegerValue(3)).Set("w", model.TextValue("y"))
	r := model.Resolve(settings, own, both)
	if r.Int("n") != 2 || r.Text("w") != "y" || !r.Bool("on") {
		t.Errorf("n=%d w=%s on=%v", r.Int("n"), r.Text("w"), r.Bool("on"))
	}
	defer func() {
		if recover() == nil {
			t.Error("an unknown name was resolved")
		}
	}()
	r.Int("m")
}

// Sections that were not given are empty; SetIn makes them.
func TestConfigSections(t *testing.T) {
	var c model.Config
	if s := c.Section("producer"); s.Name != "producer" || len(s.Values) != 0 {
		t.Errorf("an absent section is %v", s)
	}
	c.SetIn("producer", "acks", model.TextValue("1"))
	c.SetIn("producer", "acks", model.TextValue("all"))
	if v, _ := c.Section("producer").Values.Get("acks"); v.Text != "all" || len(c.Sections) != 1 {
		t.Errorf("acks is %q in %d sections", v.Text, len(c.Sections))
	}
}

// A distribution's mean is its sampler's.
func TestDistributionMean(t *testing.T) {
	for _, c := range []struct {
		d    model.Distribution
		want int64
	}{
		{model.Distribution{Shape: model.Constant, A: 20}, 20},
		{model.Distribution{Shape: model.Uniform, A: 10, B: 30}, 20},
		{model.Distribution{Shape: model.Exponential, A: 1000}, 1000},
	} {
		if got := c.d.Mean(); got != c.want {
			t.Errorf("the mean of %v is %d, want %d", c.d, got, c.want)
		}
	}
	// The mean of a log-normal is its median times exp(sigma^2/2).
	got := (model.Distribution{Shape: model.LogNormal, A: 1_000_000, B: 300_000}).Mean()
	if got < 1_045_000 || got > 1_047_000 {
		t.Errorf("the mean of a log-normal with median 1e6 and sigma 0.3 is %d, want 1046027", got)
	}
}
