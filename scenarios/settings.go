package scenarios

import "orderlab/model"

// settingFields are the fields of settings that a model describes; at says where
// in a T their values go.
func settingFields[T any](settings []model.Setting, at func(*T) *model.Values) []field[T] {
	out := make([]field[T], 0, len(settings))
	for i := range settings {
		s := &settings[i]
		v := settingValue(s)
		k := key{name: s.Name, doc: s.Doc, source: s.Source, required: s.Required}
		if !s.Required {
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
	number := func(v int64) model.Value { return model.Value{Type: s.Type, Int: v} }
	switch s.Type {
	case model.Integer:
		return into(integer[int64](s.Min, most), number)
	case model.Boolean:
		return into(boolean(), model.BooleanValue)
	case model.Duration:
		bare := ""
		if s.Millis {
			bare = "ms"
		}
		return into(bareQuantity(&durations, bare, s.Min, most), number)
	case model.Size:
		return into(bareQuantity(&sizes, "B", s.Min, most), number)
	case model.Rate:
		return into(quantity(&rates, s.Min, most), number)
	case model.Share:
		return into(quantity(&shares, s.Min, most), number)
	case model.Dist:
		return into(distribution(), model.DistValue)
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
	ends := checked(list(duration(0), 2, 2, "[1ms, 20ms]"), func(d *decoder, n *node, v *[]int64) {
		if (*v)[1] < (*v)[0] {
			d.ps.add(n.at, "the second end of uniform is below the first")
		}
	})
	normal := mapping("lognormal", []field[dist]{
		bind(key{name: "median", required: true, example: "20ms",
			doc: "Half of the values are below."}, duration(1), func(d *dist) *int64 { return &d.A }),
		bind(key{name: "sigma", required: true, example: "0.5",
			doc: "The standard deviation of the logarithm."}, number(maxSigma), func(d *dist) *int64 { return &d.B }),
	})
	return titled("distribution", single([]field[dist]{
		shape(model.Constant, "Always the same.", "20ms", one(0)),
		shape(model.Uniform, "From the first to the second, each as likely.", "[1ms, 20ms]",
			into(ends, func(v []int64) dist { return dist{A: v[0], B: v[1]} })),
		shape(model.Exponential, "Exponential, with this mean.", "20ms", one(1)),
		shape(model.LogNormal, "Log-normal: most are short, a few very long.", "{median: 20ms, sigma: 0.5}", normal),
	}, "{constant: 20ms}, {uniform: [1ms, 20ms]}, {exponential: 20ms} or {lognormal: {median: 20ms, sigma: 0.5}}"))
}

// maxSigma bounds the spread of a log-normal, in millionths: at 5 one value in
// forty is 18,000 times the median or more.
const maxSigma = 5 * million
