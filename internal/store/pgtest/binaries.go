package pgtest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// ErrNotInstalled is what Start returns where no PostgreSQL server is found.
var ErrNotInstalled = errors.New("PostgreSQL is not installed: initdb and postgres are neither in PATH nor in /usr/lib/postgresql/*/bin (on Debian: apt-get install postgresql)")

// binaries is a folder that holds initdb and postgres of one version.
type binaries string

func (b binaries) path(name string) string { return filepath.Join(string(b), name) }

func (b binaries) complete() bool {
	for _, name := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(b.path(name)); err != nil {
			return false
		}
	}
	return true
}

// findBinaries looks in PATH, then for the newest version in Debian's folders.
// With a major version ("15", from a database that exists already) only that
// folder will do.
func findBinaries(major string) (binaries, error) {
	if major != "" {
		if b := binaries("/usr/lib/postgresql/" + major + "/bin"); b.complete() {
			return b, nil
		}
	}
	if initdb, err := exec.LookPath("initdb"); err == nil {
		// initdb runs the postgres beside it, so a link in PATH must be followed.
		if real, err := filepath.EvalSymlinks(initdb); err == nil {
			if b := binaries(filepath.Dir(real)); b.complete() {
				return b, nil
			}
		}
	}
	folders, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	best, bestVersion := binaries(""), -1
	for _, folder := range folders {
		version, err := strconv.Atoi(filepath.Base(filepath.Dir(folder)))
		if err == nil && version > bestVersion && binaries(folder).complete() {
			best, bestVersion = binaries(folder), version
		}
	}
	if best == "" {
		return "", ErrNotInstalled
	}
	return best, nil
}

// required says whether a missing PostgreSQL fails a test instead of skipping it.
func required() bool {
	return os.Getenv("CI") == "true" || os.Getenv("DESKMESH_NEED_POSTGRES") == "1"
}
