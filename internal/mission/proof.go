package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// proof is a test that names statements and counts.
type proof struct {
	statements []string
	// folder is where its file lies, from the root, with slashes.
	folder string
	// test is the Go test function that leads to it; empty for a screen's test.
	test string
	// name is the literal name.
	name string
}

// path is the name as `go test` prints it, as far as it can be read off: a
// level in between whose name is computed is left out.
func (p proof) path() string {
	if p.test == "" {
		return p.name
	}
	return p.test + "/" + rewrite(p.name)
}

// findProofs reads the tests in the folders and below them. A folder that does
// not exist holds none.
func findProofs(root string, folders []string) ([]proof, error) {
	var proofs []proof
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(root, filepath.FromSlash(folder)), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return err
			}
			if name := d.Name(); name == "node_modules" || name == "testdata" {
				return fs.SkipDir
			}
			found, err := proofsIn(root, path)
			proofs = append(proofs, found...)
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return proofs, nil
}

// proofsIn reads one folder: Go's test files together, since a test may call a
// helper in another file, and the screens' tests one by one.
func proofsIn(root, path string) ([]proof, error) {
	rel, err := filepath.Rel(root, path)
	if err != nil {
		return nil, err
	}
	folder := filepath.ToSlash(rel)
	proofs, err := goProofs(path, folder)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if !isScreenTest(entry.Name()) {
			continue
		}
		source, err := os.ReadFile(filepath.Join(path, entry.Name()))
		if err != nil {
			return nil, err
		}
		proofs = append(proofs, screenProofs(string(source), folder)...)
	}
	return proofs, nil
}

func isScreenTest(name string) bool {
	for _, ending := range []string{".e2e.ts", ".test.ts", ".test.tsx"} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return false
}
