package anomalies

import (
	"flag"
	"os"
	"testing"
)

// checks is how many random histories a property looks at, where the command line
// does not say.
const checks = "3000"

func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given && !testing.Short() {
		if err := flag.Set("rapid.checks", checks); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
