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
	ints    []intNames // by key
	slots   int        // in all their lists
	others  int        // values of all keys that are whole numbers and in no list
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

// nothing returns the number of the value nil of a key.
func (n *names) nothing(key anomalies.Key) anomalies.Value {
	const text = "nil"
	v, ok := n.texts[textName{key, text}]
	if !ok {
		v = n.h.AddValue(key, text)
		n.texts[textName{key, text}] = v
	}
	return v
}

// find returns the number of a value that is known.
func (n *names) find(f *edn.Form, key anomalies.Key, id edn.NodeID) (v anomalies.Value, ok bool) {
	if node := f.Node(id); node.Kind == edn.Int {
		if int(key) >= len(n.ints) {
			return 0, false
		}
		return n.ints[key].find(node.Int)
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
			n.ints = append(n.ints, intNames{})
		}
		of := &n.ints[key]
		n.slots -= cap(of.list)
		if !of.add(node.Int, v) {
			n.others++
		}
		n.slots += cap(of.list)
		return v
	}
	text := string(n.buf)
	v := n.h.AddValue(key, text)
	n.texts[textName{key, text}] = v
	return v
}

// intNames are the values of one key that are whole numbers. Those that tests count up
// lie in a list, which may be a few times as long as it has values; the rest in a map.
type intNames struct {
	list  []anomalies.Value // by number the value and 1 more, 0 where there is none
	count int
	rest  map[int64]anomalies.Value
}

// maxGap is how many numbers of the list may be missing besides three of four.
const maxGap = 1024

func (n *intNames) find(i int64) (v anomalies.Value, ok bool) {
	if i >= 0 && i < int64(len(n.list)) && n.list[i] != 0 {
		return n.list[i] - 1, true
	}
	v, ok = n.rest[i]
	return v, ok
}

// add says whether the value lies in the list.
func (n *intNames) add(i int64, v anomalies.Value) bool {
	if i < 0 || i >= int64(4*n.count+maxGap) {
		if n.rest == nil {
			n.rest = make(map[int64]anomalies.Value)
		}
		n.rest[i] = v
		return false
	}
	for int64(len(n.list)) <= i {
		n.list = append(n.list, 0)
	}
	n.list[i] = v + 1
	n.count++
	return true
}
