package scenarios

import (
	"embed"
	"path"
	"slices"
	"strings"
)

// Presets of workloads, one file each.
//
//go:embed presets
var presetFiles embed.FS

// PresetNames lists the presets of `workload`, in order.
func PresetNames() []string {
	list, _ := presetFiles.ReadDir("presets") // part of the program
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = strings.TrimSuffix(e.Name(), path.Ext(e.Name()))
	}
	return out
}

// Preset returns the text of a preset; ok is false when there is none of that name.
func Preset(name string) (src []byte, ok bool) {
	src, err := presetFiles.ReadFile("presets/" + name + ".yaml")
	return src, err == nil
}

// complete puts what a body names below what it says itself: the preset of the
// workload, and a profile that is a file.
func (x *expander) complete(s *substitution, body *node) *node {
	return x.profile(s, x.preset(body))
}

// profile lays the system over its profile, where that is a file.
func (x *expander) profile(s *substitution, body *node) *node {
	system := body.get("system")
	if system == nil || system.shape != shapeMap || len(system.entries) != 1 {
		return body
	}
	e := system.entries[0]
	name := e.value.get("profile")
	if name == nil || name.shape != shapeScalar || !strings.HasSuffix(name.text, ".yaml") {
		return body
	}
	rest := e.value.without("profile")
	if _, tree := x.d.includes.read(name, nil); tree != nil {
		tree.walk(func(n *node) {
			x.nodes++ // every case has them
			for _, p := range references(n) {
				x.used[p] = true
			}
		})
		rest = merge(s.apply(tree), rest)
		rest.at = e.value.at
	}
	full := &node{shape: shapeMap, at: system.at, entries: []entry{{e.key, e.at, rest}}}
	return body.replace("system", full)
}

// preset lays the workload over its preset.
func (x *expander) preset(body *node) *node {
	load := body.get("workload")
	if load == nil || load.shape != shapeMap {
		return body
	}
	name := load.get("preset")
	if name == nil || name.shape == shapeNull {
		return body
	}
	src, ok := []byte(nil), false
	if name.shape == shapeScalar && !refers(name.text) {
		src, ok = Preset(name.text)
	}
	if !ok {
		if !refers(name.text) {
			x.d.ps.add(name.at, "preset is %s, and here is %s%s", oneOf(PresetNames()), quote(name.text),
				nearest(name.text, PresetNames()))
		}
		x.d.ps.calls++
		name = &node{text: PresetNames()[0]} // so that nothing else seems to be missing
		src, _ = Preset(name.text)
	}
	tree := x.d.includes.preset(name.text, src)
	full := merge(tree, load.without("preset"))
	full.at = load.at
	return body.replace("workload", full)
}

// preset parses a preset, once.
func (x *includes) preset(name string, src []byte) *node {
	p := "preset " + name
	if tree, ok := x.known[p]; ok {
		return tree
	}
	x.ps.files = append(x.ps.files, file{name: p})
	x.ps.reading = len(x.ps.files) - 1
	tree := parse(src, x.ps)
	tree.setFile(x.ps.reading)
	x.ps.reading = 0
	x.known[p] = tree
	return tree
}

// replace returns a mapping with another value of a key that it has.
func (n *node) replace(key string, value *node) *node {
	out := &node{shape: n.shape, at: n.at, entries: slices.Clone(n.entries)}
	out.entry(key).value = value
	return out
}

// references lists the names that a single value refers to.
func references(n *node) []string {
	if n.shape != shapeScalar || !refers(n.text) {
		return nil
	}
	var out []string
	parts, _ := pieces(n.text)
	for _, p := range parts {
		if p.reference {
			out = append(out, p.text)
		}
	}
	return out
}
