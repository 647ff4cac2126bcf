package docs_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// mine is the scenario that the examples of the help call their own.
const mine = `orderlab: 1
question: Do messages keep their order when the topic gets more partitions?
runs: 2
system: {kafka: {topics: {orders: {partitions: 4}}, client: {metadata.max.age.ms: 2000}}}
workload:
  keys: {count: 20}
  phases:
    - {name: backlog, preload: 2s of work}
    - {name: steady, for: 5s, arrivals: {poisson: 100/s}}
    - {name: settle, until: drained, at_most: 600s}
consumers: {group: consumer, members: 2, work: {exponential: 10ms}, auto.offset.reset: earliest}
faults: [{at: steady, after: 1s, expand: {topic: orders, partitions: 5}}]
strategies: {naive: {}, drain-first: {app: {expand: drain-then-expand}}}
expect: {drain-first: [{per-key-order: holds}]}
`

// edn is a history as Jepsen records them.
const edn = `{:index 0, :time 1, :process 0, :type :invoke, :f :send, :value [[:send :a 1]]}
{:index 1, :time 2, :process 0, :type :ok, :f :send, :value [[:send :a [0 1]]]}
{:index 2, :time 3, :process 1, :type :invoke, :f :poll, :value [[:poll]]}
{:index 3, :time 4, :process 1, :type :ok, :f :poll, :value [[:poll {:a [[0 1]]}]]}
`

// settingUp is what the examples of a verb stand on: earlier commands of the user's.
var settingUp = map[string]string{
	"check": "orderlab run my-scenario.yaml --seed 1 -o out",
	"merge": "for k in 1 2 3; do orderlab run my-scenario.yaml --shard $k/3 -o shard-$k; " +
		"orderlab run my-scenario.yaml --shard $k/3 --format json > shard-$k.json; done",
}

// seeds matches what examples with many seeds would take long over.
var seeds = regexp.MustCompile(`--seeds \d+\.\.\d+`)

// place makes a directory with what the examples name, and returns it with the
// environment in which they are run.
func place(t *testing.T) (dir string, env []string) {
	t.Helper()
	file, err := program()
	if err != nil {
		t.Fatal(err)
	}
	orders, err := os.ReadFile(filepath.Join(root, "examples/histories/orders.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	for name, text := range map[string]string{
		"my-scenario.yaml": mine, "recorded.jsonl": string(orders), "history.edn": edn,
		"examples/histories/orders.jsonl": string(orders),
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Dir(file) + string(os.PathListSeparator) + os.Getenv("PATH")
	return dir, append(os.Environ(), "PATH="+path, "ORDERLAB_LONG=", "ORDERLAB_SEEDS=1..2", "ORDERLAB_TRIALS=300",
		"ORDERLAB_PROGRESS=none", "COLUMNS=")
}

// try runs a command line, which may find what it likes, but must be in order.
func try(t *testing.T, dir string, env []string, line string) {
	t.Helper()
	cmd := exec.Command("bash", "-uo", "pipefail", "-c", line)
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() > 2) {
		t.Errorf("%s: %v\n%s", line, err, out)
	}
}

// Every example of a verb's help works, one after the other, as the user would try
// them; those with many seeds are tried with two, and searches end early.
func TestExamplesOfHelp(t *testing.T) {
	if os.Getenv("ORDERLAB_LONG") != "1" {
		t.Skip("they are run with ORDERLAB_LONG=1")
	}
	verbs := 0
	for v := range flagsOf(t) {
		_, examples, ok := strings.Cut(help(t, v), "Examples:\n")
		if !ok || v == "completion" || v == "help" {
			continue
		}
		verbs++
		examples, _, _ = strings.Cut(examples, "\n\n")
		t.Run(v, func(t *testing.T) {
			dir, env := place(t)
			if first := settingUp[v]; first != "" {
				try(t, dir, env, first)
			}
			for _, line := range strings.Split(examples, "\n") {
				line = strings.TrimSpace(line)
				try(t, dir, env, seeds.ReplaceAllString(line, "--seeds 1..2"))
			}
		})
	}
	if verbs < 10 {
		t.Errorf("only %d verbs have examples", verbs)
	}
}

// placeholder matches what a reader has to put something in for.
var placeholder = regexp.MustCompile(`[A-Z]|<|…|\.\.\.`)

// Every complete command line that stands in a sentence of a document works as
// printed.
func TestQuotedCommands(t *testing.T) {
	dir, env := place(t)
	ran := 0
	for _, name := range documents(t) {
		if strings.HasPrefix(name, adr) {
			continue
		}
		for _, c := range commandLines(name, read(t, name)) {
			if !complete(c) || slices.ContainsFunc(strings.Fields(c.rest), missing(dir)) {
				continue // a form of a command, or one on files that the reader has
			}
			ran++
			try(t, dir, env, "orderlab "+c.verb+" "+c.rest)
		}
	}
	if ran < 4 {
		t.Errorf("the documents have only %d complete commands", ran)
	}
}

// complete says whether a command line says all that the command needs, and has
// nothing to be filled in.
func complete(c commandLine) bool {
	words := strings.Fields(c.rest)
	if len(words) == 0 || placeholder.MatchString(c.rest) {
		return false
	}
	alone := slices.Contains([]string{"list", "new", "schema", "version"}, c.verb)
	return alone || words[0] == "--explain" && len(words) == 2 || !strings.HasPrefix(words[0], "-")
}

// missing says whether a word names a file that is not in a directory.
func missing(dir string) func(string) bool {
	return func(word string) bool {
		if filepath.Ext(word) == "" {
			return false
		}
		_, err := os.Stat(filepath.Join(dir, word))
		return err != nil
	}
}
