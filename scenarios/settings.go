package scenarios

import (
	"cmp"
	"slices"

	"orderlab/model"
)

// settingFields are the fields of settings that a model describes; at says where
// in a T their values go.
func settingFields[T any](settings []model.Setting, at func(*T) *model.Values) []field[T] {
	out := make([]field[T], 0, len(settings))
	for i := range settings {
		s := &settings[i]
		v := settingValue(s)
		k := key{name: s.Name, doc: s.Doc, source: s.Source, required: s.Required}
		if nothing := s.Type == model.Nodes || s.Type == model.Span; !s.Required && !nothing {
			k.def = Format(s.Default)
		}
		out = append(out, put(k, v, func(out *T, read model.Value) {
			values := at(out)
			*values = values.Set(s.Name, read)
		}))
	}
	return out
}

// settingValue reads a value as its descriptor says. A bare number is accepted as
// milliseconds where the system's own configuration has it so, and as bytes.
func settingValue(s *model.Setting) value[model.Value] {
	most := s.Max
	if most == 0 {
		most = maxQuantity
	}
	plain := func(v int64) model.Value { return model.Value{Type: s.Type, Int: v} }
	switch s.Type {
	case model.Integer:
		return into(integer[int64](s.Min, most), plain)
	case model.Boolean:
		return into(boolean(), model.BooleanValue)
	case model.Duration:
		bare := ""
		if s.Millis {
			bare = "ms"
		}
		return into(bareQuantity(&durations, bare, s.Min, most), plain)
	case model.Size:
		return into(bareQuantity(&sizes, "B", s.Min, most), plain)
	case model.Rate:
		return into(quantity(&rates, s.Min, most), plain)
	case model.Share:
		return into(quantity(&shares, s.Min, most), plain)
	case model.Number:
		return into(number(most), plain)
	case model.Nodes:
		return nodesValue()
	case model.Dist:
		return into(distribution(), model.DistValue)
	case model.Span:
		return spanValue()
	}
	if len(s.Enum) > 0 {
		return into(choice(s.Enum...), model.TextValue)
	}
	return into(text(), model.TextValue)
}

// distribution reads a distribution of durations.
func distribution() value[model.Distribution] {
	type dist = model.Distribution
	shape := func(s model.Shape, doc, example string, v value[dist]) field[dist] {
		return put(key{name: string(s), doc: doc, example: example}, v, func(out *dist, read dist) {
			*out = dist{Shape: s, A: read.A, B: read.B}
		})
	}
	one := func(lo int64) value[dist] { return into(duration(lo), func(a int64) dist { return dist{A: a} }) }
	normal := mapping("lognormal", []field[dist]{
		bind(key{name: "median", required: true, example: "20ms",
			doc: "Half of the values are below."}, duration(1), func(d *dist) *int64 { return &d.A }),
		bind(key{name: "sigma", required: true, example: "0.5",
			doc: "The standard deviation of the logarithm."}, number(maxSigma), func(d *dist) *int64 { return &d.B }),
	})
	pareto := mapping("pareto", []field[dist]{
		bind(key{name: "least", required: true, example: "5ms",
			doc: "No value is below."}, duration(1), func(d *dist) *int64 { return &d.A }),
		bind(key{name: "alpha", required: true, example: "1.5",
			doc: "The share of the values above x times `least` is x to the power of minus this; it is above 1."},
			checked(number(100*million), func(d *decoder, n *node, v *int64) {
				if *v <= million {
					d.ps.add(n.at, "alpha is above 1: at 1 and below there is no mean")
				}
			}), func(d *dist) *int64 { return &d.B }),
	})
	v := titled("distribution", single([]field[dist]{
		shape(model.Constant, "Always the same.", "20ms", one(0)),
		shape(model.Uniform, "From the first to the second, each as likely.", "[1ms, 20ms]",
			into(ends(), func(v []int64) dist { return dist{A: v[0], B: v[1]} })),
		shape(model.Exponential, "Exponential, with this mean.", "20ms", one(1)),
		shape(model.LogNormal, "Log-normal: most are short, a few very long.", "{median: 20ms, sigma: 0.5}", normal),
		shape(model.Pareto, "Pareto: the tail is heavier still.", "{least: 5ms, alpha: 1.5}", pareto),
		put(key{name: string(model.Empirical), doc: "Measured: shares of all values, from 0% to 100%, each with the value that so many do not exceed.",
			example: "{0%: 1ms, 50%: 2ms, 99%: 9ms, 100%: 80ms}"}, quantiles(), func(out *dist, points []model.Quantile) {
			*out = dist{Shape: model.Empirical, Points: points}
		}),
	}, "{constant: 20ms}, {uniform: [1ms, 20ms]}, {exponential: 20ms}, {lognormal: {median: 20ms, sigma: 0.5}}, "+
		"{pareto: {least: 5ms, alpha: 1.5}} or {empirical: {0%: 1ms, 50%: 2ms, 100%: 80ms}}"))
	read := v.read
	v.read = func(d *decoder, n *node, what string, out *dist) {
		if _, err := durations.parse(n.text); n.shape == shapeScalar && err == nil {
			d.ps.add(n.at, "%s is a distribution; write {constant: %s} for always the same, {exponential: %s} for that mean",
				what, clip(n.text), clip(n.text))
			return
		}
		read(d, n, what, out)
	}
	return v
}

// ends reads two durations, of which the second is not below the first.
func ends() value[[]int64] {
	return checked(list(duration(0), 2, 2, "[1ms, 20ms]"), func(d *decoder, n *node, v *[]int64) {
		if (*v)[1] < (*v)[0] {
			d.ps.add(n.at, "the second of the two is below the first")
		}
	})
}

// spanValue reads a duration, or one between two.
func spanValue() value[model.Value] {
	one, two := duration(0), ends()
	return value[model.Value]{spec{kind: kindEither, either: []spec{one.spec, two.spec}},
		func(d *decoder, n *node, what string, out *model.Value) {
			v := []int64{0, 0}
			if out.Type = model.Span; n.shape == shapeList {
				v = nil
				two.read(d, n, what, &v)
				if len(v) == 2 {
					out.Dist = model.Distribution{Shape: model.Uniform, A: v[0], B: v[1]}
				}
				return
			}
			one.read(d, n, what, &v[0])
			out.Dist = model.Distribution{Shape: model.Constant, A: v[0]}
		}}
}

// quantiles reads the points of an empirical distribution, a mapping of shares to
// durations.
func quantiles() value[[]model.Quantile] {
	const maxPoints = 100
	of := duration(0)
	return value[[]model.Quantile]{spec{kind: kindNames, item: &of.spec},
		func(d *decoder, n *node, what string, out *[]model.Quantile) {
			if n.shape != shapeMap || len(n.entries) > maxPoints {
				d.ps.add(n.at, "%s has up to %d shares with a duration each, as {0%%: 1ms, 50%%: 2ms, 100%%: 80ms}", what, maxPoints)
				return
			}
			for _, e := range n.entries {
				if e.value.shape == shapeNull {
					continue // a patch removed it
				}
				share, err := shares.parse(e.key)
				if err != nil {
					d.ps.add(e.at, "a key of %s is a share: %v", what, err)
					return
				}
				q := model.Quantile{Millionths: share}
				of.read(d, e.value, e.key, &q.Value)
				*out = append(*out, q)
			}
			slices.SortStableFunc(*out, func(a, b model.Quantile) int { return cmp.Compare(a.Millionths, b.Millionths) })
			checkQuantiles(d, n, what, *out)
		}}
}

func checkQuantiles(d *decoder, n *node, what string, points []model.Quantile) {
	last := len(points) - 1
	if last < 1 || points[0].Millionths != 0 || points[last].Millionths != million {
		d.ps.add(n.at, "%s goes from the share 0%%, the smallest value, to 100%%, the largest", what)
		return
	}
	for i := range last {
		if points[i].Millionths == points[i+1].Millionths || points[i].Value > points[i+1].Value {
			d.ps.add(n.at, "the values of %s grow with the shares, and at %s they do not", what, shares.format(points[i+1].Millionths))
			return
		}
	}
}

// maxSigma bounds the spread of a log-normal, in millionths: at 5 one value in
// forty is 18,000 times the median or more.
const maxSigma = 5 * million
