package checker

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"orderlab/model/history"
)

// witness makes a witness of rows, in order of time.
func (x *index) witness(messages []history.Message, rows ...int32) *Witness {
	w := &Witness{Messages: messages}
	for _, row := range rows {
		w.Rows = append(w.Rows, int(row))
	}
	slices.SortFunc(w.Rows, func(a, b int) int { return byMoment(x.h, a, b) })
	w.Rows = slices.Compact(w.Rows)
	return w
}

// byMoment compares rows by the moment that counts: the end where there is one,
// but for a fault, which strikes at its begin.
func byMoment(h *history.History, a, b int) int {
	return cmp.Or(cmp.Compare(moment(h, a), moment(h, b)), cmp.Compare(a, b))
}

func moment(h *history.History, row int) int64 {
	if end := h.EndAt(row); end != history.Pending && h.Kind(row) != history.KindFault {
		return end
	}
	return h.BeginAt(row)
}

// overtook says in words what an inversion is. Before says, with two places for
// names, why the older message should be first.
func (x *index) overtook(older, newer history.Message, before string) string {
	return fmt.Sprintf(before+", both of key %s, and took effect after it",
		x.h.MessageName(older), x.h.MessageName(newer), x.h.KeyName(x.h.KeyOf(older)))
}

// withKey returns a message's name and key.
func (x *index) withKey(m history.Message) string {
	if key := x.h.KeyOf(m); key != history.NoKey {
		return fmt.Sprintf("%s of key %s", x.h.MessageName(m), x.h.KeyName(key))
	}
	return x.h.MessageName(m)
}

// seconds writes nanoseconds as seconds, with up to nine digits behind the point.
func seconds(ns int64) string {
	sign, u := "", uint64(ns)
	if ns < 0 {
		sign, u = "-", -u
	}
	text := fmt.Sprintf("%s%d.%09d", sign, u/1e9, u%1e9)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".") + " s"
}

// plural writes a number of things.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// sendsInOrder returns the rows with which one session sent a before b.
func (x *index) sendsInOrder(a, b history.Message) (rowA, rowB int32) {
	type session struct {
		process history.Process
		number  uint16
	}
	first := make(map[session]int32) // of a
	seen := make(map[session]bool)   // of b
	for _, row := range x.sends {
		i := int(row)
		s := session{x.h.ProcessAt(i), x.h.SessionAt(i)}
		switch x.h.MessageAt(i) {
		case a:
			if _, ok := first[s]; !ok {
				first[s] = row
			}
		case b:
			if rowA, ok := first[s]; ok && !seen[s] {
				return rowA, row
			}
			seen[s] = true
		}
	}
	panic("checker: no session sent the two messages in this order")
}

// Context returns the rows of everything that is recorded about the messages of
// a verdict's witness, with the witness's own rows, in order of time: what a
// diagram of it shows.
func Context(h *history.History, v *Verdict) []int {
	if v.Witness == nil {
		return nil
	}
	rows := slices.Clone(v.Witness.Rows)
	for i := range h.Len() {
		if k := h.Kind(i); k >= history.KindSend && k <= history.KindDispose && v.Witness.about(h.MessageAt(i)) {
			rows = append(rows, i)
		}
	}
	slices.SortFunc(rows, func(a, b int) int { return byMoment(h, a, b) })
	return slices.Compact(rows)
}

func (w *Witness) about(m history.Message) bool { return slices.Contains(w.Messages, m) }
