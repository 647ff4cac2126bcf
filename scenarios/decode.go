package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"orderlab/model"
)

// decoder reads trees into the types of the language and collects mistakes.
type decoder struct {
	ps  *problems
	reg *model.Registry
}

// field is a key that a mapping may have.
type field struct {
	key      string
	required bool
	read     func(n *node)
}

// object reads a mapping that has these keys and no others. others, when not
// nil, is asked about a key that is not among them and says whether it took it;
// more are the names it would take, for the nearest name.
func (d *decoder) object(n *node, what string, fields []field, others func(e entry) bool, more ...string) {
	if n.shape != shapeMap {
		d.ps.add(n.at, "%s is a mapping, and here is %v", what, n.shape)
		return
	}
	names := slices.Clone(more)
	for _, f := range fields {
		names = append(names, f.key)
	}
	for _, e := range n.entries {
		i := slices.IndexFunc(fields, func(f field) bool { return f.key == e.key })
		switch {
		case i >= 0:
			fields[i].read(e.value)
		case others != nil && others(e):
		default:
			d.ps.add(e.at, "%q is not a key of %s%s", e.key, what, didYouMean(e.key, names))
		}
	}
	for _, f := range fields {
		if f.required && n.get(f.key) == nil {
			d.ps.add(n.at, "%s lacks %q", what, f.key)
		}
	}
}

// scalar says whether the node is a single value, and reports it if not.
func (d *decoder) scalar(n *node, what string) bool {
	if n.shape != shapeScalar {
		d.ps.add(n.at, "%s is a single value, and here is %v", what, n.shape)
		return false
	}
	return true
}

func (d *decoder) text(out *string, what string) func(*node) {
	return func(n *node) {
		if d.scalar(n, what) {
			*out = n.text
		}
	}
}

// texts reads a list of single values; one value alone is a list of one.
func (d *decoder) texts(out *[]string, what string) func(*node) {
	return func(n *node) {
		items := n.items
		if n.shape == shapeScalar {
			items = []*node{n}
		} else if n.shape != shapeList {
			d.ps.add(n.at, "%s is a list, and here is %v", what, n.shape)
		}
		for _, item := range items {
			if d.scalar(item, "an item of "+what) {
				*out = append(*out, item.text)
			}
		}
	}
}

func (d *decoder) integer(out *int64, what string, lo, hi int64) func(*node) {
	return func(n *node) {
		if !d.scalar(n, what) {
			return
		}
		v, err := strconv.ParseInt(n.text, 10, 64)
		switch {
		case err != nil:
			d.ps.add(n.at, "%s is a whole number, and here is %q", what, n.text)
		case v < lo || v > hi:
			d.ps.add(n.at, "%s is %d; it is from %d to %d", what, v, lo, hi)
		default:
			*out = v
		}
	}
}

// measure reads a value with a unit.
func (d *decoder) measure(out *int64, what string, parse func(string) (int64, error)) func(*node) {
	return func(n *node) {
		if !d.scalar(n, what) {
			return
		}
		v, err := parse(n.text)
		if err != nil {
			d.ps.add(n.at, "%s: %v", what, err)
			return
		}
		*out = v
	}
}

func (d *decoder) boolean(out *bool, what string) func(*node) {
	return func(n *node) {
		if d.scalar(n, what) {
			switch n.text {
			case "true", "false":
				*out = n.text == "true"
			default:
				d.ps.add(n.at, "%s is true or false, and here is %q", what, n.text)
			}
		}
	}
}

// setting reads a value as its descriptor says.
func (d *decoder) setting(n *node, s *model.Setting) (model.Value, bool) {
	v := model.Value{Type: s.Type}
	if s.Type == model.Dist {
		var ok bool
		v.Dist, ok = d.distribution(n, s.Name)
		return v, ok
	}
	if !d.scalar(n, s.Name) {
		return v, false
	}
	before := len(d.ps.list)
	switch s.Type {
	case model.Integer:
		hi := s.Max
		if hi == 0 {
			hi = maxQuantity
		}
		d.integer(&v.Int, s.Name, s.Min, hi)(n)
		return v, len(d.ps.list) == before
	case model.Boolean:
		var b bool
		d.boolean(&b, s.Name)(n)
		if b {
			v.Int = 1
		}
	case model.Text:
		v.Text = n.text
		if len(s.Enum) > 0 && !slices.Contains(s.Enum, n.text) {
			d.ps.add(n.at, "%s is one of %s, and here is %q", s.Name, strings.Join(s.Enum, ", "), n.text)
		}
	default:
		d.measure(&v.Int, s.Name, unitParser(s, n))(n)
		if len(d.ps.list) == before && (v.Int < s.Min || (s.Max > 0 && v.Int > s.Max)) {
			d.ps.add(n.at, "%s is %s, out of its range", s.Name, n.text)
		}
	}
	return v, len(d.ps.list) == before
}

// unitParser returns the parser of a setting's type. A bare number is accepted
// as milliseconds where the broker's own configuration has it so, and as bytes.
func unitParser(s *model.Setting, n *node) func(string) (int64, error) {
	bare := n.text != "" && strings.Trim(n.text, "0123456789") == ""
	switch {
	case s.Type == model.Duration && s.Millis && bare:
		return func(t string) (int64, error) { return parseDuration(t + "ms") }
	case s.Type == model.Duration:
		return parseDuration
	case s.Type == model.Size && bare:
		return func(t string) (int64, error) { return parseSize(t + "B") }
	case s.Type == model.Size:
		return parseSize
	case s.Type == model.Rate:
		return parseRate
	}
	return parseShare
}

// settings reads a mapping of settings, less the keys that skip names.
func (d *decoder) settings(n *node, what string, known []model.Setting, fields []field) model.Values {
	var out model.Values
	names := make([]string, len(known))
	for i := range known {
		names[i] = known[i].Name
	}
	d.object(n, what, fields, func(e entry) bool {
		i := slices.Index(names, e.key)
		if i < 0 {
			return false
		}
		if v, ok := d.setting(e.value, &known[i]); ok {
			out = out.Set(e.key, v)
		}
		return true
	}, names...)
	for i := range known {
		if known[i].Required && n.shape == shapeMap && n.get(known[i].Name) == nil {
			d.ps.add(n.at, "%s lacks %q", what, known[i].Name)
		}
	}
	return out
}

// distribution reads {constant: 20ms}, {uniform: [1ms, 20ms]}, {exponential:
// 20ms} or {lognormal: {median: 20ms, sigma: 0.5}}.
func (d *decoder) distribution(n *node, what string) (out model.Distribution, ok bool) {
	const forms = "{constant: 20ms}, {uniform: [1ms, 20ms]}, {exponential: 20ms} or {lognormal: {median: 20ms, sigma: 0.5}}"
	if n.shape != shapeMap || len(n.entries) != 1 {
		d.ps.add(n.at, "%s is a distribution, as %s", what, forms)
		return out, false
	}
	before := len(d.ps.list)
	e := n.entries[0]
	out.Shape = model.Shape(e.key)
	switch out.Shape {
	case model.Constant, model.Exponential:
		d.measure(&out.A, what, parseDuration)(e.value)
	case model.Uniform:
		if e.value.shape != shapeList || len(e.value.items) != 2 {
			d.ps.add(e.value.at, "uniform has two ends, as [1ms, 20ms]")
			break
		}
		d.measure(&out.A, what, parseDuration)(e.value.items[0])
		d.measure(&out.B, what, parseDuration)(e.value.items[1])
		if len(d.ps.list) == before && out.B < out.A {
			d.ps.add(e.value.at, "the second end of uniform is below the first")
		}
	case model.LogNormal:
		d.object(e.value, "lognormal", []field{
			{"median", true, d.measure(&out.A, "median", parseDuration)},
			{"sigma", true, d.decimal(&out.B, "sigma")},
		}, nil)
	default:
		d.ps.add(e.at, "%q is no distribution; there are %s", e.key, forms)
	}
	return out, len(d.ps.list) == before
}

// decimal reads a number like 0.5 or 1.1 in millionths.
func (d *decoder) decimal(out *int64, what string) func(*node) {
	return func(n *node) {
		if !d.scalar(n, what) {
			return
		}
		if strings.Trim(n.text, "0123456789.") != "" || n.text == "" {
			d.ps.add(n.at, "%s is a number that is not negative, and here is %q", what, n.text)
			return
		}
		v, err := multiply(n.text, 1_000_000, 1)
		if err == nil && v > 100_000_000 {
			err = fmt.Errorf("it is at most 100")
		}
		if err != nil {
			d.ps.add(n.at, "%s: %v", what, err)
			return
		}
		*out = v
	}
}
