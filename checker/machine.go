package checker

import (
	"fmt"
	"slices"
	"strings"
)

// Machine declares what the effects of one key should be: the transitions of a
// state machine. What the transition is that a message asks for is its event: the
// part of the message's name after the last slash ("paid" of "order-7/paid"), or
// what Events says.
//
//	&checker.Machine{
//		Initial: "new",
//		Transitions: []checker.Transition{
//			{From: "new", Event: "placed", To: "placed"},
//			{From: "placed", Event: "paid", To: "paid"},
//		},
//	}
type Machine struct {
	// States are all states. Nil takes those of the transitions.
	States []string `yaml:"states,omitempty"`
	// Initial is the state before the first effect.
	Initial string `yaml:"initial"`
	// Transitions say what may take effect in which state.
	Transitions []Transition `yaml:"transitions"`
	// Events gives messages by name another event.
	Events map[string]string `yaml:"events,omitempty"`
}

// Transition is a step of a [Machine].
type Transition struct {
	From  string `yaml:"from"`
	Event string `yaml:"event"`
	To    string `yaml:"to"`
}

// Validate reports what is wrong with a declaration: a state without a name, or that
// is none of States, or two outcomes of one event in one state.
func (m *Machine) Validate() error {
	_, err := m.compile()
	return err
}

// machine is a Machine in numbers.
type machine struct {
	declared *Machine
	states   []string
	initial  int32
	events   map[string]int32
	next     []int32 // by state and event, or none
}

// compile checks a declaration.
func (m *Machine) compile() (*machine, error) {
	out := &machine{declared: m, states: slices.Clone(m.States), events: map[string]int32{}}
	state := func(name string) (int32, error) {
		i := slices.Index(out.states, name)
		switch {
		case i >= 0:
		case name == "":
			return none, fmt.Errorf("the state machine has a state without a name")
		case m.States != nil:
			return none, fmt.Errorf("the state machine has no state %q; its states are %s", name, strings.Join(m.States, ", "))
		default:
			out.states = append(out.states, name)
			i = len(out.states) - 1
		}
		return int32(i), nil
	}
	var err error
	if out.initial, err = state(m.Initial); err != nil {
		return nil, err
	}
	type step struct{ from, event, to int32 }
	var steps []step
	for _, t := range m.Transitions {
		from, err := state(t.From)
		if err != nil {
			return nil, err
		}
		to, err := state(t.To)
		if err != nil {
			return nil, err
		}
		event, ok := out.events[t.Event]
		if !ok {
			event = int32(len(out.events))
			out.events[t.Event] = event
		}
		steps = append(steps, step{from, event, to})
	}
	out.next = resize(out.next, len(out.states)*len(out.events), none)
	for i, s := range steps {
		at := &out.next[int(s.from)*len(out.events)+int(s.event)]
		if *at != none && *at != s.to {
			return nil, fmt.Errorf("the state machine goes from %q on %q to %q and to %q; one event has one outcome",
				m.Transitions[i].From, m.Transitions[i].Event, out.states[*at], m.Transitions[i].To)
		}
		*at = s.to
	}
	return out, nil
}

// event returns the number of a message's event, or none where no transition has
// it.
func (m *machine) event(message string) int32 {
	name, ok := m.declared.Events[message]
	if !ok {
		name = message[strings.LastIndexByte(message, '/')+1:]
	}
	if e, ok := m.events[name]; ok {
		return e
	}
	return none
}

// step returns the state after an event, or none where it is not allowed.
func (m *machine) step(state, event int32) int32 {
	if event == none {
		return none
	}
	return m.next[int(state)*len(m.events)+int(event)]
}
