package tidy

import (
	"cmp"
	"fmt"
	"slices"
)

// Finding is a breach of a rule.
type Finding struct {
	// File is relative to the root that was asked about, Line counts from 1.
	File string
	Line int
	// Rule is the rule's name, Text what is wrong and what to do.
	Rule, Text string
}

// String returns the finding as compilers print their errors.
func (f Finding) String() string {
	return fmt.Sprintf("%s:%d: %s (%s)", f.File, f.Line, f.Text, f.Rule)
}

// order sorts findings by place and leaves one of each rule a line.
func order(found []Finding) []Finding {
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Rule, b.Rule))
	})
	return slices.CompactFunc(found, func(a, b Finding) bool {
		return a.File == b.File && a.Line == b.Line && a.Rule == b.Rule
	})
}
