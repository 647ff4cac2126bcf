package tidy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// listed is what `go list` says about a package.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles, IgnoredGoFiles []string
	CgoFiles, SFiles        []string
	DepOnly                 bool
	Error                   *struct{ Err string }
}

// Package is a package with its syntax trees and types.
type Package struct {
	// Path is the import path, Dir the directory relative to the root.
	Path, Dir string
	// Left are the files that some builds leave out.
	Left  []string
	Fset  *token.FileSet
	Files []*ast.File
	Info  *types.Info
}

// Load reads the packages that the patterns of `go list` match, without their
// tests. What they import comes from the build cache as export data, so that
// only the packages themselves are type-checked.
func Load(root string, patterns ...string) ([]*Package, error) {
	list, err := goList(root, patterns...)
	if err != nil {
		return nil, err
	}
	exports := make(map[string]string)
	for _, p := range list {
		exports[p.ImportPath] = p.Export
	}
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("there is no export data of %s", path)
		}
		return os.Open(exports[path])
	})
	var out []*Package
	for _, p := range list {
		if p.DepOnly {
			continue
		}
		pkg, err := check(root, p, fset, imports)
		if err != nil {
			return nil, err
		}
		out = append(out, pkg)
	}
	return out, nil
}

// goList runs `go list -deps -export` in the root.
func goList(root string, patterns ...string) ([]listed, error) {
	fields := "-json=ImportPath,Dir,Export,GoFiles,IgnoredGoFiles,CgoFiles,SFiles,DepOnly,Error"
	cmd := exec.Command("go", append([]string{"list", "-deps", "-export", fields}, patterns...)...)
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w: %s", strings.Join(patterns, " "), err, stderr.Bytes())
	}
	var list []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		switch err := dec.Decode(&p); {
		case errors.Is(err, io.EOF):
			return list, nil
		case err != nil:
			return nil, err
		case p.Error != nil:
			return nil, fmt.Errorf("go list %s: %s", p.ImportPath, p.Error.Err)
		}
		list = append(list, p)
	}
}

// check parses and type-checks one package.
func check(root string, p listed, fset *token.FileSet, imports types.Importer) (*Package, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Rel(abs, p.Dir)
	if err != nil {
		return nil, err
	}
	out := &Package{Path: p.ImportPath, Dir: filepath.ToSlash(dir), Fset: fset,
		Left: slices.Concat(p.IgnoredGoFiles, p.CgoFiles, p.SFiles),
		Info: &types.Info{Types: make(map[ast.Expr]types.TypeAndValue), Defs: make(map[*ast.Ident]types.Object),
			Uses: make(map[*ast.Ident]types.Object)}}
	for _, name := range p.GoFiles {
		src, err := os.ReadFile(filepath.Join(p.Dir, name))
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(fset, out.Dir+"/"+name, src, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		out.Files = append(out.Files, f)
	}
	conf := types.Config{Importer: imports}
	if _, err := conf.Check(p.ImportPath, fset, out.Files, out.Info); err != nil {
		return nil, fmt.Errorf("%s: %w", p.ImportPath, err)
	}
	return out, nil
}
