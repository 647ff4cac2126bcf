package checker

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"orderlab/checker/internal/linear"
	"orderlab/model/history"

	"github.com/anishathalye/porcupine"
)

// picture is what porcupine draws.
type picture struct {
	h       *history.History
	ops     []searchOp
	witness *Witness
	machine *machine // or nil
}

// write asks porcupine about the operations, and writes its page.
func (p *picture) write(w io.Writer, model porcupine.Model, budget Budget) error {
	limited, _ := limit(model, budget, len(p.ops))
	_, info := porcupine.CheckOperationsVerbose(limited, p.operations(), 0)
	info.AddAnnotations(p.annotations())
	model.DescribeOperation = func(input, _ any) string { return p.describe(input.(*searchOp)) }
	model.DescribeState = p.state
	model.DescribeOperationMetadata = func(row any) string { return p.metadata(row.(int32)) }
	var page bytes.Buffer
	if err := porcupine.Visualize(model, info, &page); err != nil {
		return err
	}
	text, err := settled(page.Bytes())
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

// operations gives every operation a line on which it overlaps no other.
func (p *picture) operations() []porcupine.Operation {
	list := operationsOf(p.ops)
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(list[a].Call, list[b].Call) })
	var until []int64 // by line
	for _, i := range order {
		line := slices.IndexFunc(until, func(end int64) bool { return end < list[i].Call })
		if line < 0 {
			line = len(until)
			until = append(until, 0)
		}
		until[line] = list[i].Return
		list[i].ClientId, list[i].Metadata = line, p.ops[i].row
	}
	return list
}

// annotations mark the operations of the witness, and say what is wrong.
func (p *picture) annotations() (out []porcupine.Annotation) {
	for _, row := range p.witness.Rows {
		i := slices.IndexFunc(p.ops, func(o searchOp) bool { return int(o.row) == row })
		if i < 0 {
			continue // a send that says when the operation began, a poll that says when a delivery did
		}
		o := &p.ops[i]
		out = append(out, porcupine.Annotation{Tag: fmt.Sprintf("witness %d", len(out)+1), Start: o.begin, End: o.end,
			Description: p.describe(o), Details: p.witness.Text, BackgroundColor: "#f8c9a0"})
	}
	return out
}

func (p *picture) describe(o *searchOp) string {
	name := ""
	if o.message != history.NoMessage {
		name = p.h.MessageName(o.message)
	}
	switch o.do {
	case doWrite:
		return "apply " + name
	case doCAS:
		return fmt.Sprintf("cas %s to %s", p.h.MessageName(o.from), name)
	case doRead:
		if name == "" {
			return "read: nothing yet"
		}
		return "read: " + name
	case doEnqueue:
		return "send " + name
	case doDequeue:
		return "deliver " + name
	case doEmpty:
		return "poll: empty"
	case doAppend:
		return fmt.Sprintf("append %s at %d", name, o.position)
	case doReadEnd:
		return fmt.Sprintf("read: ends at %d", o.position)
	}
	return "no answer"
}

func (p *picture) state(state any) string {
	switch s := state.(type) {
	case int64:
		return fmt.Sprintf("length %d", s)
	case stateOf:
		if p.machine != nil {
			return p.machine.states[s.state]
		}
		if s.last == history.NoMessage {
			return "nothing yet"
		}
		return p.h.MessageName(s.last)
	case string:
		var names []string
		for i := 0; i < len(s); i += queueValue {
			names = append(names, p.h.MessageName(queueMessage(s[i:])))
		}
		return "[" + strings.Join(names, " ") + "]"
	}
	return ""
}

func (p *picture) metadata(row int32) string {
	op := p.h.Op(int(row))
	return fmt.Sprintf("%s by %s, %s", op.Kind, p.h.ProcessName(op.Process), op.Outcome)
}

// pageData is what porcupine's page draws.
type pageData struct {
	Partitions  []pagePartition
	Annotations json.RawMessage
}

type pagePartition struct {
	History               []pageOperation
	PartialLinearizations [][]pageStep
	Largest               map[int]int
}

type pageOperation struct {
	ClientId      int
	Start         int
	OriginalStart string
	End           int
	OriginalEnd   string
	Description   string
	Metadata      string
}

type pageStep struct {
	Index            int
	StateDescription string
}

// settled returns a page of porcupine's that is the same each time, which orders
// its linearizations of equal length at random, and writes times in seconds.
func settled(page []byte) ([]byte, error) {
	const begin, end = "const data = ", "\n"
	from := bytes.Index(page, []byte(begin)) + len(begin)
	to := bytes.Index(page[max(0, from):], []byte(end))
	if from < len(begin) || to < 0 {
		return nil, fmt.Errorf("porcupine's page has no data")
	}
	to += from
	var data pageData
	if err := json.Unmarshal(page[from:to], &data); err != nil {
		return nil, fmt.Errorf("porcupine's page has other data than expected: %w", err)
	}
	for i := range data.Partitions {
		data.Partitions[i].settle()
	}
	text, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	return slices.Concat(page[:from], text, page[to:]), nil
}

func (p *pagePartition) settle() {
	slices.SortFunc(p.PartialLinearizations, func(a, b []pageStep) int {
		return cmp.Or(cmp.Compare(len(b), len(a)),
			slices.CompareFunc(a, b, func(a, b pageStep) int { return cmp.Compare(a.Index, b.Index) }))
	})
	p.Largest = make(map[int]int)
	for i, steps := range p.PartialLinearizations {
		for _, s := range steps {
			if _, ok := p.Largest[s.Index]; !ok {
				p.Largest[s.Index] = i
			}
		}
	}
	for i := range p.History {
		o := &p.History[i]
		o.OriginalStart, o.OriginalEnd = pageTime(o.OriginalStart), pageTime(o.OriginalEnd)
	}
}

func pageTime(ns string) string {
	var at int64
	if _, err := fmt.Sscan(ns, &at); err != nil {
		return ns
	}
	switch at {
	case linear.Never:
		return "no answer"
	case math.MinInt64:
		return "not known"
	}
	return seconds(at)
}
