package jepsen

import (
	"strconv"

	"orderlab/checker/anomalies"
	"orderlab/checker/internal/edn"
)

// names gives out the numbers of keys and values. Whole numbers, which most are, are
// looked up as such; for the rest the text decides, in which a list equals a vector.
type names struct {
	h       *anomalies.History
	intKeys map[int64]anomalies.Key
	keys    map[string]anomalies.Key
	ints    []map[int64]anomalies.Value // by key
	texts   map[textName]anomalies.Value
	buf     []byte
}

type textName struct {
	key  anomalies.Key
	text string
}

func (n *names) init(h *anomalies.History) {
	*n = names{h: h, intKeys: make(map[int64]anomalies.Key), keys: make(map[string]anomalies.Key),
		texts: make(map[textName]anomalies.Value)}
}

// only returns the key of a history that is about one queue or set.
func (n *names) only() anomalies.Key {
	if len(n.h.Keys) == 0 {
		n.h.AddKey("")
	}
	return 0
}

// key returns the number of a key.
func (n *names) key(f *edn.Form, id edn.NodeID) anomalies.Key {
	node := f.Node(id)
	if node.Kind == edn.Int {
		k, ok := n.intKeys[node.Int]
		if !ok {
			k = n.h.AddKey(strconv.FormatInt(node.Int, 10))
			n.intKeys[node.Int] = k
		}
		return k
	}
	n.buf = f.Append(n.buf[:0], id)
	k, ok := n.keys[string(n.buf)]
	if !ok {
		k = n.h.AddKey(string(n.buf))
		n.keys[string(n.buf)] = k
	}
	return k
}

// find returns the number of a value that is known.
func (n *names) find(f *edn.Form, key anomalies.Key, id edn.NodeID) (v anomalies.Value, ok bool) {
	if node := f.Node(id); node.Kind == edn.Int {
		if int(key) < len(n.ints) {
			v, ok = n.ints[key][node.Int]
		}
		return v, ok
	}
	n.buf = f.Append(n.buf[:0], id)
	v, ok = n.texts[textName{key, string(n.buf)}]
	return v, ok
}

// value returns the number of a value of a key.
func (n *names) value(f *edn.Form, key anomalies.Key, id edn.NodeID) anomalies.Value {
	if v, ok := n.find(f, key, id); ok {
		return v
	}
	node := f.Node(id)
	if node.Kind == edn.Int {
		v := n.h.AddValue(key, strconv.FormatInt(node.Int, 10))
		for len(n.ints) <= int(key) {
			n.ints = append(n.ints, make(map[int64]anomalies.Value))
		}
		n.ints[key][node.Int] = v
		return v
	}
	text := string(n.buf)
	v := n.h.AddValue(key, text)
	n.texts[textName{key, text}] = v
	return v
}
