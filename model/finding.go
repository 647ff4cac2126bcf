package model

// Finder is what a World may be besides: it looks at its own invariants while it
// runs, which no client could see broken yet.
type Finder interface {
	// Findings returns what was broken, in words, in order of time. A run of a
	// system that is configured to be safe has none.
	Findings() []string
}
