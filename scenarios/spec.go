package scenarios

import "orderlab/model"

// kind says what a value is and how it is written. The kinds of single values
// are those of [model.Type].
type kind string

const (
	kindMapping kind = "mapping"      // the keys of spec.keys
	kindNames   kind = "names"        // a mapping of any names, each to a spec.item
	kindList    kind = "list"         // of spec.item
	kindEither  kind = "either"       // one of spec.either
	kindPatch   kind = "patch"        // what a strategy changes
	kindValue   kind = "single value" // of any type
	kindNumber  kind = "number"       // 0.5, 1.1
	kindEvents  kind = "events"       // 5000 events

	kindText     = kind(model.Text)
	kindInteger  = kind(model.Integer)
	kindBoolean  = kind(model.Boolean)
	kindDuration = kind(model.Duration)
	kindSize     = kind(model.Size)
	kindRate     = kind(model.Rate)
	kindShare    = kind(model.Share)
)

// spec says what may stand at one place of a file. Every reader of the decoder
// has one, and the JSON Schema and the reference are made from them.
type spec struct {
	kind kind
	// keys are those of a mapping; single says that it has exactly one of them.
	keys   []key
	single bool
	// item is what a list or a mapping of names holds, either the forms that a
	// value may have.
	item   *spec
	either []spec
	// enum are the words that a text may be; empty allows any.
	enum []string
	// min and max bound a quantity, or the length of a list, both inclusive;
	// max 0 means no bound.
	min, max int64
	// bare is the unit of a number that has none: "ms", "B", or "" where a unit
	// is needed. suffix follows a quantity, or ends a text.
	bare, suffix string
	// title is what the reference calls a mapping that stands in several places
	// or in a list.
	title string
}

// key describes a key of a mapping.
type key struct {
	name string
	// doc is one sentence, def the default as a file would write it, example a
	// value, source where the default and the rule are from.
	doc, def, example, source string
	required                  bool
	// unused is set for a setting that the model does not have.
	unused *model.Unused
	spec   spec
}

// value is how a V is read, with its description.
type value[V any] struct {
	spec spec
	// read reads a node that is not empty. What calls the value in messages.
	read func(d *decoder, n *node, what string, out *V)
}

// field is a key of a mapping that is read into a T.
type field[T any] struct {
	key  key
	read func(d *decoder, n *node, out *T)
}

// bind makes a field of a key and a value; at says where in a T it goes.
func bind[T, V any](k key, v value[V], at func(*T) *V) field[T] {
	k.spec = v.spec
	return field[T]{k, func(d *decoder, n *node, out *T) { v.read(d, n, k.name, at(out)) }}
}

// put is bind for what a T keeps in another way.
func put[T, V any](k key, v value[V], keep func(out *T, read V)) field[T] {
	k.spec = v.spec
	return field[T]{k, func(d *decoder, n *node, out *T) {
		var read V
		before := d.ps.calls
		if v.read(d, n, k.name, &read); d.ps.calls == before {
			keep(out, read)
		}
	}}
}

// titled makes a value whose mapping has a title in the reference.
func titled[V any](title string, v value[V]) value[V] {
	v.spec.title = title
	return v
}

// into makes a value of one that is kept in another form.
func into[V, W any](v value[V], convert func(V) W) value[W] {
	return value[W]{v.spec, func(d *decoder, n *node, what string, out *W) {
		var read V
		before := d.ps.calls
		if v.read(d, n, what, &read); d.ps.calls == before {
			*out = convert(read)
		}
	}}
}

// checked makes a value that is looked at once more when it was read well.
func checked[V any](v value[V], check func(d *decoder, n *node, out *V)) value[V] {
	return value[V]{v.spec, func(d *decoder, n *node, what string, out *V) {
		before := d.ps.calls
		if v.read(d, n, what, out); d.ps.calls == before {
			check(d, n, out)
		}
	}}
}

func keysOf[T any](fields []field[T]) []key {
	out := make([]key, len(fields))
	for i := range fields {
		out[i] = fields[i].key
	}
	return out
}

func names(keys []key) []string {
	out := make([]string, len(keys))
	for i := range keys {
		out[i] = keys[i].name
	}
	return out
}
