package scenarios

import (
	"fmt"
	"regexp"
	"strconv"
)

// MaxSends is how many messages a file may list: what maxTokens leaves room for.
const MaxSends = 7_000

// What a message and a key are called.
var (
	messageForm = regexp.MustCompile(`^producer-(0|[1-9][0-9]{0,8})#(0|[1-9][0-9]{0,8})$`)
	keyForm     = regexp.MustCompile(`^key-(0|[1-9][0-9]{0,8})$`)
)

// MessageName returns what a message is called: its producer and its number
// there.
func MessageName(producer int, index uint32) string {
	return fmt.Sprintf("producer-%d#%d", producer, index)
}

// KeyName returns what a key is called.
func KeyName(key int) string { return fmt.Sprintf("key-%d", key) }

func sendsValue() value[[]Send] {
	message := formed(messageForm, "producer-0#17", func(s *Send, numbers []int) {
		s.Producer, s.Index = numbers[0], uint32(numbers[1])
	})
	k := formed(keyForm, "key-3", func(s *Send, numbers []int) { s.Key = numbers[0] })
	item := titled("send", mapping("a send", []field[Send]{
		bind(key{name: "at", required: true, example: "12.5s",
			doc: "When the message arrives at its producer, since the beginning of the run."}, duration(0),
			func(s *Send) *int64 { return &s.At }),
		{key{name: "message", required: true, example: `"producer-0#17"`,
			doc: "The message: its producer, and its number there.", spec: message.spec},
			func(d *decoder, n *node, s *Send) { message.read(d, n, "message", s) }},
		{key{name: "key", required: true, example: "key-3",
			doc: "The message's key.", spec: k.spec},
			func(d *decoder, n *node, s *Send) { k.read(d, n, "key", s) }},
	}))
	return checked(list(item, 1, MaxSends, `[{at: 12.5s, message: "producer-0#17", key: key-3}]`),
		func(d *decoder, n *node, sends *[]Send) {
			type identity struct {
				producer int
				index    uint32
			}
			seen := make(map[identity]bool)
			for i, s := range *sends {
				at := n.items[i]
				switch id := (identity{s.Producer, s.Index}); {
				case s.Producer >= maxProducers:
					d.ps.add(locate(at, "message"), "there are at most %d producers", maxProducers)
				case seen[id]:
					d.ps.add(locate(at, "message"), "%s is sent twice", MessageName(s.Producer, s.Index))
				case i > 0 && s.At < (*sends)[i-1].At:
					d.ps.add(locate(at, "at"), "sends are in the order of their times, and %s comes after %s",
						durations.format(s.At), durations.format((*sends)[i-1].At))
				default:
					seen[id] = true
				}
			}
		})
}

// formed reads a text of a form with numbers in it.
func formed(form *regexp.Regexp, example string, set func(s *Send, numbers []int)) value[Send] {
	return value[Send]{spec{kind: kindText}, func(d *decoder, n *node, what string, out *Send) {
		if !d.scalar(n, what) {
			return
		}
		found := form.FindStringSubmatch(n.text)
		if found == nil {
			d.ps.add(n.at, "%s is written as %s, and here is %s", what, example, quote(n.text))
			return
		}
		var numbers []int
		for _, f := range found[1:] {
			v, _ := strconv.Atoi(f) // the form allows nothing else
			numbers = append(numbers, v)
		}
		set(out, numbers)
	}}
}
