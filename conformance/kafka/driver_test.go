package kafka_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// patience is for how many milliseconds a poll waits for records that must come.
const patience = 60_000

// settings are the settings of a client or a topic, by Kafka's names.
type settings map[string]string

// driver is a Java process with real Kafka clients; driver/Driver.java is its other
// end. The clients live until the process ends.
type driver struct {
	t       *testing.T
	process *exec.Cmd
	in      io.WriteCloser

	mu      sync.Mutex
	changed *sync.Cond
	calls   int
	answers map[int]answer
	events  []event
	ended   bool
}

// answer is what came of a command.
type answer struct {
	Call           int
	Error, Message string
	Records        []string
	Partitions     int
	InSync         int
	Leader         int
	Node           int
	Committed      int64
	State          string
	Epoch          int
	Assignment     []int
	Generation     int
	Kafka, Java    string
}

// event is what happened to a client by itself.
type event struct {
	Event, Client, Value, Error string
	MS, Offset                  int64
	Partition                   int
	Partitions                  []int
}

// startDriver starts a Java process for the time of a test.
func startDriver(t *testing.T, c *cluster) *driver {
	t.Helper()
	d := &driver{t: t, answers: map[int]answer{}}
	d.changed = sync.NewCond(&d.mu)
	d.process = exec.Command("java", "-Xmx128m", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
		"-cp", c.classpath, "Driver")
	d.process.Stderr = os.Stderr
	in, err := d.process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := d.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.process.Start(); err != nil {
		t.Fatal(err)
	}
	d.in = in
	go d.read(out)
	t.Cleanup(d.kill)
	return d
}

// kill ends the process at once, as a crash does.
func (d *driver) kill() {
	_ = d.process.Process.Kill() // it may have ended
	_ = d.process.Wait()
}

func (d *driver) read(out io.Reader) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		d.take(lines.Bytes())
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ended = true
	d.changed.Broadcast()
}

// take takes one line of the driver's output.
func (d *driver) take(line []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	defer d.changed.Broadcast()
	var e event
	if err := json.Unmarshal(line, &e); err == nil && e.Event != "" {
		d.events = append(d.events, e)
		return
	}
	var a answer
	if err := json.Unmarshal(line, &a); err != nil {
		d.t.Errorf("the driver says %q: %v", line, err)
		return
	}
	d.answers[a.Call] = a
}

// begin has a client carry out a command, with arguments as names and values in
// turn, and returns the number to wait for.
func (d *driver) begin(verb, client string, args ...any) int {
	d.t.Helper()
	d.mu.Lock()
	d.calls++
	call := d.calls
	d.mu.Unlock()
	command := map[string]any{"call": call, "do": verb, "client": client}
	for i := 0; i < len(args); i += 2 {
		command[args[i].(string)] = args[i+1]
	}
	line, err := json.Marshal(command)
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(d.in, "%s\n", line); err != nil {
		d.t.Fatalf("the driver does not listen: %v", err)
	}
	return call
}

// finish waits for the end of a command, which may be an error.
func (d *driver) finish(call int) answer {
	d.t.Helper()
	limit := time.AfterFunc(2*time.Minute, d.kill)
	defer limit.Stop()
	d.mu.Lock()
	defer d.mu.Unlock()
	for {
		if a, ok := d.answers[call]; ok {
			return a
		}
		if d.ended {
			d.t.Fatalf("the driver ended, or was ended after two minutes, and did not answer")
		}
		d.changed.Wait()
	}
}

// try has a client carry out a command and waits for its end.
func (d *driver) try(verb, client string, args ...any) answer {
	d.t.Helper()
	return d.finish(d.begin(verb, client, args...))
}

// do is try for what must not fail.
func (d *driver) do(verb, client string, args ...any) answer {
	d.t.Helper()
	a := d.try(verb, client, args...)
	if a.Error != "" {
		d.t.Fatalf("%s of %s: %s: %s", verb, client, a.Error, a.Message)
	}
	return a
}

// seen returns the events so far that a test is interested in, in order.
func (d *driver) seen(wanted func(event) bool) []event {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []event
	for _, e := range d.events {
		if wanted(e) {
			out = append(out, e)
		}
	}
	return out
}

// await waits for so many events of the kinds given and returns them.
func (d *driver) await(n int, wanted func(event) bool) []event {
	d.t.Helper()
	eventually(d.t, fmt.Sprintf("there are %d events", n), func() bool { return len(d.seen(wanted)) >= n })
	return d.seen(wanted)
}

// ends says whether an event is the end of a send.
func ends(e event) bool { return e.Event == "ack" || e.Event == "failed" }

// text returns events as words: what happened, to which record or partitions, and
// where the record is or why not.
func text(events []event) []string {
	out := make([]string, len(events))
	for i, e := range events {
		switch {
		case e.Error != "":
			out[i] = fmt.Sprintf("%s %s: %s", e.Event, e.Value, e.Error)
		case ends(e):
			out[i] = fmt.Sprintf("%s %s at %d", e.Event, e.Value, e.Offset)
		default:
			out[i] = fmt.Sprintf("%s %v", e.Event, e.Partitions)
		}
	}
	return out
}
