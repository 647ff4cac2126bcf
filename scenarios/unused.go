package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"orderlab/model"
)

// Note is something in a scenario file that is no mistake and that one should know.
type Note struct {
	// File is the file in which it stands; Line and Column are counted from 1.
	File         string
	Line, Column int
	Text         string
}

// String returns the note behind its place, as FILE:LINE:COLUMN: TEXT.
func (n Note) String() string { return fmt.Sprintf("%s:%d:%d: %s", n.File, n.Line, n.Column, n.Text) }

// unusedFields are the settings that the real system has and the model has not.
func unusedFields[T any](unused []model.Unused) []field[T] {
	out := make([]field[T], len(unused))
	for i := range unused {
		u := &unused[i]
		doc := "Has no effect: " + u.Why + "."
		if !u.Idle {
			doc = "The model does not have it: " + u.Why + "."
		}
		out[i] = field[T]{key: key{name: u.Name, doc: doc, unused: u, spec: spec{kind: kindValue}}}
	}
	return out
}

// unusedSetting answers for a setting that the model does not have.
func (d *decoder) unusedSetting(e *entry, u *model.Unused) {
	switch {
	case !u.Idle:
		d.ps.add(e.at, "the model does not have %s: %s", quote(u.Name), u.Why)
	case e.value.shape != shapeScalar:
		d.ps.add(e.value.at, "%s is a single value, and here is %v", u.Name, e.value.shape)
	default:
		d.ps.note(e.at, fmt.Sprintf("%s has no effect: %s", quote(u.Name), u.Why))
	}
}

// unknownKey is the end of a sentence about a key that a mapping does not have.
func (d *decoder) unknownKey(name string, keys []key) string {
	unused := func(k key) bool { return k.unused != nil }
	own := names(slices.DeleteFunc(slices.Clone(keys), unused))
	near := nearest(name, own)
	if near == "" {
		near = nearest(name, names(slices.DeleteFunc(keys, func(k key) bool { return !unused(k) })))
	}
	if near == "" {
		near = d.elsewhere(name)
	}
	if near != "" {
		return near
	}
	return didYouMean(name, own)
}

// maxPlaces is in how many places a key may belong for a message to name them.
const maxPlaces = 3

// elsewhere is the end of a sentence about a key that stands in the wrong place, and ""
// where there is none of that name, or in too many places.
func (d *decoder) elsewhere(name string) string {
	if d.places == nil {
		d.places = places(d.reg)
	}
	var found []string
	for _, path := range d.places[name] {
		parts := strings.Split(path, ".")
		if d.system == nil || len(parts) < 2 || parts[0] != "system" || parts[1] == d.system.Name {
			found = append(found, path)
		}
	}
	if len(found) == 0 || len(found) > maxPlaces {
		return ""
	}
	return "; it is a key of " + oneOf(found)
}

// places has for the name of each key where it stands, in the order of the language.
func places(reg *Registry) map[string][]string {
	out := make(map[string][]string)
	for _, e := range everyKey(reg) {
		path, below := strings.CutSuffix(strings.ReplaceAll(e.path, "[]", ""), "."+e.key.name)
		if below && e.key.unused == nil && !slices.Contains(out[e.key.name], path) {
			out[e.key.name] = append(out[e.key.name], path)
		}
	}
	return out
}

// note keeps what one should know, once for a place.
func (p *problems) note(at position, text string) {
	n := Note{p.files[max(at.file, p.reading)].name, max(1, at.line), max(1, at.column), text}
	if len(p.notes) == maxErrors || slices.Contains(p.notes, n) {
		return
	}
	i, _ := slices.BinarySearchFunc(p.notes, n, func(a, b Note) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	p.notes = slices.Insert(p.notes, i, n)
}

// unusedTables writes which settings of the real system the model does not have, by
// reason.
func (r *reference) unusedTables(s *model.System) {
	for _, idle := range []bool{true, false} {
		var rows []string
		for i := range s.Sections {
			rows = append(rows, unusedRows(s, &s.Sections[i], idle)...)
		}
		if len(rows) == 0 {
			continue
		}
		if idle {
			r.b.WriteString("### settings without an effect\n\nThese may be given. They change neither the order of messages nor " +
				"what the model counts as a price, and a note says so.\n\n")
		} else {
			r.b.WriteString("### settings that are refused\n\nThese are settings of the system that change what happens there " +
				"and that the model does not have.\n\n")
		}
		r.b.WriteString("| section | why | settings |\n|---|---|---|\n" + strings.Join(rows, "") + "\n")
	}
}

// unusedRows are the rows of a section. One that has the same as the section before,
// as those of single producers, has none of its own.
func unusedRows(s *model.System, section *model.Section, idle bool) []string {
	i := slices.IndexFunc(s.Sections, func(x model.Section) bool { return slices.Equal(x.Unused, section.Unused) })
	if s.Sections[i].Name != section.Name {
		return nil
	}
	var why []string
	names := make(map[string][]string)
	for _, u := range section.Unused {
		if u.Idle == idle {
			if names[u.Why] == nil {
				why = append(why, u.Why)
			}
			names[u.Why] = append(names[u.Why], "`"+u.Name+"`")
		}
	}
	var rows []string
	for _, w := range why {
		rows = append(rows, fmt.Sprintf("| %s | %s | %s |\n", section.Name, cell(w), strings.Join(names[w], ", ")))
	}
	return rows
}
