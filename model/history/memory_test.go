package history_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"orderlab/internal/peak"
	"orderlab/model/history"
)

// lines writes a history of n messages with all five points, whose names and keys
// have the number of the message for an asterisk.
func lines(n int, name, key string) []byte {
	var b bytes.Buffer
	b.WriteString("{\"history\":1}\n")
	for i := range n {
		number := fmt.Sprintf("%06d", i)
		name, key := strings.ReplaceAll(name, "*", fmt.Sprint(i)), strings.ReplaceAll(key, "*", number)
		at := int64(1_767_225_600_000_000_000) + int64(i)*1_000_000
		fmt.Fprintf(&b, `{"op":"send","message":%q,"key":%q,"process":"shop","at":%d}`+"\n", name, key, at)
		const later = `{"op":%q,"message":%q,"process":%q,"place":"o/0","position":%d,"at":%d}` + "\n"
		fmt.Fprintf(&b, later, "ack", name, "shop", i, at+5_000_000_000) // this does not fit 32 bits
		for _, op := range []string{"store", "deliver", "apply"} {
			fmt.Fprintf(&b, later, op, name, "billing", i, at+1000)
		}
	}
	return b.Bytes()
}

// readWithin reads a file with a limit.
func readWithin(file []byte, limit int64) (*history.MemoryError, error) {
	var refused *history.MemoryError
	opt := history.ReadOptions{Memory: history.Memory{Limit: limit, FileSize: int64(len(file))}}
	_, err := history.Read(new(history.History), bytes.NewReader(file), "f", opt)
	if errors.As(err, &refused) {
		return refused, nil
	}
	return nil, err
}

// What is counted is what is taken: never less, and not much more.
func TestMemoryIsCountedHonestly(t *testing.T) {
	const messages = 60_000
	for _, c := range []struct{ name, key string }{
		{"shop#*", "k"}, {"5a0bc3c1-0000-0000-0000-000000*", "k"},
		{"shop#*", "order-*"}, {"event-*", "order-*"},
	} {
		file := lines(messages, c.name, c.key)
		counted := history.CountedBytes(file)
		taken := peak.Within(counted, func() {
			if _, err := history.Read(new(history.History), bytes.NewReader(file), "f", history.ReadOptions{}); err != nil {
				t.Fatal(err)
			}
		})
		t.Logf("%s of key %s: %d bytes are counted, %d are taken", c.name, c.key, counted, taken)
		if taken > counted || taken < counted/2 {
			t.Errorf("%s of key %s: %d bytes are counted, and %d are taken", c.name, c.key, counted, taken)
		}
		// What is said to be needed, after a half of the file, is about that.
		part, err := readWithin(file, counted/2)
		if err != nil || part == nil || part.Needed < counted*3/4 || part.Needed > counted*3/2 {
			t.Errorf("%s of key %s: half way %v, for %d bytes", c.name, c.key, part, counted)
		}
	}
}

// A history is refused with what it needs, with what judges it, and where the size of
// the file is not known, with what is needed at least.
func TestTooLarge(t *testing.T) {
	file := lines(20_000, "shop#*", "k")
	limit := history.Memory{Limit: 100 << 20, FileSize: int64(len(file)), PerOperation: 1000, PerMessage: 500}
	var h history.History
	_, err := history.Read(&h, bytes.NewReader(file), "f", history.ReadOptions{Memory: limit})
	want := "f: judging this history needs about 111 MiB of memory, and there are 100 MiB; allow more with --memory, " +
		"judge it in parts, each with all lines of some keys, or ask for less with --guarantee"
	if fmt.Sprint(err) != want {
		t.Errorf("%v\nwant %s", err, want)
	}
	limit.FileSize = 0
	_, err = history.Read(&h, bytes.NewReader(file), "f", history.ReadOptions{Memory: limit})
	if !strings.HasPrefix(fmt.Sprint(err), "f: judging this history needs more than 100 MiB of memory, and there are 100 MiB") {
		t.Error(err)
	}
	limit.Limit = 200 << 20
	if _, err := history.Read(&h, bytes.NewReader(file), "f", history.ReadOptions{Memory: limit}); err != nil {
		t.Error(err)
	}
	// Sizes of any order.
	m := history.Memory{Limit: 1, FileSize: 1 << 62}
	if e := m.Exceeded("f", 1<<50, 1<<20, 7); e.Needed != 1<<63-1 || e.AtLeast {
		t.Errorf("needed: %d", e.Needed)
	}
	if e := m.Exceeded("f", 1<<40, 1<<62, 7); e.Needed != 1<<40 {
		t.Errorf("needed: %d", e.Needed)
	}
}
