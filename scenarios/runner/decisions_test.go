package runner_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"orderlab/scenarios/runner"
	"orderlab/sim"
)

// A run on the recorded list of its decisions, whatever its seed, has the same
// trace hash; with one answer edited it has another, and what an edited run asks
// besides is answered by the seed.
func TestDecisionsAreReplayed(t *testing.T) {
	r := runner.New(registry())
	var recording *sim.Recording
	c := shortCase()
	first, err := r.Run(context.Background(), c, 1, runner.Options{Decisions: func(s sim.Source) sim.Source {
		recording = sim.Record(s)
		return recording
	}})
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := r.Run(context.Background(), c, 1, runner.Options{}); err != nil || plain.Hash != first.Hash {
		t.Fatalf("recording changed the hash from %x to %x, error %v", plain.Hash, first.Hash, err)
	}
	var file bytes.Buffer
	if err := runner.WriteDecisions(&file, recording.Answers()); err != nil {
		t.Fatal(err)
	}
	list, err := runner.ReadDecisions(bytes.NewReader(file.Bytes()), "list")
	if err != nil || !slices.Equal(list, recording.Answers()) || len(list) < 100 {
		t.Fatalf("%d of %d decisions were read, error %v", len(list), len(recording.Answers()), err)
	}
	replay := func(list []sim.Answer, seed uint64) ([16]byte, *sim.Replay) {
		var source *sim.Replay
		out, err := r.Run(context.Background(), c, seed, runner.Options{Decisions: func(s sim.Source) sim.Source {
			source = sim.NewReplay(list, s)
			return source
		}})
		if err != nil {
			t.Fatal(err)
		}
		return out.Hash, source
	}
	hash, source := replay(list, 2)
	if hash != first.Hash || source.Used() != len(list) || len(source.Missing()) != 0 {
		t.Errorf("the replay has the hash %x, want %x; %d of %d decisions were used, %d missing",
			hash, first.Hash, source.Used(), len(list), len(source.Missing()))
	}
	i := slices.IndexFunc(list, func(a sim.Answer) bool { return a.Decision == "workload.key" })
	edited := slices.Clone(list)
	edited[i].Value ^= 1 << 63
	if hash, source = replay(edited, 1); hash == first.Hash || source.Used() == 0 {
		t.Errorf("with an edited answer the hash is %x, and %d decisions were used", hash, source.Used())
	}
	shorter := slices.Delete(slices.Clone(list), i, i+1)
	if hash, source = replay(shorter, 1); hash != first.Hash || len(source.Missing()) != 1 {
		t.Errorf("without one answer the hash is %x, want %x; %d were missing", hash, first.Hash, len(source.Missing()))
	}
}

func TestDecisionsAreOneALine(t *testing.T) {
	var out bytes.Buffer
	answers := []sim.Answer{
		{Decision: "link.latency", ID: 0xabc, Value: 1<<64 - 1}, {Decision: "pick", ID: 1<<64 - 1, N: 3},
	}
	if err := runner.WriteDecisions(&out, answers); err != nil {
		t.Fatal(err)
	}
	const want = `{"decision":"link.latency","id":"0000000000000abc","bits":"ffffffffffffffff"}
{"decision":"pick","id":"ffffffffffffffff","of":3,"answer":0}
`
	if out.String() != want {
		t.Errorf("the list is\n%swant\n%s", out.String(), want)
	}
}

func TestBadDecisions(t *testing.T) {
	for text, want := range map[string]string{
		`{"decision":"a","id":"1","of":3,"answer":3}`:                      "list:2: the answer is one of 0 to 2, and here is 3",
		`{"decision":"a","id":"1","of":3}`:                                 "list:2: the answer is missing",
		`{"decision":"a","id":"1","answer":0}`:                             "list:2: the answer is missing",
		`{"decision":"a","id":"1","of":3,"answer":1,"bits":"1"}`:           "list:2: a decision has bits, or of and answer, not both",
		`{"decision":"a","id":"xyz","bits":"1"}`:                           `list:2: id is a number in base 16 of up to 16 digits, and here is "xyz"`,
		`{"decision":"a","id":"1","bits":"12345678901234567"}`:             "list:2: bits are a number in base 16",
		`{"id":"1","bits":"1"}`:                                            "list:2: the name of the decision is missing",
		`{"decision":"a","id":"1","bits":"1","seed":1}`:                    `list:2: json: unknown field "seed"`,
		`{"decision":"a","id":"1","bits":"1"}{}`:                           "list:2: a second value in one line",
		`decision`:                                                         "list:2: invalid character",
		`{"decision":"` + strings.Repeat("a", 70_000) + `","id":"1","of"}`: "list:2: bufio.Scanner: token too long",
	} {
		_, err := runner.ReadDecisions(strings.NewReader("\n"+text+"\n"), "list")
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.60s gives the error %v, want %s", text, err, want)
		}
	}
}
