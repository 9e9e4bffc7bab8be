package locales

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// codeFolders parses the program's code, without tests and without this
// package, folder by folder.
func codeFolders(t *testing.T) map[string][]*ast.File {
	t.Helper()
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	folders := map[string][]*ast.File{}
	walk(t, func(name string) {
		folder := filepath.Dir(name)
		if filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") || folder == here {
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		folders[folder] = append(folders[folder], f)
	})
	return folders
}

func importsLocales(f *ast.File) bool {
	return slices.ContainsFunc(f.Imports, func(i *ast.ImportSpec) bool {
		return i.Path.Value == `"github.com/deskmesh/deskmesh/locales"`
	})
}

// walk visits every file of the repository that people write.
func walk(t *testing.T, visit func(name string)) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			top := filepath.Dir(name) == root && slices.Contains([]string{"bin", "build", "data", "tools"}, d.Name())
			if top || name != root && strings.HasPrefix(d.Name(), ".") || slices.Contains([]string{"node_modules", "testdata", "dist"}, d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		visit(name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
