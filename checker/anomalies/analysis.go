package anomalies

import "slices"

// none is the absence of an index.
const none = int32(-1)

// Check looks for the anomalies of the kind that ids name, in their order. Without
// ids it looks for all of the kind. It takes time n log n in the number of values
// sent and polled, and linear but for the sorting.
func Check(h *History, kind Kind, ids []string, opt Options) []Finding {
	if len(ids) == 0 {
		ids = Of(kind)
	}
	tallies := search(h, kind, opt)
	out := make([]Finding, 0, len(ids))
	for _, id := range ids {
		f := Finding{ID: id, Status: Holds}
		t := tallies[id]
		if t == nil {
			f.Status, f.Reason = Unknown, "the history is of another kind"
			out = append(out, f)
			continue
		}
		if a, ok := Find(id); ok {
			f.Allowed = a.Allowed(opt)
		}
		f.Count, f.Keys, f.Decided = t.count, t.keys, t.decided
		switch {
		case t.unknown != "":
			f.Status, f.Reason = Unknown, t.unknown
		case t.count > 0:
			f.Status = Violated
			s := smallest(h, kind, id, t, opt)
			f.Text, f.Values = s.text, s.values
			for _, op := range s.ops {
				f.Witness = append(f.Witness, int(op))
			}
		case t.decided == 0:
			f.Vacuous, f.Reason = true, t.missing
		}
		out = append(out, f)
	}
	return out
}

// search counts the anomalies of a kind and keeps a few examples of each.
func search(h *History, kind Kind, opt Options) map[string]*tally {
	a := newAnalysis(h, opt)
	for _, id := range Of(kind) {
		a.tallies[id] = &tally{}
	}
	switch kind {
	case Queue:
		a.queue()
	case Set:
		a.set()
	case Log:
		a.log()
		a.logs()
		a.visible()
		a.lost()
		a.inside()
		a.along()
		a.cycles()
	}
	return a.tallies
}

// tally is what was found of one anomaly.
type tally struct {
	count, keys, decided int
	inKey                []bool
	samples              []sample
	missing              string // what there was not, when nothing was decided
	unknown              string // why there is no verdict
}

// maxSamples is of how many cases the smallest is looked for.
const maxSamples = 16

// sample is one case of an anomaly: operations that are enough to show it.
type sample struct {
	ops    []int32
	values []Value
	text   string
}

// analysis is what is known of a history.
type analysis struct {
	h       *History
	opt     Options
	tallies map[string]*tally

	// By value: the operation that sent it (of several the one that most likely
	// took effect), the first successful one and the first of any type that polled
	// it; or none.
	writer, okReader, reader []int32
	committed                []bool // by operation

	// The logs, one after the other, each in order of its offsets. Entries of one
	// offset make a group; the number of the group is the dense index of all its
	// values, which means something within one key.
	entries     []entry
	group       []int32 // by entry
	groups      []int32 // by group its first entry, and the end
	first, last []int32 // by value: its entry at the lowest and the highest offset
}

// entry says that a value stands at an offset.
type entry struct {
	offset int64
	key    Key
	value  Value
	by     int32 // an operation that says so
}

func newAnalysis(h *History, opt Options) *analysis {
	return &analysis{h: h, opt: opt, tallies: make(map[string]*tally)}
}

func filled(n int) []int32 {
	s := make([]int32, n)
	for i := range s {
		s[i] = none
	}
	return s
}

// rank orders types by how likely the operation took effect.
func rank(t Type) int {
	switch t {
	case OK:
		return 2
	case Fail:
		return 0
	}
	return 1
}

// found counts a case in a key, or in none when the key is negative. It says
// whether an example of it is wanted.
func (a *analysis) found(id string, key Key) bool {
	t := a.tallies[id]
	t.count++
	if key >= 0 {
		if t.inKey == nil {
			t.inKey = make([]bool, len(a.h.Keys))
		}
		if !t.inKey[key] {
			t.inKey[key] = true
			t.keys++
		}
	}
	return len(t.samples) < maxSamples
}

// keep stores an example.
func (a *analysis) keep(id string, s sample) {
	slices.Sort(s.ops)
	s.ops = slices.Compact(s.ops)
	a.tallies[id].samples = append(a.tallies[id].samples, s)
}

// log infers what the logs hold.
func (a *analysis) log() {
	h := a.h
	a.writer, a.reader, a.okReader = filled(h.Values()), filled(h.Values()), filled(h.Values())
	for i := range h.Ops {
		op := &h.Ops[i]
		for _, s := range h.SendsOf(op) {
			if w := a.writer[s.Value]; w == none || rank(op.Type) > rank(h.Ops[w].Type) {
				a.writer[s.Value] = int32(i)
			}
		}
		for _, r := range h.ReadsOf(op) {
			if a.reader[r.Value] == none {
				a.reader[r.Value] = int32(i)
			}
			if op.Type == OK && a.okReader[r.Value] == none {
				a.okReader[r.Value] = int32(i)
			}
		}
	}
	a.committed = make([]bool, len(h.Ops))
	for i := range h.Ops {
		a.committed[i] = a.tookEffect(&h.Ops[i])
	}
	a.collect()
	a.index()
}

// tookEffect says whether an operation certainly did: it succeeded, or it may have
// and a successful operation polled something that it sent.
func (a *analysis) tookEffect(op *Op) bool {
	if op.Type == OK || op.Type == Fail {
		return op.Type == OK
	}
	return a.provenBy(op) != none
}

// provenBy returns a successful operation that polled what another sent, or none.
func (a *analysis) provenBy(op *Op) int32 {
	for _, s := range a.h.SendsOf(op) {
		if r := a.okReader[s.Value]; r != none {
			return r
		}
	}
	return none
}

// collect gathers the entries: from sends of operations that took effect, and from
// polls of all, because a consumer is handed what is committed even in a
// transaction that aborts.
func (a *analysis) collect() {
	h := a.h
	at := make([]int64, h.Values()) // the first offset of a value
	for i := range at {
		at[i] = NoOffset
	}
	add := func(p Place, by int32) {
		if p.Offset < 0 || p.Offset == at[p.Value] {
			return
		}
		if at[p.Value] == NoOffset {
			at[p.Value] = p.Offset
		}
		a.entries = append(a.entries, entry{p.Offset, h.keyOf[p.Value], p.Value, by})
	}
	for i := range h.Ops {
		op := &h.Ops[i]
		if a.committed[i] {
			for _, s := range h.SendsOf(op) {
				add(s, int32(i))
			}
		}
		for _, r := range h.ReadsOf(op) {
			add(r, int32(i))
		}
	}
}

// index sorts the entries and numbers the groups.
func (a *analysis) index() {
	byKey(a.entries, len(a.h.Keys))
	same := func(x, y entry) bool { return x.key == y.key && x.offset == y.offset }
	a.entries = slices.CompactFunc(a.entries, func(x, y entry) bool { return same(x, y) && x.value == y.value })
	a.group = make([]int32, len(a.entries))
	a.first, a.last = filled(a.h.Values()), filled(a.h.Values())
	for i, e := range a.entries {
		if i == 0 || !same(a.entries[i-1], e) {
			a.groups = append(a.groups, int32(i))
		}
		a.group[i] = int32(len(a.groups) - 1)
		if a.first[e.value] == none {
			a.first[e.value] = int32(i)
		}
		a.last[e.value] = int32(i)
	}
	a.groups = append(a.groups, int32(len(a.entries)))
}

// byKey sorts entries by key, offset and value.
func byKey(entries []entry, keys int) {
	start := make([]int, keys+1)
	for i := range entries {
		start[entries[i].key+1]++
	}
	for k := range keys {
		start[k+1] += start[k]
	}
	sorted := make([]entry, len(entries))
	next := slices.Clone(start)
	for _, e := range entries {
		sorted[next[e.key]] = e
		next[e.key]++
	}
	copy(entries, sorted)
	for k := range keys {
		slices.SortStableFunc(entries[start[k]:start[k+1]], func(x, y entry) int {
			switch {
			case x.offset != y.offset:
				return compare(x.offset, y.offset)
			default:
				return compare(int64(x.value), int64(y.value))
			}
		})
	}
}

func compare(x, y int64) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// delta is how far w stands behind v in their log: 1 when it comes next, and when
// either place is not known.
func (a *analysis) delta(v, w Value) int {
	i, j := a.last[v], a.last[w]
	if i == none || j == none {
		return 1
	}
	return int(a.group[j] - a.group[i])
}
