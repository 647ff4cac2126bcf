package jepsen_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"orderlab/checker/jepsen"
)

func kafkaOffsets(t *testing.T, v *vector) {
	var op vectorOp
	if err := json.Unmarshal(v.Input, &op); err != nil {
		t.Fatal(err)
	}
	var want map[string]int64
	if err := json.Unmarshal(v.Asserted, &want); err != nil {
		t.Fatal(err)
	}
	// The input has no values; the test of the offsets needs none, but a history does.
	var mops []microOp
	if err := json.Unmarshal(op.Value, &mops); err != nil {
		t.Fatal(err)
	}
	n := 0
	next := func() any { n++; return float64(n) }
	for i := range mops {
		if mops[i].Reads == nil {
			mops[i].Value = next()
		}
		for _, r := range mops[i].Reads {
			for j := range r.Pairs {
				r.Pairs[j][1] = next()
			}
		}
	}
	var all []string
	for i := range mops {
		all = append(all, ednMicro(&mops[i]))
	}
	text := fmt.Sprintf("{:type :invoke, :f :txn, :process 0}\n{:type :%s, :f :txn, :process 0, :value [%s]}", op.Type, strings.Join(all, " "))
	h, err := jepsen.Read(strings.NewReader(text), "vector", jepsen.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]int64)
	for k, offset := range h.Furthest(&h.Ops[0]) {
		got[strings.TrimPrefix(h.Keys[k], ":")] = offset
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the furthest offsets are %v, want %v", got, want)
	}
}

// logOf returns the dense log that a history of polls shows, given with holes.
func logOf(t *testing.T, v *vector) [][]string {
	var input [][]string
	if err := json.Unmarshal(v.Input, &input); err != nil {
		t.Fatal(err)
	}
	var pairs []string
	for offset, values := range input {
		for _, value := range values {
			pairs = append(pairs, fmt.Sprintf("[%d :%s]", offset, value))
		}
	}
	text := "{:type :invoke, :f :poll, :process 0}\n{:type :ok, :f :poll, :process 0, :value [[:poll {:k [" + strings.Join(pairs, " ") + "]}]]}"
	h, err := jepsen.Read(strings.NewReader(text), "vector", jepsen.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return readLogs(&h.History)["k"]
}

func kafkaLastIndex(t *testing.T, v *vector) {
	var want [][]string
	if err := json.Unmarshal(v.Asserted, &want); err != nil {
		t.Fatal(err)
	}
	log := logOf(t, v)
	got := make([][]string, len(log))
	for i, values := range log {
		for _, value := range values {
			if !slices.ContainsFunc(log[i+1:], func(s []string) bool { return slices.Contains(s, value) }) {
				got[i] = append(got[i], value)
			}
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the last places are %v, want %v", got, want)
	}
}

func kafkaFirstIndex(t *testing.T, v *vector) {
	var want map[string]int
	if err := json.Unmarshal(v.Asserted, &want); err != nil {
		t.Fatal(err)
	}
	got := make(map[string]int)
	for i, values := range logOf(t, v) {
		for _, value := range values {
			if _, ok := got[value]; !ok {
				got[value] = i
			}
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the first places are %v, want %v", got, want)
	}
}
