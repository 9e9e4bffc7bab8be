package cli_test

import (
	"bytes"
	"context"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/deskmesh/deskmesh/internal/cli"
)

// result is what a command left behind.
type result struct {
	status   int
	out, err string
}

// run runs a command to its end, with the given environment.
func run(t *testing.T, env map[string]string, args ...string) result {
	t.Helper()
	var out, errors bytes.Buffer
	status := cli.Run(t.Context(), args, cli.Surroundings{
		Env: func(name string) (string, bool) { value, found := env[name]; return value, found }, Out: &out, Err: &errors,
	})
	return result{status, out.String(), errors.String()}
}

func (r result) want(t *testing.T, status int, out, err string) {
	t.Helper()
	if r.status != status {
		t.Errorf("exit status %d, want %d", r.status, status)
	}
	for _, s := range []struct{ name, got, want string }{{"output", r.out, out}, {"errors", r.err, err}} {
		if s.want == "" && s.got != "" || !regexp.MustCompile(`(?s)`+s.want).MatchString(s.got) {
			t.Errorf("%s do not match %q:\n%s", s.name, s.want, s.got)
		}
	}
}

func database(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "desk.db") }

func newAccount(db string, more ...string) []string {
	return append([]string{"account", "create", "--db", db, "--name", "Lumen", "--slug", "lumen", "--host", "desk.lumen.example", "--base-url", "https://desk.lumen.example",
		"--owner-name", "Ada Lindqvist", "--owner-address", "ada@lumen.example"}, more...)
}

func TestRun(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, test := range []struct {
		name   string
		env    map[string]string
		args   []string
		status int
		out    string
		err    string
	}{
		{"help is no fault", nil, []string{"--help"}, 0, "Run the server", ""},
		{"nothing asked for", nil, nil, 2, "", "deskmesh: .*--help"},
		{"an unknown command", nil, []string{"fly"}, 2, "", "deskmesh: .*fly"},
		{"an unknown flag", nil, []string{"serve", "--fast"}, 2, "", "deskmesh: .*--fast"},
		{"several wrong flags are all named", nil, []string{"serve", "--listen", "x", "--mail-max", "1"}, 2, "", "deskmesh: --listen: .*\ndeskmesh: --mail-max: "},
		{"a database of another kind", nil, []string{"migrate", "--db", "mysql:x"}, 2, "", "--db"},
		{"a password is never repeated", nil, []string{"serve", "--smtp-out", "smtp://u:se cret@h"}, 2, "", `\A[^s]*deskmesh: --smtp-out: it must be`},
		{"a demo for everybody needs a word more", nil, []string{"serve", "--demo", "--listen", "0.0.0.0:0"}, 2, "", "--demo-public"},
		{"the environment counts", map[string]string{"DESKMESH_DB": "mysql:x"}, []string{"migrate"}, 2, "", "--db"},
		{"version", nil, []string{"version"}, 0, `\Adeskmesh \S+ go1\S+ \w+/\w+\n\z`, ""},
		{"the API's description", nil, []string{"openapi"}, 0, `openapi: .?3\.1`, ""},
		{"a folder where a database should be", nil, []string{"migrate", "--db", "sqlite:" + folder}, 1, "", "deskmesh: "},
		{"a restore of nothing", nil, []string{"restore", "--db", "sqlite:" + filepath.Join(folder, "r.db"), "--data", folder, "--from", filepath.Join(folder, "missing")}, 1, "", "from: The file cannot be read."},
		{"a backup of nothing", nil, []string{"backup", "--db", "sqlite:" + filepath.Join(folder, "b.db"), "--data", folder, "--to", filepath.Join(folder, "b.tgz")}, 1, "", "deskmesh: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			run(t, test.env, test.args...).want(t, test.status, test.out, test.err)
		})
	}
}

func TestAccountCreate(t *testing.T) {
	t.Parallel()
	db := database(t)
	run(t, nil, newAccount(db)...).want(t, 0, `\Ahttps://desk\.lumen\.example/setup/dmu_\S{43}\n\z`, "The account lumen is there")
	run(t, nil, newAccount(db)...).want(t, 1, "", "deskmesh: .*already")
	run(t, nil, newAccount(db, "--slug", "x")...).want(t, 2, "", "--slug")
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	db := database(t)
	for range 2 {
		run(t, nil, "migrate", "--db", db).want(t, 0, "", `schema version \d+\.`)
	}
}

func TestSeed(t *testing.T) {
	t.Parallel()
	db := database(t)
	args := []string{"seed", "--db", db, "--tickets", "50", "--agents", "10", "--groups", "4", "--shares", "5"}
	run(t, nil, args...).want(t, 0, "", ".")
	run(t, nil, args...).want(t, 1, "", "deskmesh: ")
}

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	db, data := database(t), t.TempDir()
	run(t, nil, newAccount(db)...).want(t, 0, "setup", "lumen")
	archive := filepath.Join(t.TempDir(), "desk.tar.gz")
	run(t, nil, "backup", "--db", db, "--data", data, "--to", archive).want(t, 0, "", `The backup holds \d+ rows of \d+ tables and 0 files`)
	run(t, nil, "backup", "--db", db, "--data", data, "--to", archive).want(t, 1, "", "There is a file of this name already")
	run(t, nil, "restore", "--db", db, "--data", data, "--from", archive).want(t, 1, "", "not empty")
	copied := database(t)
	run(t, nil, "restore", "--db", copied, "--data", t.TempDir(), "--from", archive).want(t, 0, "", `Restored \d+ rows`)
	run(t, nil, newAccount(copied)...).want(t, 1, "", "already")
	stdout := run(t, nil, "backup", "--db", db, "--data", data, "--to", "-")
	if stdout.status != 0 || !strings.HasPrefix(stdout.out, "\x1f\x8b") {
		t.Errorf("status %d, %q", stdout.status, stdout.err)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errors bytes.Buffer
	status := cli.Run(ctx, []string{"migrate", "--db", database(t)}, cli.Surroundings{Env: func(string) (string, bool) { return "", false }, Out: &out, Err: &errors})
	if status != 1 || errors.Len() == 0 {
		t.Errorf("status %d, %q", status, errors.String())
	}
}
