package history

import (
	"fmt"
	"strconv"
)

// The most names of each table. Keys are many; processes, places and symbols are
// small sets by design.
const (
	maxKeys      = uint32(NoKey) - 1
	maxProcesses = uint32(NoProcess) - 1
	maxPlaces    = uint32(NoPlace) - 1
	maxSymbols   = 1<<16 - 3
)

// AddKey returns the number of a key's name, which is new if the name was not
// seen before. Like the other Add functions it panics when the table is full.
func (h *History) AddKey(name string) Key { return Key(h.keys.add(name, maxKeys)) }

// AddProcess returns the number of a client, broker or consumer.
func (h *History) AddProcess(name string) Process {
	return Process(h.processes.add(name, maxProcesses))
}

// AddPlace returns the number of a partition, queue or log.
func (h *History) AddPlace(name string) Place { return Place(h.places.add(name, maxPlaces)) }

// AddSymbol returns the number of any other word: an error, a reason, a sink.
// The empty word is always [NoSymbol].
func (h *History) AddSymbol(name string) Symbol {
	if name == "" {
		return NoSymbol
	}
	return Symbol(h.symbols.add(name, maxSymbols) + 1)
}

// KeyName returns the key's name, "" for [NoKey].
func (h *History) KeyName(k Key) string { return h.keys.name(uint32(k), k == NoKey) }

// ProcessName returns the process's name, "" for [NoProcess].
func (h *History) ProcessName(p Process) string { return h.processes.name(uint32(p), p == NoProcess) }

// PlaceName returns the place's name, "" for [NoPlace].
func (h *History) PlaceName(p Place) string { return h.places.name(uint32(p), p == NoPlace) }

// SymbolName returns the word, "" for [NoSymbol].
func (h *History) SymbolName(s Symbol) string { return h.symbols.name(uint32(s)-1, s == NoSymbol) }

// MessageName returns the message's identity as it is written: the name that it
// was declared with, or producer#index.
func (h *History) MessageName(m Message) string {
	if int(m) < len(h.ids) && h.ids[m] != "" {
		return h.ids[m]
	}
	info := &h.messages[m]
	return h.ProcessName(info.Producer) + "#" + strconv.FormatUint(uint64(info.Index), 10)
}

// Keys returns the number of keys.
func (h *History) Keys() int { return len(h.keys.names) }

// Processes returns the number of processes.
func (h *History) Processes() int { return len(h.processes.names) }

// Places returns the number of places.
func (h *History) Places() int { return len(h.places.names) }

// Symbols returns the number of symbols, the empty word not counted.
func (h *History) Symbols() int { return len(h.symbols.names) }

// table interns names to dense numbers in the order of first use.
type table struct {
	names []string
	index map[string]uint32
}

func (t *table) add(name string, limit uint32) uint32 {
	if i, ok := t.index[name]; ok {
		return i
	}
	i := uint32(len(t.names))
	if i >= limit {
		panic(fmt.Sprintf("history: more than %d names in one table", limit))
	}
	if t.index == nil {
		t.index = make(map[string]uint32)
	}
	t.index[name] = i
	t.names = append(t.names, name)
	return i
}

func (t *table) name(i uint32, absent bool) string {
	if absent {
		return ""
	}
	return t.names[i]
}

func (t *table) reset() {
	t.names = t.names[:0]
	clear(t.index)
}
