package scenarios

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed library
var library embed.FS

// Names lists the scenarios of the embedded library, as `kafka/expand`, in order.
func Names() []string {
	var out []string
	// The file system is part of the program: walking it cannot fail.
	_ = fs.WalkDir(library, "library", func(p string, e fs.DirEntry, _ error) error {
		name, ok := strings.CutSuffix(strings.TrimPrefix(p, "library/"), ".yaml")
		if ok && !e.IsDir() && !IsPart(p) {
			out = append(out, name)
		}
		return nil
	})
	slices.Sort(out)
	return out
}

// Match returns the names of the library that a glob matches; a name without
// wildcards matches itself.
func Match(glob string) ([]string, error) {
	var out []string
	for _, name := range Names() {
		ok, err := path.Match(glob, name)
		if err != nil {
			return nil, fmt.Errorf("%q is not a glob: %w", glob, err)
		}
		if ok {
			out = append(out, name)
		}
	}
	return out, nil
}

// Source returns the text of a scenario of the library; ok is false when there
// is none of that name.
func Source(name string) (src []byte, ok bool) {
	src, err := library.ReadFile("library/" + name + ".yaml")
	return src, err == nil
}

// IsPart says whether a path is that of a part of scenarios, which is no scenario
// of its own: it ends in .part.yaml.
func IsPart(path string) bool { return strings.HasSuffix(path, partSuffix) }

// parts returns the folder of a scenario of the library, for what it includes, or
// nil when there is none of that name.
func parts(name string) fs.FS {
	if _, ok := Source(name); !ok {
		return nil
	}
	folder, err := fs.Sub(library, path.Dir("library/"+name))
	if err != nil {
		return nil
	}
	return folder
}
