package tidy

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// banned are the imports that a simulated package may not have, with the reason.
var banned = map[string]string{
	"sync":         "a run is one goroutine and needs no lock",
	"sync/atomic":  "a run is one goroutine and needs no atomics",
	"time":         "a run has no clock but sim.Engine.Now",
	"math/rand":    "draw from sim.Engine.Bits under a decision's name",
	"math/rand/v2": "draw from sim.Engine.Bits under a decision's name",
	"crypto/rand":  "draw from sim.Engine.Bits under a decision's name",
	"hash/maphash": "its hashes differ in every process",
	"unique":       "its handles are addresses, which differ in every process",
	"os":           "a run reads nothing of the machine",
	"os/exec":      "a run reads nothing of the machine",
	"os/signal":    "a run reads nothing of the machine",
	"net":          "a run reads nothing of the machine",
	"net/http":     "a run reads nothing of the machine",
	"log":          "a run prints nothing, and log prints the time",
	"log/slog":     "a run prints nothing, and slog prints the time",
	"syscall":      "a run reads nothing of the machine",
	"runtime":      "a run must not depend on the scheduler or the collector",
	"reflect":      "it lists maps in their own order",
	"unsafe":       "addresses and sizes differ between machines",
}

// bannedFuncs are functions of packages that may be imported otherwise.
var bannedFuncs = map[string]string{
	"context.WithTimeout":        "it reads the clock",
	"context.WithTimeoutCause":   "it reads the clock",
	"context.WithDeadline":       "it reads the clock",
	"context.WithDeadlineCause":  "it reads the clock",
	"context.AfterFunc":          "it starts a goroutine",
	"(context.Context).Deadline": "it is a time of the wall clock",
	"iter.Pull":                  "it starts a coroutine",
	"iter.Pull2":                 "it starts a coroutine",
	"fmt.Print":                  "a run prints nothing",
	"fmt.Printf":                 "a run prints nothing",
	"fmt.Println":                "a run prints nothing",
}

// ownOrder are the functions that list a map in its own order.
var ownOrder = map[string]bool{
	"maps.All": true, "maps.Keys": true, "maps.Values": true, "maps.DeleteFunc": true, "maps.EqualFunc": true,
}

// determinism looks at one package.
type determinism struct {
	pkg   *Package
	float bool // floating point is forbidden too
	found []Finding
	// sorted are the functions whose result goes straight into slices.Sorted.
	sorted map[*ast.Ident]bool
}

// Determinism checks a simulated package; float says whether floating point is
// forbidden as well.
func Determinism(p *Package, float bool) []Finding {
	d := &determinism{pkg: p, float: float, sorted: make(map[*ast.Ident]bool)}
	for _, name := range p.Left {
		d.found = append(d.found, Finding{p.Dir + "/" + name, 1, "build",
			"a simulated package is the same Go on every machine: no build constraints, cgo or assembly"})
	}
	for _, f := range p.Files {
		for _, i := range f.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			if why := banned[path]; why != "" && err == nil {
				d.add(i.Pos(), "import", "%s may not be imported here: %s", path, why)
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			d.node(n)
			return true
		})
	}
	return order(d.found)
}

func (d *determinism) add(pos token.Pos, rule, format string, args ...any) {
	at := d.pkg.Fset.Position(pos)
	d.found = append(d.found, Finding{at.Filename, at.Line, rule, fmt.Sprintf(format, args...)})
}

// node checks one node of a syntax tree. Parents come before their children.
func (d *determinism) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.GoStmt:
		d.add(n.Pos(), "go", "a run is one goroutine; set a timer instead")
	case *ast.SelectStmt:
		d.add(n.Pos(), "select", "select picks at random; set a timer instead")
	case *ast.RangeStmt:
		if isMap(d.pkg.Info.TypeOf(n.X)) {
			d.add(n.Pos(), "map", "a map has no order; range over slices.Sorted(maps.Keys(m))")
		}
	case *ast.CallExpr:
		d.call(n)
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			for _, x := range n.Lhs {
				d.assigned(x)
			}
		}
	case *ast.IncDecStmt:
		d.assigned(n.X)
	}
	if x, ok := n.(ast.Expr); ok {
		d.expression(x)
	}
}

// call notes which list of a map is put in order at once.
func (d *determinism) call(n *ast.CallExpr) {
	if f := d.function(callee(n.Fun)); f == nil || f.FullName() != "slices.Sorted" || len(n.Args) != 1 {
		return
	}
	if list, ok := n.Args[0].(*ast.CallExpr); ok {
		d.sorted[callee(list.Fun)] = true
	}
}

// expression checks a type and everything that has one.
func (d *determinism) expression(x ast.Expr) {
	if id, ok := x.(*ast.Ident); ok {
		if f := d.function(id); f != nil && bannedFuncs[f.FullName()] != "" {
			d.add(x.Pos(), "func", "%s may not be used here: %s", f.FullName(), bannedFuncs[f.FullName()])
		} else if f != nil && ownOrder[f.FullName()] && !d.sorted[id] {
			d.add(x.Pos(), "map", "%s has the map's own order; use slices.Sorted(maps.Keys(m))", f.FullName())
		}
	}
	t := d.pkg.Info.TypeOf(x)
	if t == nil {
		return
	}
	switch u := t.Underlying().(type) {
	case *types.Chan:
		d.add(x.Pos(), "channel", "a run is one goroutine; there is nobody to talk to through a channel")
	case *types.Basic:
		if d.float && u.Info()&(types.IsFloat|types.IsComplex) != 0 && u.Info()&types.IsUntyped == 0 {
			d.add(x.Pos(), "float", "floating point differs between architectures; count in integers")
		}
	}
}

// assigned finds assignments to variables of a package: what one run leaves
// there reaches the next.
func (d *determinism) assigned(x ast.Expr) {
	at := x.Pos()
	for {
		switch y := x.(type) {
		case *ast.ParenExpr:
			x = y.X
		case *ast.StarExpr:
			x = y.X
		case *ast.IndexExpr:
			x = y.X
		case *ast.SelectorExpr:
			if _, qualified := d.pkg.Info.Uses[y.Sel].(*types.Var); qualified && d.isPackage(y.X) {
				x = y.Sel
			} else {
				x = y.X
			}
		case *ast.Ident:
			if v, ok := d.pkg.Info.Uses[y].(*types.Var); ok && v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
				d.add(at, "global", "%s outlives the run; keep it in a value of the run", v.Name())
			}
			return
		default:
			return
		}
	}
}

func (d *determinism) isPackage(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	if !ok {
		return false
	}
	_, ok = d.pkg.Info.Uses[id].(*types.PkgName)
	return ok
}

// function returns the function that an identifier stands for, or nil.
func (d *determinism) function(id *ast.Ident) *types.Func {
	if id == nil {
		return nil
	}
	f, _ := d.pkg.Info.Uses[id].(*types.Func)
	return f
}

// callee returns the identifier of what is called, instantiated or not.
func callee(x ast.Expr) *ast.Ident {
	switch y := x.(type) {
	case *ast.ParenExpr:
		return callee(y.X)
	case *ast.IndexExpr:
		return callee(y.X)
	case *ast.IndexListExpr:
		return callee(y.X)
	case *ast.SelectorExpr:
		return y.Sel
	case *ast.Ident:
		return y
	}
	return nil
}

// isMap says whether values of the type are maps, also those of a type parameter.
func isMap(t types.Type) bool {
	if t == nil {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Map:
		return true
	case *types.Interface: // of a type parameter, or embedded in its constraint
		for i := range u.NumEmbeddeds() {
			if hasMap(u.EmbeddedType(i)) {
				return true
			}
		}
	}
	return false
}

// hasMap says whether a part of a constraint allows maps.
func hasMap(t types.Type) bool {
	u, ok := t.(*types.Union)
	if !ok {
		return isMap(t)
	}
	for i := range u.Len() {
		if isMap(u.Term(i).Type()) {
			return true
		}
	}
	return false
}
