package scenarios_test

import (
	"strconv"
	"strings"
	"testing"

	"orderlab/scenarios"

	"github.com/cockroachdb/datadriven"
)

// Every mistake has a message that says where, what and what instead. Each case
// is a file, and the whole message. The commands:
//
//	kafka   with what the program offers
//	toy     with two small systems, whose names do not change with the models
//
// Arguments: vars=(a=1,b=2) gives variables from outside; quoted says that the
// file is written as a Go string.
func TestErrors(t *testing.T) {
	datadriven.Walk(t, "testdata/errors", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			reg := toy()
			if d.Cmd == "kafka" {
				reg = registry()
			} else if d.Cmd != "toy" {
				d.Fatalf(t, "unknown command %q", d.Cmd)
			}
			src := d.Input
			if d.HasArg("quoted") {
				text, err := strconv.Unquote(src)
				if err != nil {
					d.Fatalf(t, "%v", err)
				}
				src = text
			}
			_, err := scenarios.Load(reg, "case", "case.yaml", []byte(src), variables(t, d))
			if err == nil {
				return "no error"
			}
			return err.Error()
		})
	})
}

func variables(t *testing.T, d *datadriven.TestData) []scenarios.Var {
	var out []scenarios.Var
	for _, arg := range d.CmdArgs {
		for _, v := range arg.Vals {
			name, text, ok := strings.Cut(v, "=")
			if !ok {
				d.Fatalf(t, "%q is no name=value", v)
			}
			out = append(out, scenarios.Var{Name: name, Value: text})
		}
	}
	return out
}
