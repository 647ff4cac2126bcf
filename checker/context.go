package checker

import (
	"cmp"
	"slices"

	"orderlab/model/history"
)

// Context returns the rows of everything that is recorded about the messages of
// a verdict's witness, with the witness's own rows, in order of time: what a
// diagram of it shows.
func Context(h *history.History, v *Verdict) []int {
	if v.Witness == nil {
		return nil
	}
	rows := slices.Clone(v.Witness.Rows)
	for i := range h.Len() {
		if h.Kind(i) == history.KindPoll {
			continue
		}
		if m := h.Op(i).Message; m != history.NoMessage && slices.Contains(v.Witness.Messages, m) {
			rows = append(rows, i)
		}
	}
	at := func(i int) int64 {
		op := h.Op(i)
		if op.Kind == history.KindApply || op.Kind == history.KindAck {
			return op.End
		}
		return op.Begin
	}
	slices.SortFunc(rows, func(a, b int) int { return cmp.Or(cmp.Compare(at(a), at(b)), cmp.Compare(a, b)) })
	return slices.Compact(rows)
}
