package history

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// foreign says what a line is that does not begin as an object does; empty where
// that cannot be told.
func foreign(line []byte) string {
	if line[0] == '{' && len(line) > 1 && line[1] == '"' {
		return ""
	}
	text := bytes.TrimSpace(line)
	switch {
	case bytes.HasPrefix(text, []byte("\xef\xbb\xbf")):
		return "the file begins with a byte order mark; save it as UTF-8 without one"
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")):
		return "the file is UTF-16; save it as UTF-8"
	case bytes.HasPrefix(text, []byte("{:")), bytes.HasPrefix(text, []byte("[{:")):
		return "this is EDN, as Jepsen writes it; read it with --history-format jepsen"
	case text[0] == '[':
		return "a history has one object a line and no array around them; `jq -c '.[]'` makes lines of an array"
	case bytes.HasPrefix(text, []byte("PK\x03\x04")), bytes.HasPrefix(text, []byte("\x28\xb5\x2f\xfd")):
		return "the file is compressed in a way that is not known; gzip is"
	case text[0] != '{':
		return fmt.Sprintf("%q stands where an object should begin; every line is one, as {\"op\":\"send\",...}", first(text))
	}
	return ""
}

func first(text []byte) rune { return bytes.Runes(text[:min(len(text), 4)])[0] }

// others are words that stand elsewhere for what is called otherwise here.
var others = map[string]string{
	"offset": "position", "partition": "place", "topic": "place", "queue": "place", "log": "place", "id": "message",
	"time": "at", "ts": "at", "timestamp": "at", "start": "begin", "stop": "end", "type": "op", "f": "op", "kind": "op",
	"status": "outcome", "result": "outcome", "generation": "epoch", "term": "epoch", "client": "process",
	"consumer": "process", "producer": "process", "node": "process", "version": "history",
	"produce": "send", "publish": "send", "enqueue": "send", "sent": "send", "acked": "ack", "confirm": "ack",
	"stored": "store", "append": "store", "consume": "deliver", "receive": "deliver", "fetch": "poll", "dequeue": "deliver",
	"delivered": "deliver", "applied": "apply", "handle": "apply", "write": "apply", "discard": "dispose", "reject": "dispose",
}

// meant returns a question after what was meant by a word, or nothing: one that is
// called otherwise elsewhere, or one with a letter too few, too many or wrong.
func meant(word []byte, known []string) string {
	w := strings.ToLower(string(word))
	if o, ok := others[w]; ok && slices.Contains(known, o) {
		return fmt.Sprintf("; did you mean %s?", o)
	}
	for _, k := range known {
		if w == k || near(w, k) {
			return fmt.Sprintf("; did you mean %s?", k)
		}
	}
	return ""
}

// near says whether two words differ in one letter, or in two neighbours that are
// swapped.
func near(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		return i >= len(a)-1 || a[i+1:] == b[i+1:] || a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	case 1:
		return a[i:] == b[i+1:]
	}
	return false
}
