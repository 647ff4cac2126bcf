package anomalies

// LogOrder is what a history tells of one log.
type LogOrder struct {
	Key Key
	// Offsets are those that are known to be taken, in order, and Values what was
	// seen at each. The index of an offset here is its dense index: what a log
	// holds besides messages leaves no hole.
	Offsets []int64
	Values  [][]Value
}

// Logs infers the logs of a history, in order of their keys. Entries come from sends
// of operations that took effect and from polls of all.
func Logs(h *History) []LogOrder {
	a := newAnalysis(h, Options{})
	a.log()
	var out []LogOrder
	for g := range len(a.groups) - 1 {
		entries := a.entries[a.groups[g]:a.groups[g+1]]
		if n := len(out); n == 0 || out[n-1].Key != entries[0].key {
			out = append(out, LogOrder{Key: entries[0].key})
		}
		o := &out[len(out)-1]
		o.Offsets = append(o.Offsets, entries[0].offset)
		var values []Value
		for _, e := range entries {
			values = append(values, e.value)
		}
		o.Values = append(o.Values, values)
	}
	return out
}
