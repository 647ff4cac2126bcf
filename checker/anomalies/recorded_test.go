package anomalies_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"orderlab/checker/anomalies"
	"orderlab/model/history"
)

// recorded reads a history in JSON Lines, whose lines are given without the braces
// and with a process of c.
func recorded(t *testing.T, lines ...string) (*history.History, *anomalies.Recorded) {
	t.Helper()
	text := "{\"history\":1}\n"
	for i, l := range lines {
		if !strings.Contains(l, `"at"`) && !strings.Contains(l, `"begin"`) {
			l += fmt.Sprintf(`,"at":%d`, 10*(i+1))
		}
		if !strings.Contains(l, `"process"`) {
			l += `,"process":"c"`
		}
		text += "{" + l + "}\n"
	}
	h := new(history.History)
	if _, err := history.Read(h, strings.NewReader(text), "test", history.ReadOptions{}); err != nil {
		t.Fatal(err)
	}
	return h, anomalies.FromHistory(h)
}

// shown returns the ids of what is violated and not allowed, with the witness's rows.
func shown(r *anomalies.Recorded, opt anomalies.Options) (ids []string, rows map[string][]int) {
	rows = make(map[string][]int)
	for _, f := range anomalies.Check(&r.History, anomalies.Log, nil, opt) {
		if f.Status == anomalies.Violated {
			ids = append(ids, strings.TrimPrefix(f.ID, "kafka/"))
			rows[ids[len(ids)-1]] = r.Rows(&f)
		}
	}
	return ids, rows
}

const (
	send1 = `"op":"send","message":"m1","process":"p"`
	send2 = `"op":"send","message":"m2","process":"p"`
	send3 = `"op":"send","message":"m3","process":"p"`
	ack1  = `"op":"ack","message":"m1","process":"p","place":"t/0","position":0`
	ack2  = `"op":"ack","message":"m2","process":"p","place":"t/0","position":1`
	ack3  = `"op":"ack","message":"m3","process":"p","place":"t/0","position":2`
	poll  = `"op":"poll","place":"t/0","position":3`
	get1  = `"op":"deliver","message":"m1","place":"t/0","position":0`
	get2  = `"op":"deliver","message":"m2","place":"t/0","position":1`
	get3  = `"op":"deliver","message":"m3","place":"t/0","position":2`
)

// What clients record of logs is understood as the anomalies need it. Rows are those
// of the history, so one less than the lines behind the first.
func TestRecorded(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		want  string
		rows  []int // of the first anomaly
	}{
		{"in order", []string{send1, ack1, send2, ack2, poll, get1, get2}, "", nil},
		{"pipelined, answered together", []string{send1, send2, ack1, ack2, poll, get1, get2}, "", nil},
		{"a poll skips", []string{send1, ack1, send2, ack2, send3, ack3, poll, get1, poll, get3,
			`"op":"deliver","process":"d","message":"m2","place":"t/0","position":1`}, "poll-skip", []int{2, 3, 6, 7, 8, 9}},
		{"after a rebalance another place is right", []string{send1, ack1, send2, ack2, poll, get1,
			`"op":"rebalance","place":"t/0","detail":"revoked"`, `"op":"rebalance","place":"t/0","detail":"assigned"`, poll, get1, poll, get2}, "", nil},
		{"after a crash, too", []string{send1, ack1, poll, get1, `"op":"crash"`,
			`"op":"deliver","session":1,"message":"m1","place":"t/0","position":0`}, "", nil},
		{"after an assignment of other places, too", []string{send1, ack1, poll, get1, `"op":"assign","place":"t/1"`,
			`"op":"assign","place":"t/0"`, poll, get1}, "", nil},
		{"the place that stays is gone on with", []string{send1, ack1, poll, get1, `"op":"assign","place":"t/0","at":45`,
			`"op":"assign","place":"t/1","at":45`, poll, get1}, "nonmonotonic-poll", []int{2, 3, 6, 7}},
		{"a topic holds its partitions", []string{send1, ack1, poll, get1, `"op":"subscribe","detail":"t"`, poll, get1},
			"nonmonotonic-poll", []int{2, 3, 5, 6}},
		{"redelivered in one poll", []string{send1, ack1, poll, get1, get1}, "int-nonmonotonic-poll", []int{2, 3, 4}},
		{"lost", []string{send1, ack1, send2, ack2, poll, get2}, "lost-write unseen", []int{0, 1, 4, 5}},
		{"sent by nobody", []string{poll, get1}, "phantom", []int{0, 1}},
		{"failed and seen", []string{send1, `"op":"ack","message":"m1","process":"p","outcome":"fail"`, poll, get1}, "g1a", []int{0, 1, 2, 3}},
		{"unknown and seen", []string{send1, `"op":"ack","message":"m1","process":"p","outcome":"unknown"`, poll, get1}, "", nil},
		{"failed, sent again and seen", []string{send1, `"op":"ack","message":"m1","process":"p","outcome":"fail"`,
			send1 + `,"attempt":2`, ack1, poll, get1}, "", nil},
		{"sent again, and twice in the log", []string{send1, ack1, send1 + `,"attempt":2`,
			`"op":"ack","message":"m1","process":"p","place":"t/0","position":1`, poll, get1}, "duplicate nonmonotonic-send", []int{0, 1, 2, 3}},
		{"sent against the order of the log", []string{send2, ack2, send1, ack1, poll, get1, get2}, "nonmonotonic-send", []int{0, 1, 2, 3}},
		{"never polled", []string{send1, ack1}, "unseen", []int{0, 1}},
		{"never polled, nor acked", []string{send1, poll}, "", nil},
		{"nothing at all", []string{`"op":"crash"`}, "empty-history", nil},
		{"answers before sends, as of joined files", []string{ack1 + `,"at":25`, ack2 + `,"at":45`, send1 + `,"at":20`, send2 + `,"at":40`,
			poll, get1, get2}, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, r := recorded(t, c.lines...)
			ids, rows := shown(r, anomalies.Options{})
			if got := strings.Join(ids, " "); got != c.want {
				t.Fatalf("it shows %q, want %q", got, c.want)
			}
			if len(ids) > 0 && !slices.Equal(rows[ids[0]], c.rows) {
				t.Errorf("the witness of %s is the rows %v, want %v", ids[0], rows[ids[0]], c.rows)
			}
		})
	}
}

// A transaction is one operation: it sees what it polls and sends what it sends, or
// nothing. Its witness is its bounds and what lies in it.
func TestRecordedTransactions(t *testing.T) {
	of := func(process string, lines ...string) (out []string) {
		for _, l := range lines {
			out = append(out, l+`,"process":"`+process+`"`)
		}
		return out
	}
	a1, b1 := `"op":"send","message":"a"`, `"op":"send","message":"b"`
	ackA := `"op":"ack","message":"a","place":"x","position":0`
	ackB := `"op":"ack","message":"b","place":"y","position":0`
	getA, getB := `"op":"deliver","message":"a","place":"x","position":0`, `"op":"deliver","message":"b","place":"y","position":0`
	begin, commit, abort := `"op":"begin-txn"`, `"op":"commit-txn"`, `"op":"abort-txn"`
	interleaved := slices.Concat(of("p", begin), of("q", begin), of("p", a1, ackA), of("q", b1, ackB),
		of("p", getB), of("q", getA))
	_, r := recorded(t, append(slices.Clone(interleaved), slices.Concat(of("p", commit), of("q", commit))...)...)
	ids, rows := shown(r, anomalies.Options{})
	if strings.Join(ids, " ") != "g1c" || !slices.Equal(rows["g1c"], []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}) {
		t.Errorf("two transactions that see each other show %v with %v", ids, rows)
	}
	_, r = recorded(t, append(interleaved, slices.Concat(of("p", abort), of("q", commit))...)...)
	if ids, _ = shown(r, anomalies.Options{}); strings.Join(ids, " ") != "g1a unseen g1c" {
		t.Errorf("when one of them is aborted, they show %v", ids)
	}
	_, r = recorded(t, slices.Concat(of("p", begin, a1, ackA, getA, commit))...)
	if ids, _ = shown(r, anomalies.Options{}); strings.Join(ids, " ") != "precommitted-read" {
		t.Errorf("a transaction that sees what it sent shows %v", ids)
	}
	failed := `"op":"ack","message":"a","outcome":"fail"`
	_, r = recorded(t, slices.Concat(of("p", begin, a1, failed, commit))...)
	if ids, _ = shown(r, anomalies.Options{}); len(ids) != 0 {
		t.Errorf("a send that failed in a transaction shows %v", ids)
	}
	_, r = recorded(t, slices.Concat(of("p", begin, a1, ackA), of("q", getA))...)
	if ids, _ = shown(r, anomalies.Options{}); len(ids) != 0 {
		t.Errorf("a transaction that is still open, and seen, shows %v", ids)
	}
}
