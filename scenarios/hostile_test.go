package scenarios_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"orderlab/scenarios"
)

// start is a body without its last parts.
const start = `orderlab: 1
question: How long does it take?
system: {box: {boxes: {a: {}}}}
consumers: {work: {constant: 1ms}}
workload: {keys: {count: 1}, phases: [{name: p, for: 1s, arrivals: {poisson: 1/s}}]}
`

const size = 500 << 10

// fill repeats a text up to nearly the size that a file may have.
func fill(s string) string { return strings.Repeat(s, size/len(s)) }

// numbered repeats a text with a number in it.
func numbered(format string, n int) string {
	var b strings.Builder
	for i := 0; i < n && b.Len() < size; i++ {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// staircase nests a mapping in each key of the one above.
func staircase(steps int) string {
	var b strings.Builder
	for i := range steps {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// hostile are files that ask for more than they are. Each is an error.
func hostile() map[string]string {
	digits := strings.Repeat("9", 100_000)
	return map[string]string{
		"two MB":             strings.Repeat("# a comment\n", 2<<20/12),
		"brackets":           "a: " + fill("["),
		"braces":             fill("{a: "),
		"dashes":             fill("- "),
		"staircase":          staircase(900),
		"low stairs":         strings.Repeat(staircase(38), 25) + strings.Repeat("a: [[b, {c: d}], e]\n", 5_000),
		"question marks":     fill("? "),
		"mapping in mapping": fill("a:\n "),
		"keys":               numbered("key%d: value\n", 1e6),
		"fewer keys": "l:\n" + strings.Repeat("- "+strings.ReplaceAll(numbered("k%d: v\n",
			999), "\n", "\n  ")+"\n", 30),
		"empty keys":        numbered("key%d:\n", 1e6),
		"fewer empty keys":  "l:\n" + strings.Repeat("- a:\n", 990) + strings.Repeat("- b: {c: d}\n", 12_000),
		"same key":          strings.Repeat("a: b\n", 999),
		"list":              fill("- a\n"),
		"shorter list":      strings.Repeat("- a\n", 49_000),
		"flow list":         "a: [" + fill("b, ") + "]",
		"shorter flow list": "a: [" + strings.Repeat("b, ", 49_000) + "]",
		"documents":         fill("---\na: 1\n"),
		"aliases":           "a: &a x\nb:\n" + fill("- *a\n"),
		"billion laughs":    "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: &d [*c, *c]\n",
		"tags":              fill("- !!str x\n"),
		"literals":          fill("a: |\n"),
		"carriage returns":  fill("a: b\r"),
		"comments":          fill("# c\n"),
		"merge keys":        fill("<<: a\n"),
		"one word":          "a: " + fill("x"),
		"quotes":            "a: \"" + fill("\\u0041") + "\"",
		"open quote":        "a: '" + fill("x\n"),
		"references":        start + "strategies: {s: {}}\nvars: {x: 1}\napp: {pause: \"" + strings.Repeat("${x}", 100_000) + "\"}\n",
		"long variable": start + "strategies: {s: {}}\nvars: {x: " + strings.Repeat("y", 60_000) + "}\n" +
			"app: {pause: \"" + strings.Repeat("${x}", 10_000) + "\"}\n",
		"axes of patches": start + "strategies: {s: {}}\nscan:\n" + numbered("  a%d: {b: {}, c: {}, d: {}, e: {}}\n", 16),
		"axes of values":  many(99),
		"wrong strategies": start + "strategies:\n" +
			numbered("  s%d: {apq: {x: 1}, workload: {keys: {cuont: 2}}}\n", 190),
		"many expectations": start + "strategies: {s: {}}\nscan: {a: {b: {}, c: {}}}\nexpect:\n  s:\n" +
			numbered("    - {when: {a: [b, b, b, b, b, b, b, b]}, no-loss: holds} # %d\n", 600),
		"long names":  start + "strategies: {" + strings.Repeat("x", 400_000) + ": {}}\n",
		"huge counts": strings.Replace(start, "count: 1", "count: "+digits, 1) + "strategies: {s: {}}\n",
		"long digits": strings.Replace(start, "for: 1s", "for: "+digits+"s", 1) + "strategies: {s: {}}\n",
		"exponents":   strings.Replace(start, "poisson: 1/s", "poisson: 1e999999999/s", 1) + "strategies: {s: {}}\n",
		"negative":    strings.Replace(start, "for: 1s", "for: -1s", 1) + "strategies: {s: {}}\n",
		"no UTF-8":    strings.Replace(start, "How", "H\xffw", 1) + "strategies: {s: {}}\n",
		"100 MB":      start + strings.Repeat("# a comment that goes on and on\n", 100<<20/32),
		"infinity":    strings.Replace(start, "count: 1", "count: .inf", 1) + "strategies: {s: {}}\n",
		"deep faults": start + "strategies: {s: {}}\nfaults: " + strings.Repeat("[{stall: ", 60) + strings.Repeat("}]", 60) + "\n",
		"many points": strings.Replace(start, "{constant: 1ms}", "{empirical: {"+numbered("%d%%: 1ms, ", 990)+"}}", 1) +
			"strategies: {s: {}}\n",
		"unknown references": start + "strategies: {s: {}}\napp: {" +
			numbered("k%d: \"${abcdefghijklmnopqrstuvwxyz}\", ", 990) + "}\nvars: {" + numbered("v%d: 1, ", 100) + "}\n",
	}
}

// many is a file with some long lists, whose axes multiply to a million cases.
func many(shares int) string {
	src := strings.Replace(start, "a: {}", fmt.Sprintf("a: {partitions: %d}", shares), 1)
	list := "[" + strings.Repeat("100%, ", shares-1) + "100%]"
	src = strings.Replace(src, "phases: [", "phases: [{name: b, preload: {work: 1s, partition_shares: "+list+"}}, ", 1)
	values := "[" + numbered("%d, ", 999) + "999]\n"
	return src + "strategies: {s: {}}\nscan:\n  x: " + values + "  y: " + values + "app: {pause: \"${x}ms\"}\nlimits: {time: \"1${y}h\"}\n"
}

// What reading a hostile file may cost at most: processor time, which unlike the time
// on a clock does not depend on what else the machine does, and memory allocated in
// all, of which only a part is alive at once.
const (
	mostTime   = time.Second
	mostMemory = 256 << 20
)

// refused reads a file and fails the test unless it ends in an error, of a reasonable
// length and at a reasonable cost. The best of some tries counts, because the
// collector may be busy with what other tests left.
func refused(t *testing.T, load func() error) {
	t.Helper()
	var err error
	var took time.Duration
	var allocated uint64
	for range 3 {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := processorTime()
		err = load()
		took = processorTime() - began
		runtime.ReadMemStats(&after)
		if allocated = after.TotalAlloc - before.TotalAlloc; took < mostTime {
			break
		}
	}
	switch {
	case err == nil:
		t.Fatal("no error")
	case took > mostTime*slowdown || allocated > mostMemory:
		t.Errorf("%v of a processor and %d MiB", took, allocated>>20)
	case len(err.Error()) > 20_000:
		t.Errorf("the message has %d bytes", len(err.Error()))
	}
	t.Logf("%v of a processor, %d MiB: %.300s", took.Round(time.Millisecond), allocated>>20, err)
}

// Every hostile file ends in an error within a second and without much memory.
func TestHostile(t *testing.T) {
	for name, src := range hostile() {
		t.Run(name, func(t *testing.T) {
			text := []byte(src)
			refused(t, func() error {
				_, err := scenarios.Load(toy(), "x", "x.yaml", text, nil)
				return err
			})
		})
	}
}

// Nor do the files that a scenario includes take it further than that: those that
// include each other many times, that are large, that are many, that are laid under
// many cases.
func TestHostileIncludes(t *testing.T) {
	again := func(name string) string { return "include: [" + strings.Repeat(name+", ", 900) + name + "]\n" }
	large := "app:\n" + numbered("  key%d: value\n", 990)
	files := fstest.MapFS{
		"b.part.yaml": {Data: []byte(again("c.part.yaml"))}, "c.part.yaml": {Data: []byte(again("d.part.yaml"))},
		"d.part.yaml": {Data: []byte(again("e.part.yaml"))}, "e.part.yaml": {Data: []byte("app: {pause: 1s}\n")},
		"large.part.yaml":   {Data: []byte(strings.Repeat("# more\n", 100<<20/7))},
		"keys.part.yaml":    {Data: []byte(large)},
		"profile.part.yaml": {Data: []byte("client: {tag: [" + strings.Repeat("x, ", 20_000) + "x]}\n")},
	}
	brackets := "include: ["
	for i := range 15 {
		name := fmt.Sprintf("q%d.part.yaml", i)
		files[name] = &fstest.MapFile{Data: []byte("app: [" + strings.Repeat("b, ", 33_000) + "]")}
		brackets += name + ", "
	}
	many := "include: ["
	for i := range 100 {
		name := fmt.Sprintf("p%d.part.yaml", i)
		files[name] = &fstest.MapFile{Data: []byte("limits: {time: 1h}\n")}
		many += name + ", "
	}
	for name, src := range map[string]string{
		"brackets":   start + brackets + "q0.part.yaml]\nstrategies: {s: {}}\n",
		"many times": start + again("b.part.yaml") + "strategies: {s: {}}\n",
		"large":      start + "include: large.part.yaml\nstrategies: {s: {}}\n",
		"many":       start + many + "keys.part.yaml]\nstrategies: {s: {}}\n",
		"keys":       start + "include: keys.part.yaml\nstrategies: {s: {}}\n",
		"cases": strings.Replace(start, "{boxes: {a: {}}}", "{profile: profile.part.yaml, boxes: {a: {}}}", 1) +
			"strategies:\n" + numbered("  s%d: {}\n", 190) + "scan: {a: {" + numbered("v%d: {}, ", 900) + "}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			refused(t, func() error {
				_, err := scenarios.LoadFrom(toy(), "x", "x.yaml", []byte(src), nil, files)
				return err
			})
		})
	}
}

// Many faults on many nodes in many cases are no more work than their text.
func TestHostileFaults(t *testing.T) {
	src := "orderlab: 1\nquestion: How long?\nsystem: {net: {topics: {a: {}}}}\n" +
		"workload: {keys: {count: 1}, phases: [{name: p, for: 1s, producers: 1000, arrivals: {poisson: 1/s}}]}\n" +
		"consumers: {group: g, members: 1000, work: {constant: 1ms}}\nfaults:\n" +
		numbered("  - {at: p, partition: {between: consumers, and: [keeper-0, producer-%d]}}\n", 900) +
		"strategies: {" + numbered("s%d: {}, ", 190) + "}\nscan: {a: {b: {}, c: {}, d: {}}}\n"
	refused(t, func() error {
		_, err := scenarios.Load(net(), "x", "x.yaml", []byte(src), nil)
		return err
	})
}
