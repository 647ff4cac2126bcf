package app

import "orderlab/model/history"

// versions numbers the messages of each key, from 1, in the order in which they
// came into being: what a source would write into its events as the version of the
// thing that they are about. They are in that order in the history.
type versions struct {
	hist  *history.History
	of    []int32             // by message
	byKey [][]history.Message // by key, in order
}

// at returns the version of a message.
func (v *versions) at(m history.Message) int32 {
	v.look()
	return v.of[m]
}

// look takes in the messages that have come since the last look.
func (v *versions) look() {
	for m := history.Message(len(v.of)); int(m) < v.hist.Messages(); m++ {
		key := v.hist.KeyOf(m)
		for len(v.byKey) <= int(key) {
			v.byKey = append(v.byKey, nil)
		}
		v.byKey[key] = append(v.byKey[key], m)
		v.of = append(v.of, int32(len(v.byKey[key])))
	}
}

// message returns the message of a key that has a version.
func (v *versions) message(key history.Key, version int32) history.Message {
	return v.byKey[key][version-1]
}
