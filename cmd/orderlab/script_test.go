package main

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var rewrite = flag.Bool("rewrite", false, "rewrite what the scripts in testdata/script compare with")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"orderlab": main})
}

// TestScripts runs the command lines of testdata/script. Every script has the
// files of testdata/scenarios; script_commands_test.go says what the commands do
// that are not of testscript.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *rewrite,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			return os.CopyFS(env.WorkDir, os.DirFS(filepath.Join("testdata", "scenarios")))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "results": results, "checks": checks, "same": same, "reproduces": reproduces, "interrupt": interrupt,
			"whole": whole, "explores": explores, "comparisons": comparisons, "fits": fits, "samehash": sameHash,
		},
		Condition: condition,
	})
}
