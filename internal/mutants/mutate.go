package main

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// mutant is a file with a rule taken out.
type mutant struct {
	file     string // in the package
	function string
	what     string
	text     []byte
}

// source is the code of a package, without its tests.
type source struct {
	names []string
	texts map[string][]byte
}

func load(dir string) (*source, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	s := &source{texts: map[string][]byte{}}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		name := filepath.Base(path)
		s.names, s.texts[name] = append(s.names, name), text
	}
	return s, nil
}

// mutants returns those of the functions that a row names.
func (s *source) mutants(r row, only string, conditions bool) []mutant {
	var out []mutant
	for _, name := range s.names {
		if only != "" && name != only {
			continue
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, name, s.texts[name], 0)
		if err != nil {
			continue // go test will say so
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil || !slices.Contains(r.functions, fn.Name.Name) {
				continue
			}
			out = append(out, s.blank(fset, name, fn))
			if conditions {
				out = append(out, s.turned(fset, name, fn)...)
			}
		}
	}
	return out
}

// blank is the function that does nothing. Its results are zeros: they get names,
// so that a bare return is enough.
func (s *source) blank(fset *token.FileSet, name string, fn *ast.FuncDecl) mutant {
	text := s.texts[name]
	at := func(p token.Pos) int { return fset.Position(p).Offset }
	var out bytes.Buffer
	out.Write(text[:at(fn.Type.Params.End())])
	if results := fn.Type.Results; results != nil {
		out.WriteString(" (")
		for _, field := range results.List {
			kind := string(text[at(field.Type.Pos()):at(field.Type.End())])
			for range max(1, len(field.Names)) {
				out.WriteString("_ " + kind + ", ")
			}
		}
		out.WriteString(")")
	}
	out.WriteString(" { return }")
	out.Write(text[at(fn.Body.End()):])
	return mutant{name, fn.Name.Name, fn.Name.Name + " does nothing", tidy(out.Bytes())}
}

// turned are the functions in which one condition is turned around.
func (s *source) turned(fset *token.FileSet, name string, fn *ast.FuncDecl) []mutant {
	text := s.texts[name]
	var out []mutant
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		var conditions []ast.Expr
		switch n := n.(type) {
		case *ast.IfStmt:
			conditions = []ast.Expr{n.Cond}
		case *ast.SwitchStmt:
			if n.Tag == nil {
				for _, c := range n.Body.List {
					conditions = append(conditions, c.(*ast.CaseClause).List...)
				}
			}
		}
		for _, c := range conditions {
			from, to := fset.Position(c.Pos()), fset.Position(c.End())
			turned := slices.Concat(text[:from.Offset], []byte("!("), text[from.Offset:to.Offset], []byte(")"), text[to.Offset:])
			what := fn.Name.Name + ": not " + string(text[from.Offset:to.Offset])
			out = append(out, mutant{name, fn.Name.Name, what, turned})
		}
		return true
	})
	return out
}

// tidy drops imports that nothing uses any more, by giving each a use.
func tidy(text []byte) []byte {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", text, 0)
	if err != nil {
		return text
	}
	used := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if x, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := x.X.(*ast.Ident); ok {
				used[id.Name] = true
			}
		}
		return true
	})
	for _, spec := range f.Imports {
		path := strings.Trim(spec.Path.Value, `"`)
		if !used[path[strings.LastIndex(path, "/")+1:]] {
			spec.Name = ast.NewIdent("_")
		}
	}
	var out bytes.Buffer
	if err := format.Node(&out, fset, f); err != nil {
		return text
	}
	return out.Bytes()
}
