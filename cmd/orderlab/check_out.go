package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"

	"orderlab/checker"
	"orderlab/model/history"
	"orderlab/reports"
	"orderlab/scenarios/result"
)

// drawing is a file that shows a violation; its name is that of the guarantee with
// an ending. It is written before the next history is read.
type drawing struct {
	name  string
	write func(io.Writer) error
}

// drawings returns the diagram of a violation, and the picture where there is one.
func drawings(h *history.History, v *checker.Verdict, opt checker.Options) []drawing {
	out := []drawing{{fileName(v.Guarantee) + ".mmd",
		func(w io.Writer) error { return reports.Mermaid(w, witnessed(h, v)) }}}
	if checker.HasPicture(v.Guarantee) {
		out = append(out, drawing{fileName(v.Guarantee) + pictureEnding,
			func(w io.Writer) error { return checker.Picture(w, h, v, opt) }})
	}
	return out
}

// witnessed returns a violation as what reports draw.
func witnessed(h *history.History, v *checker.Verdict) *result.Guarantee {
	w := &result.Witness{Text: v.Witness.Text}
	for _, m := range v.Witness.Messages {
		w.Messages = append(w.Messages, result.WitnessMessage{ID: h.MessageName(m), Key: h.KeyName(h.KeyOf(m))})
	}
	for _, row := range checker.Context(h, v) {
		w.Operations = append(w.Operations, result.NewOperation(h, h.Op(row)))
	}
	return &result.Guarantee{ID: v.Guarantee, Verdict: string(v.Status), LostAt: string(v.LostAt),
		KeySplit: v.KeySplit, Witness: w}
}

// checkOut is the directory of the results of check.
type checkOut struct {
	dir     *outDir
	results []*checked
	taken   map[string]bool
	release func()
}

// openCheckOut makes ready to write a directory; nil where none is named.
func (a *cli) openCheckOut(path string) (*checkOut, error) {
	if path == "" {
		return nil, nil
	}
	dir, err := openOut(path)
	if err != nil {
		return nil, err
	}
	return &checkOut{dir: dir, taken: make(map[string]bool), release: a.interrupts.onAbort(dir.discard)}, nil
}

// discard removes what is not in its place yet.
func (o *checkOut) discard() {
	if o != nil {
		o.dir.discard()
		o.release()
	}
}

// add notes what was found in a history, and draws it.
func (o *checkOut) add(found *checked) error {
	o.results = append(o.results, found)
	base := filepath.Base(found.File)
	stem := fileName(strings.TrimSuffix(base, filepath.Ext(base)))
	name := stem
	for n := 2; o.taken[name]; n++ {
		name = fmt.Sprintf("%s~%d", stem, n)
	}
	o.taken[name] = true
	for _, d := range found.drawings {
		if err := o.dir.create(path.Join("witness", name+"_"+d.name), d.write); err != nil {
			return err
		}
	}
	found.drawings = nil
	return nil
}

// commit writes the results, one object a line, and puts the directory in its place.
// Where no history could be read there are none.
func (o *checkOut) commit() error {
	if o == nil || len(o.results) == 0 {
		return nil
	}
	err := o.dir.create(resultFile, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		for _, found := range o.results {
			if err := enc.Encode(found); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return o.dir.commit()
}
