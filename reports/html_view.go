package reports

import (
	"fmt"
	"slices"
	"strings"

	"orderlab/model/history"
	"orderlab/scenarios/result"
)

// pageView is what a diagram draws: lanes, and operations between them. Times are
// microseconds of virtual time.
type pageView struct {
	Lanes    []pageLane  `json:"lanes"`
	Messages [][2]string `json:"messages"` // id and key
	Ops      []pageOp    `json:"ops"`
	Faults   []pageFault `json:"faults"`
	// Mark is the operation at which order was lost, or -1.
	Mark int `json:"mark"`
	// Focus is the number of first messages that the view is about.
	Focus int `json:"focus"`
}

// pageLane is a participant; roles are those of [Mermaid].
type pageLane struct {
	Name string `json:"n"`
	Role int    `json:"r"`
}

// pageOp is an operation: kind, message or -1, lane it goes from, lane it counts
// at, begin, end, what is said about it.
type pageOp [7]any

type pageFault struct {
	Begin int64  `json:"b"`
	End   int64  `json:"e"`
	Text  string `json:"t"`
	Cause bool   `json:"c"`
}

// viewMaker gathers a view.
type viewMaker struct {
	view  pageView
	lanes map[pageLane]int
	index map[string]int
}

func newViewMaker() *viewMaker {
	return &viewMaker{lanes: map[pageLane]int{}, index: map[string]int{},
		view: pageView{Mark: -1, Lanes: []pageLane{}, Messages: [][2]string{}, Ops: []pageOp{}, Faults: []pageFault{}}}
}

func (m *viewMaker) lane(role int, name string) int {
	if name = clean(name); strings.TrimSpace(name) == "" {
		name = "?"
	}
	l := pageLane{name, role}
	i, ok := m.lanes[l]
	if !ok {
		i = len(m.view.Lanes)
		m.lanes[l] = i
		m.view.Lanes = append(m.view.Lanes, l)
	}
	return i
}

func (m *viewMaker) message(id, key string) int {
	if id == "" {
		return -1
	}
	i, ok := m.index[id]
	if !ok {
		i = len(m.view.Messages)
		m.index[id] = i
		m.view.Messages = append(m.view.Messages, [2]string{clean(id), clean(key)})
	}
	return i
}

// add adds an operation. A fault becomes a band over all lanes.
func (m *viewMaker) add(op *result.Operation) {
	begin, end := op.Begin/1000, moment(op)/1000
	kind, _ := history.ParseKind(op.Kind)
	if kind == history.KindFault {
		m.fault(begin, end, op.Detail)
		return
	}
	from, at := m.ends(kind, op)
	m.view.Ops = append(m.view.Ops,
		pageOp{op.Kind, m.message(op.Message, op.Key), from, at, begin, end, step(op, true).text})
}

func (m *viewMaker) fault(begin, end int64, text string) {
	m.view.Faults = append(m.view.Faults, pageFault{Begin: begin, End: max(begin, end), Text: clean(text)})
}

// ends returns the lanes of an operation: where it comes from and where it counts.
func (m *viewMaker) ends(kind history.Kind, op *result.Operation) (from, at int) {
	producer, _, named := strings.Cut(op.Message, "#")
	switch {
	case kind == history.KindSend || kind == history.KindAck && op.Place == "":
		at = m.lane(roleProducer, op.Process)
		return at, at
	case kind == history.KindStore && op.Place != "":
		at = m.lane(rolePlace, op.Place)
		if !named {
			return at, at
		}
		return m.lane(roleProducer, producer), at
	case kind == history.KindAck:
		return m.lane(rolePlace, op.Place), m.lane(roleProducer, op.Process)
	case kind == history.KindDeliver && op.Place != "":
		return m.lane(rolePlace, op.Place), m.lane(roleConsumer, op.Process)
	case kind == history.KindApply:
		sink := op.Detail
		if sink == "" {
			sink = "sink"
		}
		return m.lane(roleConsumer, op.Process), m.lane(roleSink, sink)
	case kind == history.KindRebalance, kind == history.KindDispose, kind == history.KindDeliver,
		kind == history.KindPoll, kind == history.KindCommit:
		at = m.lane(roleConsumer, op.Process)
		return at, at
	}
	for _, role := range []int{roleProducer, roleConsumer} {
		if i, ok := m.lanes[pageLane{clean(op.Process), role}]; ok {
			return i, i
		}
	}
	at = m.lane(roleOther, op.Process)
	return at, at
}

// done puts the lanes in the order in which a message passes them.
func (m *viewMaker) done() *pageView {
	order := make([]int, len(m.view.Lanes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := m.view.Lanes[a], m.view.Lanes[b]
		if x.Role != y.Role {
			return x.Role - y.Role
		}
		return strings.Compare(x.Name, y.Name)
	})
	lanes, to := make([]pageLane, len(order)), make([]int, len(order))
	for i, old := range order {
		lanes[i], to[old] = m.view.Lanes[old], i
	}
	m.view.Lanes = lanes
	for i := range m.view.Ops {
		op := &m.view.Ops[i]
		op[2], op[3] = to[op[2].(int)], to[op[3].(int)]
	}
	return &m.view
}

// faultsAround returns the faults that lasted while the operations of a witness did.
func faultsAround(h *history.History, w *result.Witness) (out []pageFault) {
	if h == nil || len(w.Operations) == 0 {
		return nil
	}
	m := newViewMaker()
	first, last := w.Operations[0].Begin/1000, moment(&w.Operations[0])/1000
	for i := range w.Operations {
		first, last = min(first, w.Operations[i].Begin/1000), max(last, moment(&w.Operations[i])/1000)
	}
	for row := range h.Len() {
		if h.Kind(row) == history.KindFault {
			op := result.NewOperation(h, h.Op(row))
			m.add(&op)
		}
	}
	for _, f := range m.view.Faults {
		if f.Begin <= last && f.End >= first && len(out) < witnessFaults {
			out = append(out, f)
		}
	}
	return out
}

// witnessFaults is how many faults the view of a witness has at most, besides those
// that are at fault.
const witnessFaults = 12

// witnessView is the view of the operations of a witness, with other faults that lasted
// then.
func witnessView(g *result.Guarantee, ops []result.Operation, faults []pageFault) *pageView {
	w, m := g.Witness, newViewMaker()
	for _, msg := range w.Messages {
		m.message(msg.ID, msg.Key)
	}
	m.view.Focus = len(w.Messages)
	if mark := lostAt(w, g.LostAt); mark >= 0 {
		m.view.Mark = mark
		for i := range w.Operations[:mark] {
			if w.Operations[i].Kind == history.KindFault.String() {
				m.view.Mark--
			}
		}
	}
	for i := range ops {
		m.add(&ops[i])
	}
	if w.Cause != nil {
		for i := range w.Cause.Faults {
			f := &w.Cause.Faults[i]
			at := struckAt(f) / 1000
			end := at
			faults = slices.DeleteFunc(faults, func(o pageFault) bool {
				same := o.Begin-at <= 1 && at-o.Begin <= 1
				if same {
					end = o.End
				}
				return same
			})
			m.view.Faults = append(m.view.Faults, pageFault{at, end, clean(f.Fault), true})
		}
	}
	for _, f := range faults {
		if !slices.ContainsFunc(m.view.Faults, func(o pageFault) bool { return o.Begin == f.Begin && o.Text == f.Text }) {
			m.view.Faults = append(m.view.Faults, f)
		}
	}
	return m.done()
}

// runRows is how many operations a message of the run has on average, at most, times 2.
const runRows = 9

// run adds the view of the run to look at first: the witness's keys, and of the
// other messages evenly spread ones.
func (p *page) run(h *history.History) {
	keys := map[string]bool{}
	r := p.Set.ShownResult()
	for i := range r.Guarantees {
		if w := r.Guarantees[i].Witness; w != nil && w.Seed == p.Set.Shown.Seed {
			for _, m := range w.Messages {
				keys[m.Key] = true
			}
		}
	}
	picked := make([]bool, h.Messages())
	chosen := 0
	for m := range picked {
		if chosen < p.limits.messages/2 && keys[h.KeyName(h.KeyOf(history.Message(m)))] {
			picked[m] = true
			chosen++
		}
	}
	room := p.limits.messages - chosen
	for i := range min(room, len(picked)) {
		m := i
		if len(picked) > room {
			m = i * len(picked) / room
		}
		if !picked[m] {
			picked[m] = true
			chosen++
		}
	}
	m, cut := newViewMaker(), false
	m.focus(r, p.Set.Shown)
	events := 0
	for row := range h.Len() {
		msg := h.MessageAt(row)
		if msg == history.NoMessage && !runEvent(h.Kind(row)) || msg != history.NoMessage && !picked[msg] {
			continue
		}
		if msg == history.NoMessage {
			events++
		}
		if events > p.limits.events && msg == history.NoMessage || len(m.view.Ops) >= p.limits.messages*runRows/2 {
			cut = true
			continue
		}
		op := result.NewOperation(h, h.Op(row))
		m.add(&op)
	}
	p.Views = append(p.Views, m.done())
	p.RunView = len(p.Views)
	p.RunTitle = fmt.Sprintf("%s, seed %d", caseText(r), p.Set.Shown.Seed)
	if left := len(picked) - chosen; left > 0 {
		p.LeftOut = append(p.LeftOut, fmt.Sprintf(
			"%s of %s of the run; shown are the messages of the witness's keys and others, evenly spread. All are in history.jsonl",
			thousands(left), plural(len(picked), "message")))
	}
	if cut {
		p.LeftOut = append(p.LeftOut, "operations late in the run; all are in history.jsonl")
	}
}

// focus puts the messages of the witness first, which are drawn in colour.
func (m *viewMaker) focus(r *result.Result, run *result.ShownRun) {
	if g := guarantee(r, run.Guarantee); g != nil && g.Witness != nil && g.Witness.Seed == run.Seed {
		for _, msg := range g.Witness.Messages {
			m.message(msg.ID, msg.Key)
		}
		m.view.Focus = len(g.Witness.Messages)
	}
}

// runEvent says that an operation without a message is worth a mark.
func runEvent(k history.Kind) bool {
	return k == history.KindFault || k == history.KindRebalance || k == history.KindCrash
}
