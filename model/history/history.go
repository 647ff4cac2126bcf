package history

import "slices"

// History is a list of operations in the order in which they were recorded,
// which for a simulated run is the order of their End as far as they have one.
// The zero value is empty and ready to use. It is used by one goroutine.
type History struct {
	chunks   []*chunk
	spare    []*chunk
	rows     int
	kinds    [kindMask + 1]int
	messages []MessageInfo
	ids      []string // by message, "" for producer#index; shorter than messages where no name follows
	wide     map[overflow]int64

	keys      table
	processes table
	places    table
	symbols   table
}

// Len returns the number of operations.
func (h *History) Len() int { return h.rows }

// Count returns the number of operations of a kind.
func (h *History) Count(k Kind) int { return h.kinds[k&kindMask] }

// Messages returns the number of messages.
func (h *History) Messages() int { return len(h.messages) }

// Message returns what is known of message m.
func (h *History) Message(m Message) MessageInfo { return h.messages[m] }

// KeyOf returns the key of message m, or [NoKey].
func (h *History) KeyOf(m Message) Key { return h.messages[m].Key }

// Reserve takes the memory for n messages at once, so that it need not grow.
func (h *History) Reserve(n int) {
	if more := n - len(h.messages); more > 0 {
		h.messages = slices.Grow(h.messages, more)
	}
}

// AddMessage declares a message and returns its dense number, counted from 0.
func (h *History) AddMessage(info MessageInfo) Message {
	h.messages = append(h.messages, info)
	return Message(len(h.messages) - 1)
}

// AddNamedMessage declares a message that has a name of its own instead of a
// producer and an index, as those of foreign systems do.
func (h *History) AddNamedMessage(name string, key Key) Message {
	m := h.AddMessage(MessageInfo{Key: key, Producer: NoProcess})
	for len(h.ids) < int(m) {
		h.ids = append(h.ids, "")
	}
	h.ids = append(h.ids, name)
	return m
}

// Reset empties the history and keeps its memory.
func (h *History) Reset() {
	h.spare = append(h.spare, h.chunks...)
	h.chunks = h.chunks[:0]
	h.rows = 0
	h.kinds = [kindMask + 1]int{}
	h.messages = h.messages[:0]
	h.ids = h.ids[:0]
	clear(h.wide)
	h.keys.reset()
	h.processes.reset()
	h.places.reset()
	h.symbols.reset()
}

// Bytes returns the memory that the operations and messages recorded so far
// take, in bytes, without the names.
func (h *History) Bytes() int64 {
	const message = 12
	return int64(h.rows)*rowBytes + int64(len(h.messages))*message
}
