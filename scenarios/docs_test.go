package scenarios_test

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"orderlab/scenarios"
)

const guide = "../docs/scenarios.md"

// block is a fenced block of the guide: its language with what follows it, and
// its text.
type block struct {
	mark, text string
	line       int
}

var fence = regexp.MustCompile("(?ms)^```([a-z ]+)\n(.*?)^```$")

func blocks(t *testing.T) (src []byte, out []block) {
	t.Helper()
	src, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range fence.FindAllSubmatchIndex(src, -1) {
		line := 1 + bytes.Count(src[:at[0]], []byte("\n"))
		out = append(out, block{string(src[at[2]:at[3]]), string(src[at[4]:at[5]]), line})
	}
	return src, out
}

// base is what the parts of the guide are parts of. A part replaces the keys that
// it has.
const base = `orderlab: 1
question: Does it hold?
system: {kafka: {topics: {orders: {partitions: 4, replicas: 3, min.insync.replicas: 2}}}}
workload: {keys: {count: 2000}, phases: [{name: steady, for: 60s, arrivals: {poisson: 100/s}}, {name: settle, until: drained, at_most: 60s}]}
consumers: {group: billing, members: 4, work: {constant: 5ms}}
strategies: {default: {}}
`

// whole puts a part into the base.
func whole(part string) string {
	src := base
	if strings.Contains(part, "tracker-") {
		src = strings.Replace(src, "billing", "tracker", 1)
	}
	for _, line := range strings.Split(part, "\n") {
		key, _, ok := strings.Cut(line, ":")
		if ok && key != "" && key[0] != ' ' && key[0] != '#' {
			src = regexp.MustCompile(`(?m)^`+key+`:.*\n`).ReplaceAllString(src, "")
		}
	}
	return src + part
}

// Every block of YAML in the guide is read: a whole scenario, a part of one, or
// one with mistakes, whose message follows.
func TestGuide(t *testing.T) {
	_, all := blocks(t)
	count := make(map[string]int)
	for i, b := range all {
		count[b.mark]++
		switch b.mark {
		case "yaml scenario":
			if _, err := scenarios.Load(registry(), "guide", "guide.yaml", []byte(b.text), nil); err != nil {
				t.Errorf("line %d: %v", b.line, err)
			}
		case "yaml part":
			if _, err := scenarios.Load(registry(), "guide", "guide.yaml", []byte(whole(b.text)), nil); err != nil {
				t.Errorf("line %d: %v\n%s", b.line, err, whole(b.text))
			}
		case "yaml wrong":
			_, err := scenarios.Load(registry(), "wrong", "wrong.yaml", []byte(b.text), nil)
			if err == nil || i+1 == len(all) || all[i+1].mark != "text" {
				t.Fatalf("line %d: %v, and a block of text must follow", b.line, err)
			}
			replace(t, all[i+1].text, err.Error()+"\n")
		case "text", "yaml": // a piece of a file that is no scenario alone
		default:
			t.Errorf("line %d: mark the block as a yaml scenario, part or wrong", b.line)
		}
	}
	if count["yaml scenario"] < 2 || count["yaml part"] < 8 || count["yaml wrong"] != 1 {
		t.Errorf("the guide has %v", count)
	}
}

// replace compares a part of the guide with what it should be, or rewrites it.
func replace(t *testing.T, old, want string) {
	t.Helper()
	if old == want {
		return
	}
	if !rewriting() {
		t.Errorf("the guide has\n%s\nand should have\n%s", old, want)
		return
	}
	src, _ := blocks(t)
	i := bytes.Index(src, []byte("```text\n"+old))
	if i < 0 {
		t.Fatalf("the guide lacks the block\n%s", old)
	}
	src = slices.Replace(src, i+len("```text\n"), i+len("```text\n")+len(old), []byte(want)...)
	if err := os.WriteFile(guide, src, 0o644); err != nil {
		t.Fatal(err)
	}
}

// The tables of all keys are those of the program.
func TestReferenceIsCurrent(t *testing.T) {
	src, _ := blocks(t)
	const begin, end = "<!-- begin: written by `go test ./scenarios -rewrite` -->\n", "<!-- end -->"
	head, rest, ok := strings.Cut(string(src), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("the guide lacks the place for the tables")
	}
	golden(t, guide, []byte(head+begin+"\n"+scenarios.Reference(registry())+end+tail))
	for _, s := range registry().Systems {
		text := "# Settings of " + s.Name + "\n\n" + s.Doc + " This page is written by `go test ./scenarios -rewrite` from the model's own\n" +
			"descriptions; [scenarios.md](../scenarios.md) describes the rest of a scenario file.\n\n" + scenarios.SystemReference(s)
		golden(t, "../docs/reference/"+s.Name+".md", []byte(text))
	}
}
