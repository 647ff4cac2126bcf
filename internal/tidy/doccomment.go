package tidy

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"
)

// exported finds exported declarations without a comment.
func (s *style) exported() {
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
				s.add(d.Pos(), "doc", "%s has no comment that says what it does", d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				s.spec(d, spec)
			}
		}
	}
}

// spec checks one declaration of a type, a constant or a variable. A comment
// behind it counts, and so does that of its group.
func (s *style) spec(group *ast.GenDecl, spec ast.Spec) {
	var names []*ast.Ident
	documented := group.Doc != nil
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		names = []*ast.Ident{spec.Name}
		documented = documented || spec.Doc != nil || spec.Comment != nil
	case *ast.ValueSpec:
		names = spec.Names
		documented = documented || spec.Doc != nil || spec.Comment != nil
	}
	if i := slices.IndexFunc(names, (*ast.Ident).IsExported); i >= 0 && !documented {
		s.add(spec.Pos(), "doc", "%s has no comment that says what it is", names[i].Name)
	}
}

// exportedReceiver says whether the function is none of an unexported type's.
func exportedReceiver(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	t := f.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}

// PackageDocs checks that each package has a comment, and a library's comment a
// picture: a block that is indented.
func PackageDocs(files []File) ([]Finding, error) {
	type pkg struct {
		first, doc string // the first file, and the package's comment
		main       bool
	}
	pkgs := make(map[string]*pkg)
	var dirs []string
	for _, f := range files {
		if !f.Go() || strings.Contains(f.Name, "testdata/") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name, f.Source, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			return nil, err
		}
		dir := path.Dir(f.Name)
		p := pkgs[dir]
		if p == nil {
			p = &pkg{first: f.Name}
			pkgs[dir] = p
			dirs = append(dirs, dir)
		}
		p.main = p.main || file.Name.Name == "main"
		// A package that is only tests is explained in them.
		p.doc += file.Doc.Text()
	}
	var found []Finding
	for _, dir := range dirs {
		switch p := pkgs[dir]; {
		case p.doc == "":
			found = append(found, Finding{p.first, 1, "package-doc", "the package has no comment; write a doc.go"})
		case !p.main && !strings.Contains(p.doc, "\n\t"):
			found = append(found, Finding{p.first, 1, "picture", "the package's comment has no picture of its parts"})
		}
	}
	return found, nil
}
