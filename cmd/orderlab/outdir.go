package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// resultFile is the file that marks a directory as a result of ours.
const resultFile = "result.json"

// outDir is a directory of results that is written next to its place and renamed
// into it when it is complete, so that there is never half of one.
type outDir struct {
	// path is where it will be, temp where it is being written.
	path, temp string

	// mu is held while files and directories appear and go, so that an abort
	// leaves none behind.
	mu        sync.Mutex
	discarded bool
}

// openOut makes ready to write a directory: it is missing, empty, or an earlier
// result, which is then replaced as a whole. Anything else is refused.
func openOut(path string) (*outDir, error) {
	at, err := filepath.Abs(path)
	if err != nil {
		return nil, usagef("-o %s: %w", path, err)
	}
	if real, err := filepath.EvalSymlinks(at); err == nil {
		at = real
	}
	if err := replaceable(at); err != nil {
		return nil, usagef("-o %s: %w", path, err)
	}
	if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
		return nil, usagef("-o %s: %w", path, err)
	}
	if err := writable(at); err != nil {
		return nil, usagef("-o %s: it cannot be replaced: %w", path, cause(err))
	}
	temp, err := makeSibling(at, "partial")
	if err != nil {
		return nil, usagef("-o %s: cannot make a directory in %s: %w", path, filepath.Dir(at), cause(err))
	}
	return &outDir{path: at, temp: temp}, nil
}

// writable says why a directory that is there could not be moved away in the end, by
// making one in it.
func writable(path string) error {
	probe := filepath.Join(path, fmt.Sprintf(".probe-%d", os.Getpid()))
	if err := os.Mkdir(probe, 0o777); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	} else if err != nil {
		return nil // there is no directory yet
	}
	return os.Remove(probe)
}

// leftovers returns directories beside path that a run makes while it writes: of one
// that is under way, or of one that was killed.
func leftovers(path string) []string {
	var out []string
	for _, what := range []string{"partial", "old"} {
		found, _ := filepath.Glob(globSafe(filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+what+"-")) + "*")
		out = append(out, found...)
	}
	return out
}

// globSafe takes the meaning from what is special in a glob.
func globSafe(path string) string {
	return strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]").Replace(path)
}

// replaceable says why a directory must not be replaced; nil when it may.
func replaceable(path string) error {
	if here, err := os.Getwd(); err == nil && (here == path || strings.HasPrefix(here, path+string(filepath.Separator))) {
		return errors.New("it is the working directory or above it; name a directory of its own")
	}
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return errors.New("it is a file, and -o names a directory")
	}
	entries, err := os.ReadDir(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case len(entries) == 0:
		return nil
	}
	if !isResult(filepath.Join(path, resultFile)) {
		return errors.New("the directory is not empty and holds no result of orderlab; name another or empty it")
	}
	return filepath.WalkDir(path, func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if within, err := filepath.Rel(path, file); err != nil || ours(within) {
			return err
		}
		return fmt.Errorf("the directory holds a result, but also %s, which is not part of one; move it away", file)
	})
}

// ours says whether a file, by its path from the directory of a result, has a name
// that results have.
func ours(file string) bool {
	base, ext, dir := filepath.Base(file), filepath.Ext(file), filepath.Base(filepath.Dir(file))
	switch dir {
	case "plots":
		return ext == ".svg" || ext == ".png"
	case "shrunk":
		return ext == ".yaml"
	case "decisions":
		return ext == ".jsonl"
	case "witness":
		return ext == ".mmd" || ext == pictureEnding
	}
	return slices.Contains([]string{
		resultFile, runsFile, "history.jsonl", "faults.yaml", pageFile,
		tableFile, seriesFile, ednFile, perfettoFile, scenarioFile, witnessFile, pictureFile,
	}, base)
}

// isResult says whether a file begins with a result.
func isResult(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	var head struct {
		Version  int    `json:"schema_version"`
		Scenario string `json:"scenario"`
		// Those of check.
		File       string            `json:"file"`
		Guarantees []json.RawMessage `json:"guarantees"`
	}
	err = json.NewDecoder(bufio.NewReader(f)).Decode(&head)
	return err == nil && (head.Version > 0 && head.Scenario != "" || head.File != "" && head.Guarantees != nil)
}

// makeSibling makes a new directory beside path. The name says whose it is, in
// case the machine stops before it is removed.
func makeSibling(path, what string) (string, error) {
	for n := os.Getpid(); ; n++ {
		name := siblingName(path, what, n)
		if err := os.Mkdir(name, 0o777); !errors.Is(err, fs.ErrExist) {
			return name, err
		}
	}
}

func siblingName(path, what string, n int) string {
	return filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%s-%d", filepath.Base(path), what, n))
}

// create writes one file, whose name has slashes.
func (o *outDir) create(name string, write func(io.Writer) error) error {
	f, err := o.open(filepath.Join(o.temp, filepath.FromSlash(name)))
	if err != nil {
		return o.explain(name, err)
	}
	buffer := bufio.NewWriterSize(f, 1<<16)
	err = write(buffer)
	if err == nil {
		err = buffer.Flush()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return o.explain(name, err)
}

// open makes a file, with its folders.
func (o *outDir) open(file string) (*os.File, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.discarded {
		return nil, fs.ErrClosed
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return nil, err
	}
	return os.Create(file)
}

// explain names the file that could not be written as the user knows it.
func (o *outDir) explain(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("cannot write %s: %w (%s is as it was)", filepath.Join(o.path, name), cause(err), o.path)
}

// cause returns what is wrong without the path, which may be one that the user does
// not know.
func cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// commit puts the directory in its place.
func (o *outDir) commit() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.discarded {
		return fs.ErrClosed
	}
	if err := replaceable(o.path); err != nil {
		return fmt.Errorf("cannot write %s: %w", o.path, err)
	}
	err := os.Remove(o.path) // an empty one, or none
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return os.Rename(o.temp, o.path)
	}
	old, err := makeSibling(o.path, "old")
	if err != nil {
		return fmt.Errorf("cannot replace %s: %w", o.path, cause(err))
	}
	defer os.RemoveAll(old)
	aside := filepath.Join(old, "result")
	if err := os.Rename(o.path, aside); err != nil {
		return fmt.Errorf("cannot replace %s: %w (it is as it was)", o.path, cause(err))
	}
	if err := os.Rename(o.temp, o.path); err != nil {
		return errors.Join(err, os.Rename(aside, o.path))
	}
	return nil
}

// discard removes what was written so far, if it is not in its place yet. What
// cannot be removed has a name that says whose it is.
func (o *outDir) discard() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.discarded = true
	_ = os.RemoveAll(o.temp)
}
