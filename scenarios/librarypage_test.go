package scenarios_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"orderlab/scenarios"
)

// listed is a scenario of the library under one of its ids.
type listed struct{ id, name string }

// The page that lists the library says which scenario tests what. It is written from the
// scenarios themselves.
func TestLibraryPageIsCurrent(t *testing.T) {
	var ids []listed
	var b strings.Builder
	b.WriteString("# The library\n\n" +
		"`orderlab run NAME` runs one of these scenarios, `orderlab show NAME` prints it, and each explains in its file what it found.\n" +
		"[What the library found](findings.md) has the findings with their prices and pictures.\n" +
		"This page is written by `go test ./scenarios -rewrite`.\n\n| scenario | question | sources |\n|---|---|---|\n")
	for _, name := range scenarios.Names() {
		src, _ := scenarios.Source(name)
		sc, err := scenarios.Load(registry(), name, name+".yaml", src, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range sc.ID {
			ids = append(ids, listed{id, name})
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", link(name), sc.Question, strings.Join(sc.Sources, ", "))
	}
	b.WriteString("\n## By id\n\nThe ids of the questions that the library answers. Those that begin with T are tests of a broker's rules: " +
		"what\nis to be expected follows from the rules alone.\n\n| id | scenarios |\n|---|---|\n")
	slices.SortStableFunc(ids, func(a, b listed) int {
		return cmp.Or(cmp.Compare(strings.TrimRight(a.id, "0123456789"), strings.TrimRight(b.id, "0123456789")),
			cmp.Compare(len(a.id), len(b.id)), cmp.Compare(a.id, b.id))
	})
	for i, l := range ids {
		if i > 0 && ids[i-1].id == l.id {
			continue
		}
		var in []string
		for _, o := range ids[i:] {
			if o.id == l.id {
				in = append(in, link(o.name))
			}
		}
		fmt.Fprintf(&b, "| %s | %s |\n", l.id, strings.Join(in, ", "))
	}
	golden(t, "../docs/library.md", []byte(b.String()))
}

// link is a link from the documents to a scenario's file.
func link(name string) string {
	return fmt.Sprintf("[%s](../scenarios/library/%s.yaml)", name, name)
}
