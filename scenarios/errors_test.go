package scenarios_test

import (
	"io/fs"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"orderlab/scenarios"

	"github.com/cockroachdb/datadriven"
)

// Every mistake has a message that says where, what and what instead. Each case
// is a file, and the whole message. The commands:
//
//	kafka   with what the program offers
//	toy     with two small systems, whose names do not change with the models
//	net     with a small system whose nodes can fail
//
// Arguments: vars=(a=1,b=2) gives variables from outside; quoted says that the
// file is written as a Go string. A line `-- name --` begins another file of the
// folder.
func TestErrors(t *testing.T) {
	datadriven.Walk(t, "testdata/errors", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			reg := toy()
			switch d.Cmd {
			case "kafka":
				reg = registry()
			case "net":
				reg = net()
			case "toy":
			default:
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
			src, folder := split(src)
			sc, err := scenarios.LoadFrom(reg, "case", "case.yaml", []byte(src), variables(t, d), folder)
			if err != nil {
				return err.Error()
			}
			out := "no error"
			for _, n := range sc.Notes {
				out += "\n" + n.String()
			}
			return out
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

// split takes a text with several files apart: the first, and the folder of the
// others.
func split(text string) (first string, others fs.FS) {
	folder := fstest.MapFS{}
	name := ""
	var b strings.Builder
	keep := func() {
		if name == "" {
			first = b.String()
		} else {
			folder[name] = &fstest.MapFile{Data: []byte(b.String())}
		}
		b.Reset()
	}
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "-- "); ok {
			keep()
			name = strings.TrimSuffix(strings.TrimSpace(rest), " --")
			continue
		}
		b.WriteString(line)
	}
	keep()
	return first, folder
}
