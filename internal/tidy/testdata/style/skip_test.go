package style

import "testing"

func TestSkipped(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a minute")
	}
	t.Skip()    // want "skip"
	t.Skip("")  // want "skip"
	t.SkipNow() // want "skip"
}

func ExportedInTest() {}
