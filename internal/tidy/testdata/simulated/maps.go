package simulated

import (
	"maps"
	"slices"
)

type table map[string]int

type anyMap interface{ ~map[string]int }

func unordered[M ~map[string]int, N anyMap](m M, n N, t table) (keys []string) {
	for k := range t { // want "map"
		keys = append(keys, k)
	}
	for k := range m { // want "map"
		keys = append(keys, k)
	}
	for k := range n { // want "map"
		keys = append(keys, k)
	}
	for k := range maps.Keys(t) { // want "map"
		keys = append(keys, k)
	}
	list := maps.Values[table] // want "map"
	_ = slices.Collect(list(t))
	return slices.AppendSeq(keys, maps.Keys(t)) // want "map"
}

// ordered is how it is done.
func ordered(t table) int {
	sum := len(t)
	for _, k := range slices.Sorted(maps.Keys(t)) {
		sum = sum*31 + t[k]
	}
	clear(t)
	return sum
}
