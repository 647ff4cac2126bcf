package checker_test

import (
	"fmt"
	"testing"

	"orderlab/checker"
	"orderlab/internal/peak"
	"orderlab/model/history"
)

// BenchmarkSinks is what 200,000 messages of 50,000 keys cost, all linear guarantees and
// the measures together, where each key has one sink of few or of many: a chat has as many
// sinks as members, and what is kept for keys must not be made anew for each.
//
//	go test ./checker -run '^$' -bench Sinks -benchtime 2x
func BenchmarkSinks(b *testing.B) {
	for _, sinks := range []int{1, 100, 5000} {
		b.Run(fmt.Sprint(sinks), func(b *testing.B) {
			h, c := chats(200_000, 50_000, sinks), checker.New()
			c.Check(h, linear, checker.Options{}) // the memory is there from then on
			start := peak.Processor()
			for b.Loop() {
				c.Check(h, linear, checker.Options{})
				c.Disorder(checker.Options{})
			}
			onProcessor(b, h.Len(), start)
			perOperation(b, h.Len())
		})
	}
}

// chats is a history of messages of which each takes effect at the sink of its key.
func chats(messages, keys, sinks int) *history.History {
	h := new(history.History)
	p := h.AddProcess("p")
	for i := range keys {
		h.AddKey(fmt.Sprint("k", i))
	}
	for m := range messages {
		at, key := int64(m)*100, m%keys
		id := h.AddMessage(history.MessageInfo{Key: history.Key(key), Producer: p, Index: uint32(m)})
		op := history.Op{Kind: history.KindSend, Process: p, Message: id, Begin: at, End: at, Place: history.NoPlace,
			Position: history.NoPosition}
		h.Append(op)
		op.Kind, op.End = history.KindAck, at+10
		h.Append(op)
		op.Kind, op.Begin, op.End, op.Detail = history.KindApply, at+20, at+20, h.AddSymbol(fmt.Sprint("s", key%sinks))
		h.Append(op)
	}
	return h
}
