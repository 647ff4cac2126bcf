package scenarios

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

const (
	// maxIncluded is how many files a scenario may include, and maxInclusions how
	// often it may include one, in all.
	maxIncluded   = 16
	maxInclusions = 64
	// partSuffix ends the name of a file that is a part of scenarios and none of
	// its own.
	partSuffix = ".part.yaml"
)

// includes reads the files that a scenario names, below its folder.
type includes struct {
	ps     *problems
	folder fs.FS
	known  map[string]*node // by path; nil for one that cannot be read
	// count is how often a file was included, left how many bytes may still be read.
	count, left int
}

// partKeys are the keys of an included file: those of the body, and what stands
// once but can be shared.
func partKeys(d *decoder) []string {
	return append([]string{"include", "vars", "strategies"}, names(keysOf(d.body))...)
}

// all merges what a file includes, one after another and below what stands in the
// file itself. Above are the paths of the files that are being included.
func (x *includes) all(root *node, keys []string, above []string) *node {
	list := root.get("include")
	if list == nil {
		return root
	}
	items := list.items
	if list.shape == shapeScalar {
		items = []*node{list}
	} else if list.shape != shapeList {
		x.ps.add(list.at, "include lists files, as [common%s], and here is %v", partSuffix, list.shape)
	}
	out := &node{shape: shapeMap, at: root.at}
	for _, item := range items {
		if part := x.part(item, keys, above); part != nil {
			out = merge(out, part)
		}
	}
	out = merge(out, root.without("include"))
	out.at = root.at
	return out
}

// part returns an included file with what that includes, or nil.
func (x *includes) part(item *node, keys, above []string) *node {
	if x.count++; x.count > maxInclusions {
		if x.count == maxInclusions+1 {
			x.ps.add(item.at, "a scenario includes files more than %d times", maxInclusions)
		}
		return nil
	}
	p, tree := x.read(item, above)
	if tree == nil {
		return nil
	}
	for _, e := range tree.entries {
		if !slices.Contains(keys, e.key) {
			x.ps.add(e.at, "%s is not a key of an included file%s", quote(e.key), didYouMean(e.key, keys))
		}
	}
	kept := &node{shape: shapeMap, at: tree.at}
	for _, e := range tree.entries {
		if slices.Contains(keys, e.key) {
			kept.entries = append(kept.entries, e)
		}
	}
	return x.all(kept, keys, append(slices.Clone(above), p))
}

// read returns the tree of a file that a node names, and its path.
func (x *includes) read(item *node, above []string) (string, *node) {
	switch {
	case item.shape != shapeScalar:
		x.ps.add(item.at, "a file is named by its path, as common%s, and here is %v", partSuffix, item.shape)
		return "", nil
	case refers(item.text):
		x.ps.misreferred = true
		x.ps.add(item.at, "the path of a file cannot have a reference; write it out")
		return "", nil
	}
	p := path.Join(path.Dir(x.ps.files[item.at.file].path), item.text)
	switch {
	case path.IsAbs(item.text) || strings.Contains(item.text, `\\`) || !fs.ValidPath(p):
		x.ps.add(item.at, "%s leads out of the scenario's folder; a path is relative, and stays in it", quote(item.text))
		return "", nil
	case slices.Contains(above, p):
		x.ps.add(item.at, "%s includes itself: %s", quote(p), strings.Join(append(above, p), " includes "))
		return "", nil
	}
	if tree, ok := x.known[p]; ok {
		return p, tree
	}
	if len(x.known) == maxIncluded {
		x.ps.add(item.at, "a scenario includes more than %d files", maxIncluded)
		return "", nil
	}
	x.known[p] = x.parse(item, p)
	return p, x.known[p]
}

// parse reads and parses a file.
func (x *includes) parse(item *node, p string) *node {
	src, err := x.bytes(p)
	if err != nil {
		x.ps.add(item.at, "cannot read %s: %v%s", quote(item.text), reason(err), x.near(p))
		return nil
	}
	if x.left -= len(src); x.left < 0 && len(src) <= maxFile {
		x.ps.add(item.at, "with this one the files of the scenario have more than %s in all", sizes.format(maxFile))
		return nil
	}
	x.ps.files = append(x.ps.files, file{name: x.display(p), path: p})
	x.ps.reading = len(x.ps.files) - 1
	tree := parse(src, x.ps)
	if tree != nil && tree.shape != shapeMap {
		x.ps.add(tree.at, "an included file is a mapping, and here is %v", tree.shape)
		tree = nil
	}
	if tree != nil {
		tree.setFile(x.ps.reading)
	}
	x.ps.reading = 0
	return tree
}

// display is how messages name a file: as seen from where the scenario's is.
func (x *includes) display(p string) string {
	return path.Join(path.Dir(strings.ReplaceAll(x.ps.files[0].name, `\\`, "/")), p)
}

func (x *includes) bytes(p string) ([]byte, error) {
	if x.folder == nil {
		return nil, errors.New("there is no folder to include from")
	}
	info, err := fs.Stat(x.folder, p)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no file")
	}
	if err != nil {
		return nil, err
	}
	f, err := x.folder.Open(p)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile+1)) // so that parse says that it is too large
}

// reason says in few words why a file cannot be read.
func reason(err error) string {
	var p *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file in the scenario's folder"
	case errors.As(err, &p):
		return p.Err.Error()
	}
	return err.Error()
}

// near names the file that was meant, perhaps.
func (x *includes) near(p string) string {
	if x.folder == nil {
		return ""
	}
	list, err := fs.ReadDir(x.folder, path.Dir(p))
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range list[:min(len(list), 1000)] {
		if strings.HasSuffix(e.Name(), ".yaml") {
			names = append(names, e.Name())
		}
	}
	return nearest(path.Base(p), names)
}
