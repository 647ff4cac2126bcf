package anomalies

import (
	"cmp"
	"slices"
	"sort"
)

// Lag is how far a process stood behind a key when it polled.
type Lag struct {
	Key     Key
	Process int32
	// Time is when the poll began, and Lag how long it had been known by then, in
	// nanoseconds, that the log went on behind what the process has seen of it.
	Time, Lag int64
}

// Furthest returns the highest offset of each key that an operation shows: one that
// succeeded, or may have.
func (h *History) Furthest(op *Op) map[Key]int64 {
	out := make(map[Key]int64)
	if op.Type == OK || op.Type == Info {
		h.furthest(op, out)
	}
	return out
}

func (h *History) furthest(op *Op, into map[Key]int64) {
	for _, places := range [][]Place{h.SendsOf(op), h.ReadsOf(op)} {
		for _, p := range places {
			k := h.keyOf[p.Value]
			if at, ok := into[k]; p.Offset != NoOffset && (!ok || p.Offset > at) {
				into[k] = p.Offset
			}
		}
	}
}

// reached says from when on an offset of a log was known to exist.
type reached struct{ offset, time int64 }

// RealtimeLag measures, for every successful poll and every key that its process
// reads, a lower bound of the lag. What a process was handed, sent or was assigned
// counts as read; subscribing forgets all, because the keys may be another's.
func RealtimeLag(h *History) []Lag {
	order := make([]int, 0, len(h.Ops))
	for i := range h.Ops {
		if h.Ops[i].Type != Pending {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(x, y int) int { return cmp.Compare(h.Ops[x].Completed, h.Ops[y].Completed) })
	known := make([][]reached, len(h.Keys))
	for _, i := range order {
		for k, offset := range h.Furthest(&h.Ops[i]) {
			if r := known[k]; len(r) == 0 || r[len(r)-1].offset < offset {
				known[k] = append(r, reached{offset, h.Ops[i].End})
			}
		}
	}
	var out []Lag
	seen := make([]map[Key]int64, len(h.Processes))
	for _, i := range order {
		op := &h.Ops[i]
		if op.Type != OK {
			continue
		}
		at := &seen[op.Process]
		switch op.F {
		case Assign:
			old := *at
			*at = make(map[Key]int64)
			for _, k := range h.ListedOf(op) {
				(*at)[k] = NoOffset
				if offset, ok := old[k]; ok {
					(*at)[k] = offset
				}
			}
		case Subscribe:
			*at = nil
		case Poll, Txn:
			if *at == nil {
				*at = make(map[Key]int64)
			}
			h.furthest(op, *at)
			out = h.lags(out, op, *at, known)
		}
	}
	return out
}

// lags appends the lag of each key that a process reads, in order of the keys.
func (h *History) lags(out []Lag, op *Op, at map[Key]int64, known [][]reached) []Lag {
	from := len(out)
	for k, offset := range at {
		l := Lag{Key: k, Process: op.Process, Time: op.Begin}
		r := known[k]
		if j := sort.Search(len(r), func(j int) bool { return r[j].offset > offset }); j < len(r) {
			l.Lag = max(0, op.Begin-r[j].time)
		}
		out = append(out, l)
	}
	slices.SortFunc(out[from:], func(x, y Lag) int { return cmp.Compare(x.Key, y.Key) })
	return out
}
