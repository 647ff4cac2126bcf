package jepsen_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"orderlab/checker"
	"orderlab/checker/anomalies"
	"orderlab/checker/jepsen"
	"orderlab/model/history"
)

const invoked = "{:type :invoke, :f :%s, :process 0, :value %s}\n"

// A history that is malformed, or cannot have happened, gives an error with its place.
func TestErrors(t *testing.T) {
	send := fmt.Sprintf(invoked, "send", "[[:send 5 1]]")
	poll := fmt.Sprintf(invoked, "poll", "[[:poll]]")
	answer := func(f, value string) string { return "{:type :ok, :f :" + f + ", :process 0, :value " + value + "}" }
	for _, c := range []struct{ text, want string }{
		{"1", "1:1: an event is a map"},
		{"{:f :send, :process 0}", "1:1: the event has no :type"},
		{"{\"history\":1}\n", "1:1: this is a history in JSON Lines; read it without --history-format jepsen"},
		{"{\"op\":\"send\",\"message\":\"m1\"}\n", "1:6: a keyword has no name; a history in JSON Lines is read without"},
		{"{:type :invoke, :process 0}", "1:1: the event has no :f"},
		{"{:type :invoke, :f :send}", "1:1: the event has no :process"},
		{"{:type :invoke, :f :send, :process 0, \"f\" 1}", "1:39: the field f stands twice"},
		{"{:type :invoked, :f :send, :process 0}", "1:8: :type is :invoke, :ok, :fail or :info, and here is :invoked"},
		{"{:type :invoke, :f 7, :process 0}", "1:20: :f is a keyword, and here is 7"},
		{"{:type :invoke, :f :send, :process :p}", "1:36: a process is a whole number or :nemesis, and here is :p"},
		{"{:type :invoke, :f :send, :process 0, :time 1.5}", "1:45: :time is a whole number of nanoseconds, and here is 1.5"},
		{"{:type :invoke, :f :send, :process 0, :index :a}", "1:46: :index is a whole number, and here is :a"},
		{"{:type :invoke, :f :send, :process 0, :index 5}\n{:type :ok, :f :send, :process 0, :index 5}",
			"2:42: the event has the index 5 and stands behind the one with 5; the events are not in order"},
		{"{:type :invoke, :f :send, :process 0, :time 9}\n{:type :ok, :f :send, :process 0, :time 5}",
			"2:41: the operation completes at 5, before it was invoked at 9 on line 1"},
		{send + send, "2:1: process 0 invokes send while its send of line 1 is under way"},
		{answer("poll", "nil"), "1:1: process 0 completes poll, and no line says that it was invoked"},
		{send + answer("send", "nil") + "\n" + answer("send", "nil"),
			"3:1: process 0 completes send, and what it invoked was completed on line 2"},
		{send + answer("poll", "nil"), "2:16: process 0 completes poll, but on line 1 it invoked send"},
		{send + answer("send", "nil") + "\n" + send, "3:47: the value 1 is sent to key 5 a second time, after line 1"},
		{fmt.Sprintf(invoked, "send", "[[:send 5 1] [:send 5 1]]"), "1:59: the value 1 is sent to key 5 a second time, after line 1"},
		{fmt.Sprintf(invoked, "send", ":a"), "1:46: the value is a vector of micro-operations, as [[:send k v] [:poll]], and here is a keyword"},
		{fmt.Sprintf(invoked, "send", "[:send 5 1]"), "1:47: a micro-operation is [:send key value] or [:poll ...], and here is :send"},
		{fmt.Sprintf(invoked, "send", "[[:sned 5 1]]"), "1:47: a micro-operation is [:send key value] or [:poll ...], and here is [:sned 5 1]"},
		{fmt.Sprintf(invoked, "send", "[[:send 5]]"), "1:47: a send has a key and a value, as [:send k v], and here is [:send 5]"},
		{send + answer("send", "[[:send 5 [:x 1]]]"), "2:53: an offset is a whole number from 0 or nil, and here is :x"},
		{send + answer("send", "[[:send 5 [-1 1]]]"), "2:53: an offset is a whole number from 0 or nil, and here is -1"},
		{poll + answer("poll", "[[:poll 7]]"), "2:50: a poll returns a map from keys to vectors of [offset value], and here is 7"},
		{poll + answer("poll", "[[:poll {5 7}]]"), "2:53: what was polled of a key is a vector of [offset value], and here is 7"},
		{poll + answer("poll", "[[:poll {5 [7]}]]"), "2:54: what was polled is [offset value], and here is 7"},
		{poll + answer("poll", "[[:poll {5 [[1 2 3]]}]]"), "2:54: what was polled is [offset value], and here is [1 2 3]"},
		{fmt.Sprintf(invoked, "assign", "7"), "1:48: keys stand in a vector, and here is a whole number"},
		{fmt.Sprintf(invoked, "drain", "nil") + answer("drain", "7"), "2:43: the values that were read stand in a vector, and here is a whole number"},
		{send + "{:type :ok, :f :send, :process 0, :rebalance-log [7]}", "2:51: a rebalance is a map with :keys, and here is 7"},
		{send + "{:type :invoke, :f :add, :process 1, :value 1}", "2:20: add stands in a history that is about logs, as line 1 shows"},
		{fmt.Sprintf(invoked, "read", "nil"), "1: the history has only the operations read; those of logs are send"},
		{"{:type :invoke, :f :send", "1:25: the text ends inside a map that begins at 1:1"},
		{"[" + send, "2:1: the text ends before ']'"},
	} {
		_, err := jepsen.Read(strings.NewReader(c.text), "test", jepsen.Options{})
		var syntax *history.SyntaxError
		if !errors.As(err, &syntax) || !strings.HasPrefix(err.Error(), "test:"+c.want) {
			t.Errorf("%s\n%v, want test:%s", c.text, err, c.want)
		}
	}
}

// Forms in which histories are found mean the same.
func TestForms(t *testing.T) {
	want := "[{send ok 0 1} {poll unknown 1 2}] [x=a@3] [x=a@3]"
	for _, text := range []string{
		`{:type :invoke, :f :send, :process 0, :value [[:send "x" "a"]]} {:type :ok, :f :send, :process 0, :value [[:send "x" [3 "a"]]]}
		 {:type :invoke, :f :poll, :process 1, :value [[:poll]]} {:type :info, :f :poll, :process 1, :value [[:poll {"x" [[3 "a"]]}]]}`,
		`[{"type" "invoke" "f" "send" "process" 0 "value" [["send" "x" "a"]]} {"type" "ok" "f" "send" "process" 0 "value" [["send" "x" [3 "a"]]]}
		 {"type" "invoke" "f" "poll" "process" 1} {"type" "info" "f" "poll" "process" 1 "value" (["poll" {"x" ([3 "a"])}])}]`,
		`({:f :start, :process :nemesis, :type :info} {:index 4, :type :invoke, :f :send, :process 0N, :value ([:send "x" "a"])}
		 #jepsen.history.Op{:index 5, :type :ok, :f :send, :process 0, :value ([:send "x" (3 "a")]), :error [:x #error {:via []}]}
		 {:type :invoke, :f :poll, :process 1, :time nil, :value nil} {:type :info, :f :poll, :process 1, :value [[:poll #a/map {"x" [[3 "a"]]}]]})`,
	} {
		h, err := jepsen.Read(iotest.HalfReader(strings.NewReader(text)), "test", jepsen.Options{})
		if err != nil {
			t.Errorf("%s\n%v", text, err)
			continue
		}
		if got := short(h); got != want {
			t.Errorf("%s\nis %s, want %s", text, got, want)
		}
	}
}

// short writes operations, what they sent and what they polled.
func short(h *jepsen.History) string {
	var ops, sends, reads []string
	places := func(list []anomalies.Place) (out []string) {
		for _, p := range list {
			text := fmt.Sprintf("%s=%s@%d", h.Keys[h.KeyOf(p.Value)], h.Name(p.Value), p.Offset)
			out = append(out, strings.ReplaceAll(text, `"`, ""))
		}
		return out
	}
	for i := range h.Ops {
		op := &h.Ops[i]
		end := fmt.Sprint(op.Completed / 2) // the events are in pairs
		if op.Completed == anomalies.Never {
			end = "never"
		}
		ops = append(ops, fmt.Sprintf("{%s %s %s %s}", op.F, op.Type, h.Processes[op.Process], end))
		sends, reads = append(sends, places(h.SendsOf(op))...), append(reads, places(h.ReadsOf(op))...)
	}
	return fmt.Sprint(ops, " ", sends, " ", reads)
}

// A completion without a value leaves what the invocation said; one with a value
// replaces it. A vector that was sent as a value is no pair of offset and value.
func TestCompletions(t *testing.T) {
	h := parse(t,
		"0 invoke send [[:send :x [1 2]] [:send :x 7]]", "0 ok send [[:send :x [1 2]] [:send :x [4 7]]]",
		"1 invoke send [[:send :x 8]]", "1 info send nil",
		"2 invoke send [[:send :x 9]]", "2 fail send [[:send :x [nil 10]]]",
		"3 invoke send [[:send :x 11]]")
	if got, want := short(h), "[{send ok 0 1} {send unknown 1 2} {send fail 2 3} {send unknown 3 never}] "+
		"[:x=[1 2]@-1 :x=7@4 :x=8@-1 :x=10@-1 :x=11@-1] []"; got != want {
		t.Errorf("it is %s, want %s", got, want)
	}
	if op := h.Ops[3]; op.Type != anomalies.Pending || op.Completed != anomalies.Never {
		t.Errorf("the last operation is %s, completed at %d", op.Type, op.Completed)
	}
	if op := h.Ops[1]; op.Line != 3 || op.EndLine != 4 {
		t.Errorf("the second operation is on the lines %d and %d", op.Line, op.EndLine)
	}
}

// Values that are counted up, jump, or are negative are told apart in every key.
func TestNumbers(t *testing.T) {
	numbers := []int64{0, 1, 2, 1027, 1028, 1 << 40, -1, -1 << 40, 5000, 3, 1 << 20, 1 << 41}
	var sends, reads []string
	for _, n := range numbers {
		for key := range 2 {
			sends = append(sends, fmt.Sprintf("[:send %d %d]", key, n))
			reads = append(reads, fmt.Sprintf("[:poll {%d [[nil %d]]}]", key, n))
		}
	}
	h := parse(t, "0 invoke send ["+strings.Join(sends, " ")+"]", "0 ok send nil",
		"1 invoke poll nil", "1 ok poll ["+strings.Join(reads, " ")+"]")
	for i, p := range h.ReadsOf(&h.Ops[1]) {
		if s := h.SendsOf(&h.Ops[0])[i]; s.Value != p.Value || h.Name(p.Value) != fmt.Sprint(numbers[i/2]) {
			t.Errorf("the value %s is another than %s", h.Name(p.Value), h.Name(s.Value))
		}
	}
	if h.Values() != 2*len(numbers) {
		t.Errorf("%d values, want %d", h.Values(), 2*len(numbers))
	}
}

func compressed(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.Bytes()
}

func TestCompressed(t *testing.T) {
	text := fmt.Sprintf(invoked, "poll", "[[:poll]]") + "{:type :ok, :f :poll, :process 0, :value [[:poll {}]]}\n"
	packed := compressed(text)
	h, err := jepsen.Read(bytes.NewReader(packed), "test", jepsen.Options{})
	if err != nil || len(h.Ops) != 1 || h.Ops[0].Type != anomalies.OK {
		t.Fatalf("%v, %+v", err, h)
	}
	damaged := bytes.Clone(packed)
	damaged[len(damaged)-5] ^= 1
	corrupt := bytes.Clone(packed)
	for i := 12; i < len(corrupt)-8; i++ {
		corrupt[i] = 0xff
	}
	for _, broken := range [][]byte{packed[:len(packed)-9], packed[:5], damaged, corrupt} {
		_, err := jepsen.Read(bytes.NewReader(broken), "test", jepsen.Options{})
		var syntax *history.SyntaxError
		if !errors.As(err, &syntax) || !strings.Contains(err.Error(), "the compressed file is ") {
			t.Errorf("a damaged file gives %v", err)
		}
	}
	broken := errors.New("broken")
	if _, err := jepsen.Read(iotest.ErrReader(broken), "test", jepsen.Options{}); !errors.Is(err, broken) {
		t.Errorf("a reader that fails gives %v", err)
	}
}

func TestTruncated(t *testing.T) {
	whole := fmt.Sprintf(invoked, "poll", "[[:poll]]")
	for _, text := range []string{whole + "{:type :ok, :f :po", "[" + whole, "[" + whole + "{:type :ok"} {
		h, err := jepsen.Read(strings.NewReader(text), "test", jepsen.Options{AllowTruncated: true})
		if err != nil || !h.Truncated || len(h.Ops) != 1 {
			t.Errorf("%q: %v, %+v", text, err, h)
		}
	}
	opt := jepsen.Options{AllowTruncated: true}
	if _, err := jepsen.Read(strings.NewReader(whole+"{:type ]"), "test", opt); err == nil {
		t.Error("a mistake is taken for a cut")
	}
	if h, err := jepsen.Read(strings.NewReader(whole), "test", opt); err != nil || h.Truncated {
		t.Errorf("a whole file: %v, %+v", err, h)
	}
}

// FuzzRead: no input panics, neither the reader nor what judges; what is refused is
// refused with a line.
func FuzzRead(f *testing.F) {
	f.Add("{:type :invoke, :f :txn, :process 0, :value [[:send 5 1] [:poll]]}\n" +
		"{:type :ok, :f :txn, :process 0, :value [[:send 5 [0 1]] [:poll {5 [[0 1] [nil 2]]}]]}")
	f.Add("[{:type :invoke, :f :assign, :process 1, :value [1 2]} {:type :info, :f :assign, :process 1, :value [1]} {:type :invoke, :f :crash, :process 1}]")
	f.Add("{:type :invoke, :f :enqueue, :process 0, :value :a}{:type :fail, :f :enqueue, :process 0, :value :a}" +
		"{:type :invoke :f :drain :process 0}{:type :ok :f :drain :process 0 :value [:a :a :b]}")
	f.Add("{:type :invoke, :f :add, :process 0, :value 1}{:type :invoke, :f :read, :process 1}{:type :ok, :f :read, :process 1, :value #{1 2 [3]}}")
	f.Add("{:type :invoke, :f :read, :process 1}{:type :ok, :f :read, :process 1, :value [1 nil]}" +
		"{:type :invoke, :f :write, :process 0, :value [1 2]}{:type :invoke, :f :cas, :process 2, :value [1 [2 3]]}{:type :ok, :f :cas, :process 2}")
	f.Fuzz(func(t *testing.T, text string) {
		small := checker.Options{Budget: checker.Budget{Steps: 10_000, Bytes: 1 << 20}}
		for _, truncated := range []bool{false, true} {
			h, err := jepsen.Read(strings.NewReader(text), "f", jepsen.Options{AllowTruncated: truncated})
			var syntax *history.SyntaxError
			if err != nil {
				if !errors.As(err, &syntax) || syntax.Line < 1 || syntax.Problem == "" {
					t.Fatalf("error %v", err)
				}
				continue
			}
			anomalies.RealtimeLag(&h.History)
			for _, v := range linearizable(h, small) {
				if v.Status == checker.Violated && (v.Witness == nil || v.Witness.Text == "") {
					t.Fatalf("%+v says nothing", v)
				}
			}
			for _, kind := range []anomalies.Kind{anomalies.Log, anomalies.Queue, anomalies.Set} {
				if kind != h.Kind {
					continue
				}
				for _, ww := range []bool{false, true} {
					for _, found := range anomalies.Check(&h.History, kind, nil, anomalies.Options{WWDeps: ww}) {
						if found.Status == anomalies.Violated && found.Text == "" {
							t.Fatalf("%+v says nothing", found)
						}
					}
				}
			}
		}
	})
}

// linearizable judges a history about a queue or registers.
func linearizable(h *jepsen.History, opt checker.Options) []checker.Verdict {
	switch h.Kind {
	case anomalies.Queue:
		rows, _ := checker.QueueOf(&h.History)
		return checker.New().Check(rows, []string{checker.LinearizableQueue}, opt)
	case anomalies.Register:
		return []checker.Verdict{checker.RegistersOf(&h.History, "nil").Check(opt)}
	}
	return nil
}
