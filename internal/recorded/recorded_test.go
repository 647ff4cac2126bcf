package recorded_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"orderlab/internal/recorded"
)

func Example() {
	var real, model recorded.Experiment
	real.Step("after the cut", "log", []string{"2", "1", "0"})
	real.Measured("the follower left", []any{"ms", 4210}, "in time", true)
	model.Step("after the cut", "log", []string{"0", "1", "2"})
	model.Measured("the follower left", []any{"ms", 3017}, "in time", true)
	fmt.Print(&real)
	differences, _ := recorded.Differences(&real, &model)
	for _, d := range differences {
		fmt.Println(d)
	}
	// Output:
	// {"step":"after the cut","log":["2","1","0"]}
	// {"step":"the follower left","in time":true,"measured":{"ms":4210}}
	// step 1:
	//     {"step":"after the cut","log":["2","1","0"]}
	//     {"step":"after the cut","log":["0","1","2"]}
}

// A step that only one has is a difference, whichever it is.
func TestMissingStep(t *testing.T) {
	var short, long recorded.Experiment
	short.Step("one")
	long.Step("one")
	long.Step("two")
	for _, pair := range [][2]*recorded.Experiment{{&short, &long}, {&long, &short}} {
		if d, err := recorded.Differences(pair[0], pair[1]); len(d) != 1 || err != nil {
			t.Errorf("differences %q, %v", d, err)
		}
	}
}

// What is written is read again; a line that is no JSON has its number in the error.
func TestRead(t *testing.T) {
	var e recorded.Experiment
	e.Measured("a < b & c", []any{"ms", 1}, "values", []int{1, 2})
	name := filepath.Join(t.TempDir(), "e.jsonl")
	if err := os.WriteFile(name, []byte(e.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := recorded.Read(name)
	if err != nil || got.String() != e.String() {
		t.Errorf("read %v, %v", got, err)
	}
	if err := os.WriteFile(name, []byte("{}\n{\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := recorded.Read(name); err == nil {
		t.Error("a line that is no JSON was read")
	} else if want := name + ":2: not a JSON object: {"; err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
	if _, err := recorded.Rule("[]"); err == nil {
		t.Error("a list has a rule")
	}
}
