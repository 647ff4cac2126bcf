package history_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"orderlab/model/history"
)

// FuzzRead: no input panics, compressed or not; what is refused is refused with a
// line; what is read is JSON to encoding/json too and is the same when written and
// read again; what is read of a file that may be cut off, too.
func FuzzRead(f *testing.F) {
	f.Add(`{"op":"send","message":"m","key":"k","process":"p","at":1}`)
	f.Add("{\"op\":\"ack\",\"message\":\"m\",\"process\":\"p\",\"at\":2}\n{\"op\":\"send\",\"message\":\"m\",\"process\":\"p\",\"at\":1}")
	f.Add(`{"op":"read","key":"\ud83d\ude00","process":"p\u0000","begin":-1}`)
	f.Add(`{"op":"store", "message":"p#1","process":"p","place":"a","position":9223372036854775807,"at":-0}`)
	f.Add(`{"op":"apply","message":"é","process":"p","sink":"s","begin":1,"end":9223372036854775807}`)
	f.Add(string(compressed([]byte("{\"history\":1}\n{\"op\":\"crash\",\"process\":\"p\",\"at\":1}\n"))))
	f.Add("{\"op\":\"poll\",\"process\":\"p\",\"place\":\"a\",\"begin\":1,\"end\":2,\"detail\":\"end\"}\n{\"op\":\"deliver\",\"mess")
	f.Fuzz(func(t *testing.T, body string) {
		file := "{\"history\":1}\n" + body
		var h, back history.History
		for _, text := range []string{body, file} {
			_, err := history.Read(&h, strings.NewReader(text), "f", history.ReadOptions{AllowTruncated: true})
			var syntax *history.SyntaxError
			if err != nil && (!errors.As(err, &syntax) || syntax.Line < 1 || syntax.Problem == "") {
				t.Fatalf("error %v", err)
			}
		}
		if _, err := history.Read(&h, strings.NewReader(file), "f", history.ReadOptions{}); err != nil {
			var syntax *history.SyntaxError
			if !errors.As(err, &syntax) || syntax.Line < 1 || syntax.Problem == "" {
				t.Fatalf("error %v", err)
			}
			return
		}
		for _, line := range strings.Split(file, "\n") {
			if line = strings.TrimSpace(line); line != "" && !json.Valid([]byte(line)) {
				t.Fatalf("%q was read and is no JSON", line)
			}
		}
		var first, second bytes.Buffer
		if err := history.Write(&first, &h); err != nil {
			t.Fatal(err)
		}
		if _, err := history.Read(&back, bytes.NewReader(first.Bytes()), "f", history.ReadOptions{}); err != nil {
			t.Fatalf("%v in\n%s", err, first.Bytes())
		}
		if err := history.Write(&second, &back); err != nil {
			t.Fatal(err)
		}
		if first.String() != second.String() {
			t.Fatalf("written again it is\n%s, not\n%s", &second, &first)
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	h := sample(100_000)
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		if err := history.Write(&out, h); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(h.Len()), "ns/operation")
}

func BenchmarkRead(b *testing.B) {
	h := sample(100_000)
	var file bytes.Buffer
	if err := history.Write(&file, h); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(file.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := history.Read(h, bytes.NewReader(file.Bytes()), "f", history.ReadOptions{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(h.Len()), "ns/operation")
}

// sample is a history of messages that all pass the five points.
func sample(messages int) *history.History {
	h := new(history.History)
	p, q := h.AddProcess("producer-0"), h.AddProcess("consumer-0")
	place, sink := h.AddPlace("orders/0"), h.AddSymbol("sink")
	for i := range messages {
		at := int64(i) * 1_000_000
		key := h.AddKey("key-" + string(rune('a'+i%26)))
		m := h.AddMessage(history.MessageInfo{Key: key, Producer: p, Index: uint32(i)})
		op := history.Op{Kind: history.KindSend, Process: p, Message: m, Place: history.NoPlace,
			Position: history.NoPosition, Begin: at, End: at}
		h.Append(op)
		op.Place, op.Position = place, int64(i)
		for k := history.KindAck; k <= history.KindApply; k++ {
			op.Kind, op.End = k, op.Begin
			if k != history.KindStore {
				op.End += 500_000
			}
			if op.Process = q; k == history.KindAck {
				op.Process = p
			}
			if op.Detail = history.NoSymbol; k == history.KindApply {
				op.Detail = sink
			}
			h.Append(op)
		}
	}
	return h
}
