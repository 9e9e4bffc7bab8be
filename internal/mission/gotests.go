package main

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// goProofs finds the subtests of a folder's Go tests that name statements,
// have a body that does something, skip nowhere, and are reached from a test
// function. Files that the usual build leaves out do not count.
func goProofs(path, folder string) ([]proof, error) {
	files, err := filepath.Glob(filepath.Join(path, "*_test.go"))
	if err != nil {
		return nil, err
	}
	s := &suite{folder: folder, functions: map[string]*ast.FuncDecl{}}
	for _, file := range files {
		if ok, err := build.Default.MatchFile(path, filepath.Base(file)); err != nil {
			return nil, err
		} else if !ok {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, decl := range parsed.Decls {
			if function, ok := decl.(*ast.FuncDecl); ok && function.Body != nil {
				s.functions[function.Name.Name] = function
				s.order = append(s.order, function.Name.Name)
			}
		}
	}
	return s.proofs(), nil
}

// suite is the functions of one folder's tests. Methods are known by their
// bare name, which is enough to see who calls whom.
type suite struct {
	folder    string
	functions map[string]*ast.FuncDecl
	order     []string
}

func (s *suite) proofs() []proof {
	tests := s.reached()
	var proofs []proof
	for _, name := range s.order {
		test := tests[name]
		if test == "" || skipsFirst(s.functions[name].Body) {
			continue
		}
		for _, subtest := range s.subtests(s.functions[name].Body) {
			proofs = append(proofs, proof{
				statements: statementsIn(subtest), folder: s.folder, test: test, name: subtest,
			})
		}
	}
	return proofs
}

// reached gives, for every function that a test leads to, the first such test.
func (s *suite) reached() map[string]string {
	tests := map[string]string{}
	for _, name := range s.order {
		if !isTest(name, s.functions[name]) {
			continue
		}
		waiting := []string{name}
		for len(waiting) > 0 {
			next := waiting[0]
			waiting = waiting[1:]
			function := s.functions[next]
			if function == nil || tests[next] != "" || skipsFirst(function.Body) {
				continue
			}
			tests[next] = name
			waiting = append(waiting, s.mentioned(function.Body)...)
		}
	}
	return tests
}

// mentioned lists the suite's functions that the body calls or hands on.
func (s *suite) mentioned(body ast.Node) []string {
	var names []string
	ast.Inspect(body, func(node ast.Node) bool {
		if ident, ok := node.(*ast.Ident); ok && s.functions[ident.Name] != nil && !slices.Contains(names, ident.Name) {
			names = append(names, ident.Name)
		}
		return true
	})
	return names
}

func isTest(name string, function *ast.FuncDecl) bool {
	rest, ok := strings.CutPrefix(name, "Test")
	return ok && function.Recv == nil && name != "TestMain" &&
		(rest == "" || !('a' <= rest[0] && rest[0] <= 'z')) && function.Type.Params.NumFields() == 1
}

// subtests lists the literal names of the t.Run calls in the body that name a
// statement and count. What stands below an unconditional skip does not.
func (s *suite) subtests(body *ast.BlockStmt) []string {
	var names []string
	ast.Inspect(body, func(node ast.Node) bool {
		if literal, ok := node.(*ast.FuncLit); ok && skipsFirst(literal.Body) {
			return false
		}
		call, ok := node.(*ast.CallExpr)
		if !ok || calledMethod(call) != "Run" || len(call.Args) != 2 {
			return true
		}
		name, ok := literalText(call.Args[0])
		if ok && len(statementsIn(name)) > 0 && s.proves(call.Args[1]) {
			names = append(names, name)
		}
		return true
	})
	return names
}

// proves looks at what t.Run is to run: a function written there, the name of
// one of this suite, or a call that is handed such a one.
func (s *suite) proves(run ast.Expr) bool {
	switch run := run.(type) {
	case *ast.FuncLit:
		return works(run.Body) && !skips(run.Body)
	case *ast.Ident:
		function := s.functions[run.Name]
		return function != nil && works(function.Body) && !skips(function.Body)
	case *ast.SelectorExpr:
		return s.proves(run.Sel)
	case *ast.CallExpr:
		return slices.ContainsFunc(run.Args, s.proves)
	}
	return false
}

// works says whether a body calls anything but the bookkeeping of testing.
func works(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(node ast.Node) bool {
		if call, ok := node.(*ast.CallExpr); ok {
			switch calledMethod(call) {
			case "Parallel", "Helper", "Log", "Logf":
			default:
				found = true
			}
		}
		return !found
	})
	return found
}

func skips(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(node ast.Node) bool {
		if call, ok := node.(*ast.CallExpr); ok && isSkip(call) {
			found = true
		}
		return !found
	})
	return found
}

// skipsFirst says whether a body skips whatever the circumstances: a skip
// stands in it as a statement of its own. One inside an if is left to the run.
func skipsFirst(body *ast.BlockStmt) bool {
	return slices.ContainsFunc(body.List, func(statement ast.Stmt) bool {
		expression, ok := statement.(*ast.ExprStmt)
		if !ok {
			return false
		}
		call, ok := expression.X.(*ast.CallExpr)
		return ok && isSkip(call)
	})
}

func isSkip(call *ast.CallExpr) bool {
	switch calledMethod(call) {
	case "Skip", "Skipf", "SkipNow":
		return true
	}
	return false
}

func calledMethod(call *ast.CallExpr) string {
	if selector, ok := call.Fun.(*ast.SelectorExpr); ok {
		return selector.Sel.Name
	}
	return ""
}

func literalText(expression ast.Expr) (string, bool) {
	literal, ok := expression.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(literal.Value)
	return text, err == nil
}
