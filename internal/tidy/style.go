package tidy

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"unicode/utf8"
)

// The limits of size. Generated files have none.
const (
	maxFileLines = 400
	maxFuncLines = 70
	maxLine      = 120 // characters, a tab being one
	// A text is not broken for the width's sake, so that it can be searched for,
	// nor is the row of a table: a line with longText characters of strings may be
	// longer.
	maxTextLine = 160
	longText    = 40
)

// style looks at one Go file.
type style struct {
	name  string
	fset  *token.FileSet
	file  *ast.File
	found []Finding
}

func (s *style) add(pos token.Pos, rule, format string, args ...any) {
	s.at(s.fset.Position(pos).Line, rule, format, args...)
}

func (s *style) at(line int, rule, format string, args ...any) {
	s.found = append(s.found, Finding{s.name, line, rule, fmt.Sprintf(format, args...)})
}

// test says whether the file is part of a test.
func (s *style) test() bool { return strings.HasSuffix(s.name, "_test.go") }

// Style checks one Go file: sizes, documentation, skipped tests, init functions.
func Style(f File) ([]Finding, error) {
	s := &style{name: f.Name, fset: token.NewFileSet()}
	file, err := parser.ParseFile(s.fset, f.Name, f.Source, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	s.file = file
	if !ast.IsGenerated(file) {
		s.sizes(f.Source)
		s.functions()
	}
	s.skips()
	s.inits()
	if !s.test() && file.Name.Name != "main" {
		s.exported()
	}
	return order(s.found), nil
}

func (s *style) sizes(src []byte) {
	lines := strings.Split(strings.TrimSuffix(string(src), "\n"), "\n")
	if len(lines) > maxFileLines {
		s.at(maxFileLines+1, "file-length", "the file has %d lines; split it at %d", len(lines), maxFileLines)
	}
	texts := s.texts()
	for i, line := range lines {
		limit := maxLine
		if texts[i+1] >= longText {
			limit = maxTextLine
		}
		if n := utf8.RuneCountInString(line); n > limit {
			s.at(i+1, "line-length", "the line has %d characters; break it at %d", n, limit)
		}
	}
}

// texts returns how many characters of strings each line has. What an example
// prints counts as a string.
func (s *style) texts() map[int]int {
	out := make(map[int]int)
	add := func(pos token.Pos, text string) {
		line := s.fset.Position(pos).Line
		for i, part := range strings.Split(text, "\n") {
			out[line+i] += utf8.RuneCountInString(part)
		}
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			add(lit.Pos(), lit.Value)
		}
		return true
	})
	for _, c := range s.file.Comments {
		if strings.HasPrefix(c.Text(), "Output:") {
			for _, line := range c.List {
				add(line.Pos(), line.Text)
			}
		}
	}
	return out
}

func (s *style) functions() {
	for _, d := range s.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		first, last := s.fset.Position(f.Pos()).Line, s.fset.Position(f.End()).Line
		if n := last - first + 1; n > maxFuncLines {
			s.at(first, "func-length", "%s has %d lines; split it at %d", f.Name.Name, n, maxFuncLines)
		}
	}
}

// skips finds calls that skip a test without saying why.
func (s *style) skips() {
	ast.Inspect(s.file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || !s.test() {
			return true
		}
		switch name := sel.Sel.Name; {
		case name == "SkipNow", name == "Skip" && len(call.Args) == 0, name == "Skip" && empty(call.Args[0]):
			s.add(call.Pos(), "skip", "a test is skipped with its reason: t.Skip(\"why\")")
		}
		return true
	})
}

// empty says whether an expression is a blank string.
func empty(e ast.Expr) bool {
	lit, ok := e.(*ast.BasicLit)
	return ok && lit.Kind == token.STRING && strings.TrimSpace(strings.Trim(lit.Value, "\"`")) == ""
}

// inits finds init functions: what a program offers is assembled where it
// starts and passed down.
func (s *style) inits() {
	for _, d := range s.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			s.add(f.Pos(), "init", "there are no init functions; let the program call what it needs")
		}
	}
}
