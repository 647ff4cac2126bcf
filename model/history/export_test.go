package history

import "bytes"

// CountedBytes reads a history and returns the memory that was counted in the end.
func CountedBytes(file []byte) int64 {
	d := newDecoder(new(History))
	for line := range bytes.Lines(file) {
		d.line++
		if p := d.read(line); p != nil {
			panic(p.text)
		}
	}
	return d.used(&Memory{})
}
