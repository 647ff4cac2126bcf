package style

import "testing"

// want-below "doc"

type Bare struct{}

// Said has a comment.
type Said[T any] struct{ x T }

func (b *Bare) Do() {} // want "doc"

func (s *Said[T]) Do() {} // want "doc"

// Done has one.
func (s *Said[T]) Done() {}

type hidden struct{}

func (hidden) Error() string { return "" }

func Free() {} // want "doc"

// These belong together.
const (
	One = 1
	Two = 2
)

var (
	Three = 3 // Three has its comment behind.
	four  = 4
	// Five has it above.
	Five = 5
)

// want-below "doc"

var Six, seven = 6, 7

type (
	Eight struct{} // Eight has its comment behind.

	// want-below "doc"

	Nine struct{}
)

func init() {} // want "init"

func run(t *testing.T) { t.SkipNow() }
