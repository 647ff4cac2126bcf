package reports_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"orderlab/reports"
	"orderlab/scenarios/result"
)

// The pictures are compared with golden ones: every element, colour and text must be
// the same, and every place within a fifth of a point. Some processors round the last
// bits of a product and a sum in one, so places cannot be compared to the byte there.
func TestGoldenPlots(t *testing.T) {
	scan := expand(20)
	scan.Plots = []string{"inversions-by-scan", "phase-diagram", "violations-by-throughput"}
	alone := one()
	for name, set := range map[string]*result.Set{"one": alone, "expand": scan} {
		for plot, svg := range pictures(t, set, "svg") {
			path := filepath.Join("testdata", "plots", name+"-"+plot+".svg")
			if *rewrite {
				if err := os.WriteFile(path, svg, 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("%v (go test ./reports -rewrite makes it)", err)
			}
			if err := alike(string(svg), string(want)); err != nil {
				t.Errorf("%s: %v (go test ./reports -rewrite accepts it)", path, err)
			}
		}
	}
}

var decimal = regexp.MustCompile(`-?\d+(\.\d+)?(e-?\d+)?`)

// alike says how two texts differ, besides small differences of their numbers.
func alike(got, want string) error {
	const slack = 0.2
	if decimal.ReplaceAllString(got, "0") != decimal.ReplaceAllString(want, "0") {
		a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
		for i := range min(len(a), len(b)) {
			if decimal.ReplaceAllString(a[i], "0") != decimal.ReplaceAllString(b[i], "0") {
				return fmt.Errorf("line %d is %q, was %q", i+1, a[i], b[i])
			}
		}
		return fmt.Errorf("it has %d lines, had %d", len(a), len(b))
	}
	a, b := decimal.FindAllString(got, -1), decimal.FindAllString(want, -1)
	for i := range a {
		x, _ := strconv.ParseFloat(a[i], 64)
		y, _ := strconv.ParseFloat(b[i], 64)
		if a[i] != b[i] && math.Abs(x-y) > slack {
			return fmt.Errorf("a number is %s, was %s", a[i], b[i])
		}
	}
	return nil
}

// A moved line, another colour and another word are told apart, rounding is not.
func TestAlike(t *testing.T) {
	const was = "<path d=\"M12.345 1e-3\" fill=\"#0072B2\"/>\n<text>4 runs</text>"
	for got, same := range map[string]bool{
		was: true,
		strings.Replace(was, "12.345", "12.346", 1): true,
		strings.Replace(was, "12.345", "13.345", 1): false,
		strings.Replace(was, "0072B2", "E69F00", 1): false,
		strings.Replace(was, "4 runs", "5 runs", 1): false,
		was + "\n": false,
	} {
		if err := alike(got, was); (err == nil) != same {
			t.Errorf("%q: %v", got, err)
		}
	}
}

// docs/results.md describes every plot, in the order of their names, and says which
// are made when none is asked for.
func TestPlotsAreDescribed(t *testing.T) {
	text, err := os.ReadFile("../docs/results.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## The plots\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var described []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(section, -1) {
		described = append(described, m[1])
	}
	if !slices.Equal(described, reports.PlotNames()) {
		t.Errorf("described are %v, there are %v", described, reports.PlotNames())
	}
	plots, err := reports.Plots(result.Aggregate(result.Meta{Scenario: "none"}, nil, nil))
	if err != nil || len(plots) == 0 {
		t.Fatalf("%d plots, %v", len(plots), err)
	}
	head, _, _ := strings.Cut(section, "|")
	for _, p := range plots {
		if !strings.Contains(head, "`"+p.Name+"`") {
			t.Errorf("%s is made without being asked for, and the text does not say so", p.Name)
		}
	}
}
