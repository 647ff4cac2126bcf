package jepsen

import (
	"io"

	"orderlab/checker/internal/edn"
	"orderlab/model/history"
)

// Counted reads a history and returns the memory that was counted in the end.
func Counted(r io.Reader) (*History, int64, error) {
	d := newDecoder(edn.NewReader(r, edn.Limits{}))
	err := d.all(func() error { return nil })
	return d.out, d.used(&history.Memory{}), err
}
