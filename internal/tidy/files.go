package tidy

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// File is a text file of the repository.
type File struct {
	// Name is relative to the root, with slashes.
	Name   string
	Source []byte
}

// Go says whether the file is Go source.
func (f *File) Go() bool { return strings.HasSuffix(f.Name, ".go") }

// skipped are the directories of the root that hold no source: what the tools
// build and write there is left to .gitignore.
var skipped = []string{".git", "bin", "out", "internal/tidy/testdata"}

// maxSize is the size in bytes above which a file is taken for data.
const maxSize = 1 << 20

// Files returns the text files below a directory in the order of their names.
func Files(root string) ([]File, error) {
	var out []File
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		for _, s := range skipped {
			if name == s && e.IsDir() {
				return fs.SkipDir
			}
		}
		if !e.Type().IsRegular() {
			return nil
		}
		info, err := e.Info()
		if err != nil || info.Size() > maxSize {
			return err
		}
		src, err := os.ReadFile(path)
		if err == nil && !bytes.ContainsRune(src, 0) {
			out = append(out, File{name, src})
		}
		return err
	})
	return out, err
}
