package anomalies

import (
	"maps"
	"slices"
)

// oracle counts the anomalies of logs as docs/anomalies.md defines them, without a
// thought of speed.
func oracle(h *History, opt Options) map[string]int {
	o := &slow{h: h, opt: opt, count: make(map[string]int)}
	o.infer()
	o.single()
	o.lostWrites()
	o.sequences()
	o.dependencies()
	return o.count
}

type slow struct {
	h     *History
	opt   Options
	count map[string]int
	// By value.
	okPolled, polled map[Value]bool
	writer           map[Value]int
	logs             map[Key]map[int64][]Value
	at               map[Value][]int64 // offsets, in order
	index            map[Value]int     // dense, of the last offset
	dense            map[Key][]int64   // the offsets of the index
}

func (o *slow) sends(i int) []Place { return o.h.SendsOf(&o.h.Ops[i]) }
func (o *slow) reads(i int) []Place { return o.h.ReadsOf(&o.h.Ops[i]) }

func (o *slow) committed(i int) bool {
	op := o.h.Ops[i]
	seen := func(s Place) bool { return o.okPolled[s.Value] }
	return op.Type == OK || op.Type != Fail && slices.ContainsFunc(o.sends(i), seen)
}

func (o *slow) infer() {
	o.okPolled, o.polled, o.writer = map[Value]bool{}, map[Value]bool{}, map[Value]int{}
	o.logs, o.at = map[Key]map[int64][]Value{}, map[Value][]int64{}
	o.index, o.dense = map[Value]int{}, map[Key][]int64{}
	for i := range o.h.Ops {
		for _, r := range o.reads(i) {
			o.polled[r.Value] = true
			o.okPolled[r.Value] = o.okPolled[r.Value] || o.h.Ops[i].Type == OK
		}
		for _, s := range o.sends(i) {
			if w, ok := o.writer[s.Value]; !ok || rank(o.h.Ops[i].Type) > rank(o.h.Ops[w].Type) {
				o.writer[s.Value] = i
			}
		}
	}
	put := func(p Place) {
		k := o.h.KeyOf(p.Value)
		if p.Offset < 0 || slices.Contains(o.at[p.Value], p.Offset) {
			return
		}
		if o.logs[k] == nil {
			o.logs[k] = map[int64][]Value{}
		}
		o.logs[k][p.Offset] = append(o.logs[k][p.Offset], p.Value)
		o.at[p.Value] = append(o.at[p.Value], p.Offset)
		slices.Sort(o.at[p.Value])
	}
	for i := range o.h.Ops {
		if o.committed(i) {
			for _, s := range o.sends(i) {
				put(s)
			}
		}
		for _, r := range o.reads(i) {
			put(r)
		}
	}
	for k, log := range o.logs {
		o.dense[k] = slices.Sorted(maps.Keys(log))
	}
	for v, offsets := range o.at {
		o.index[v] = slices.Index(o.dense[o.h.KeyOf(v)], offsets[len(offsets)-1])
	}
}

// single counts what one value, offset or operation shows.
func (o *slow) single() {
	for _, log := range o.logs {
		for _, values := range log {
			if len(values) > 1 {
				o.count[InconsistentOffsets]++
			}
		}
	}
	for _, offsets := range o.at {
		if len(offsets) > 1 {
			o.count[Duplicate]++
		}
	}
	something := false
	for i, op := range o.h.Ops {
		something = something || op.F == Send || op.F == Poll || op.F == Txn
		for _, r := range o.reads(i) {
			w, sent := o.writer[r.Value]
			if !sent {
				o.count[Phantom]++
				continue
			}
			if op.Type == OK && o.h.Ops[w].Type == Fail {
				o.count[G1a]++
			}
			if slices.ContainsFunc(o.sends(i), func(s Place) bool { return s.Value == r.Value }) {
				o.count[PrecommittedRead]++
			}
		}
	}
	if !something {
		o.count[EmptyHistory]++
	}
	for v, w := range o.writer {
		if o.h.Ops[w].Type == OK && !o.okPolled[v] {
			o.count[Unseen]++
		}
	}
}

func (o *slow) lostWrites() {
	for k, offsets := range o.dense {
		bound := -1
		for v := range o.okPolled {
			if o.okPolled[v] && o.h.KeyOf(v) == k && len(o.at[v]) > 0 {
				bound = max(bound, slices.Index(offsets, o.at[v][0]))
			}
		}
		for v, i := range o.index {
			w, sent := o.writer[v]
			if o.h.KeyOf(v) == k && i <= bound && !o.okPolled[v] && sent && o.committed(w) {
				o.count[LostWrite]++
			}
		}
	}
}

func (o *slow) step(v, w Value, skip, back string) {
	i, ok := o.index[v]
	j, ok2 := o.index[w]
	switch {
	case !ok || !ok2:
	case j-i > 1 && skip != "":
		o.count[skip]++
	case j-i < 1:
		o.count[back]++
	}
}

// ofKey picks the values of a key.
func (o *slow) ofKey(places []Place, k Key) (out []Value) {
	for _, p := range places {
		if o.h.KeyOf(p.Value) == k {
			out = append(out, p.Value)
		}
	}
	return out
}

// sequences counts what the order of values in operations and processes shows.
func (o *slow) sequences() {
	for k := range Key(len(o.h.Keys)) {
		for i, op := range o.h.Ops {
			reads, sends := o.ofKey(o.reads(i), k), o.ofKey(o.sends(i), k)
			moved := op.F != Assign && op.F != Subscribe && op.F != Release && slices.Contains(o.h.ListedOf(&o.h.Ops[i]), k)
			for j := 1; j < len(reads) && !moved; j++ {
				o.step(reads[j-1], reads[j], IntPollSkip, IntNonmonotonicPoll)
			}
			for j := 1; j < len(sends) && op.Type != Pending; j++ {
				o.step(sends[j-1], sends[j], IntSendSkip, IntNonmonotonicSend)
			}
		}
		for p := range o.h.Processes {
			o.process(int32(p), k)
		}
	}
}

// process follows one process and key.
func (o *slow) process(p int32, k Key) {
	var polled, sent []Value // the last, or none
	for i, op := range o.h.Ops {
		if op.Process != p {
			continue
		}
		listed := slices.Contains(o.h.ListedOf(&o.h.Ops[i]), k)
		happened := op.Type == OK || op.Type == Info
		switch op.F {
		case Assign, Subscribe:
			if happened && !listed {
				polled, sent = nil, nil
			}
		case Release:
			if happened && listed {
				polled = nil
			}
		case Crash:
			if happened {
				polled, sent = nil, nil
			}
		default:
			if reads := o.ofKey(o.reads(i), k); len(reads) > 0 {
				if polled != nil {
					o.step(polled[0], reads[0], PollSkip, NonmonotonicPoll)
				}
				if op.Type == OK {
					polled = reads[len(reads)-1:]
				}
			}
			if sends := o.ofKey(o.sends(i), k); len(sends) > 0 && happened {
				if sent != nil {
					o.step(sent[0], sends[0], "", NonmonotonicSend)
				}
				sent = sends[len(sends)-1:]
			}
		}
	}
}

// dependencies counts the groups of operations that reach each other by the
// dependencies of a level and have those that it must have.
func (o *slow) dependencies() {
	n := len(o.h.Ops)
	kinds := make([][]dep, n)
	for i := range kinds {
		kinds[i] = make([]dep, n)
		for j := range kinds[i] {
			if o.h.Ops[i].Type == OK && o.h.Ops[i].Completed < o.h.Ops[j].Invoked {
				kinds[i][j] |= rt
			}
		}
	}
	for i := range o.h.Ops {
		for _, r := range o.reads(i) {
			if w, sent := o.writer[r.Value]; sent && w != i && o.h.Ops[i].Type != Pending {
				kinds[w][i] |= wr
			}
		}
	}
	for k, offsets := range o.dense {
		if !o.opt.WWDeps {
			break
		}
		certain := slices.DeleteFunc(slices.Clone(offsets), func(at int64) bool { return len(o.logs[k][at]) > 1 })
		for i := 1; i < len(certain); i++ {
			v, ok := o.writer[o.logs[k][certain[i-1]][0]]
			w, ok2 := o.writer[o.logs[k][certain[i]][0]]
			if ok && ok2 && v != w {
				kinds[v][w] |= ww
			}
		}
	}
	for _, l := range levels {
		o.count[l.id] = cyclic(kinds, l)
	}
}

// cyclic counts the groups of a level. A step of real time counts when it lies on a
// way back to where it began.
func cyclic(kinds [][]dep, l level) int {
	n := len(kinds)
	reach := make([][]bool, n)
	for i := range reach {
		reach[i] = make([]bool, n)
		for j := range reach[i] {
			reach[i][j] = kinds[i][j]&l.mask != 0
		}
	}
	for k := range n {
		for i := range n {
			for j := range n {
				reach[i][j] = reach[i][j] || reach[i][k] && reach[k][j]
			}
		}
	}
	groups := 0
	for i := range n {
		if !reach[i][i] || slices.ContainsFunc(indexes(i), func(j int) bool { return reach[i][j] && reach[j][i] }) {
			continue // not in a group, or not its first
		}
		have := dep(0)
		for a := range n {
			for b := range n {
				if in := (a == i || reach[i][a] && reach[a][i]) && reach[i][b] && reach[b][i]; in {
					have |= kinds[a][b] & l.mask
				}
			}
		}
		if have&l.must == l.must {
			groups++
		}
	}
	return groups
}

func indexes(n int) (out []int) {
	for i := range n {
		out = append(out, i)
	}
	return out
}
