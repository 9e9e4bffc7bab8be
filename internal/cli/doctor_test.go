package cli_test

import (
	"database/sql"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// newDesk makes a database with one account and gives its address.
func newDesk(t *testing.T) string {
	t.Helper()
	db := database(t)
	run(t, nil, newAccount(db)...).want(t, 0, "setup", "lumen")
	return db
}

// past runs a statement past the program.
func past(t *testing.T, address, statement string) {
	t.Helper()
	driver, dsn := "pgx", address
	if path, isFile := strings.CutPrefix(address, "sqlite:"); isFile {
		driver, dsn = "sqlite", "file:"+path+"?_pragma=busy_timeout(10000)"
	}
	pool, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			db, data := database(t), t.TempDir()
			if engine == "postgres" {
				db = pgtest.Empty(t)
			}
			run(t, nil, newAccount(db)...).want(t, 0, "setup", "lumen")
			args := []string{"check", "--db", db, "--data", data}
			run(t, nil, args...).want(t, 0, `\A0 faults, 0 notices, 0 mended\n\z`, "")
			past(t, db, `INSERT INTO jobs (account_id, kind, args, run_at, created_at) VALUES (1, 'mail.in', '{}', 1, 1), (1, 'no.such', '{}', 1, 1)`)
			past(t, db, `INSERT INTO raw_mails (account_id, envelope_from, recipient, remote_ip, size, blob_key, created_at) VALUES (1, '', '', '', 4, 'secret name', 1)`)
			run(t, nil, args...).want(t, 1, `\Afault  job_kind: jobs \d+ \(account 1\) is a job of a kind .*\nfault  blob_key: raw_mails 1 secret name \(account 1\) .*\n2 faults, 0 notices, 0 mended\n\z`, "there are faults")
			var got struct {
				OK     bool
				Faults int
				Rules  []struct {
					Rule  string
					Found int
					Rows  []struct{ Table string }
				}
			}
			r := run(t, nil, append(args, "--json")...)
			if err := json.Unmarshal([]byte(r.out), &got); err != nil || r.status != 1 || got.OK || got.Faults != 2 || len(got.Rules) != 2 || got.Rules[0].Rows[0].Table != "jobs" {
				t.Errorf("%d %v %s", r.status, err, r.out)
			}
			past(t, db, `DELETE FROM jobs`)
			past(t, db, `DELETE FROM raw_mails`)
			past(t, db, `INSERT INTO jobs (account_id, kind, args, run_at, created_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 130) SELECT 1, 'no.such', '{}', 1, 1 FROM n`)
			r = run(t, nil, args...)
			r.want(t, 1, `and 30 more of job_kind\n130 faults`, "there are faults")
			if n := strings.Count(r.out, "\n"); n != 102 {
				t.Errorf("%d lines", n)
			}
		})
	}
	missing := "sqlite:" + filepath.Join(t.TempDir(), "missing.db")
	run(t, nil, "check", "--db", missing, "--data", t.TempDir()).want(t, 1, "", "There is no database")
	run(t, nil, "check", "--db", newDesk(t), "--data", filepath.Join(t.TempDir(), "missing")).want(t, 1, "", "There is no folder")
	fresh := database(t)
	if err := os.WriteFile(strings.TrimPrefix(fresh, "sqlite:"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, nil, "check", "--db", fresh, "--data", t.TempDir()).want(t, 1, "", "schema version 0")
}

func TestDoctor(t *testing.T) {
	t.Parallel()
	free := []string{"--listen", "127.0.0.1:0", "--smtp-listen", "127.0.0.1:0"}
	visit := func(db, data string, more ...string) result {
		return run(t, nil, append(append([]string{"doctor", "--db", db, "--data", data}, free...), more...)...)
	}
	private := t.TempDir()
	if err := os.Chmod(private, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Run("a new desk", func(t *testing.T) {
		t.Parallel()
		r := visit(newDesk(t), private, "--trusted-proxy", "10.0.0.0/8")
		r.want(t, 0, `ok    database settings: sqlite .*ok    schema: .*ok    desks: .*warn  outgoing mail: No mail server`, "")
		if n := strings.Count(r.out, "\nwarn "); n != 1 {
			t.Errorf("%d warnings:\n%s", n, r.out)
		}
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		db := pgtest.Empty(t)
		run(t, nil, newAccount(db)...).want(t, 0, "setup", "lumen")
		// The tests' server gives durability up, which is just what a doctor is for.
		visit(db, private).want(t, 1, `ok    database: .*fail  database settings: .*fsync is off.*ok    clock: The database's clock is .* away`, "something needs to be mended")
	})
	t.Run("nothing there yet", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		visit("sqlite:"+filepath.Join(folder, "none", "desk.db"), filepath.Join(folder, "data")).want(t, 0, `warn  database: There is no database.*warn  data folder: There is no folder`, "")
		if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
			t.Errorf("the doctor has made %v", entries)
		}
	})
	t.Run("no server", func(t *testing.T) {
		t.Parallel()
		r := visit("postgres://desk:pass-word@127.0.0.1:1/desk?connect_timeout=2", private)
		r.want(t, 1, `fail  database: The database does not answer`, "something needs to be mended")
		if strings.Contains(r.out, "pass-word") {
			t.Errorf("the password is repeated:\n%s", r.out)
		}
	})
	t.Run("a schema of the future, a readable file, and late and dead jobs", func(t *testing.T) {
		t.Parallel()
		db := newDesk(t)
		past(t, db, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`)
		if err := os.Chmod(strings.TrimPrefix(db, "sqlite:"), 0o644); err != nil {
			t.Fatal(err)
		}
		past(t, db, `INSERT INTO jobs (account_id, kind, args, run_at, created_at, state) VALUES (1, 'mail.in', '{}', 1, 1, 'dead')`)
		visit(db, private).want(t, 1, `warn  database file: .*fail  schema: .*999.*warn  jobs: 1 jobs have failed for the last time`, "mended")
		past(t, db, `INSERT INTO jobs (account_id, kind, args, run_at, created_at, state) VALUES (1, 'mail.in', '{}', 1, 1, 'ready')`)
		visit(db, private).want(t, 1, `warn  jobs: Jobs have been due for more than 10m`, "mended")
	})
	t.Run("an old schema", func(t *testing.T) {
		t.Parallel()
		db := newDesk(t)
		past(t, db, `DELETE FROM goose_db_version WHERE version_id > 0`)
		visit(db, private).want(t, 0, `warn  schema: The database has schema version 0`, "")
	})
	t.Run("no folder", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		visit(newDesk(t), file).want(t, 1, `fail  data folder: .* is no folder`, "mended")
	})
	t.Run("ports that others have", func(t *testing.T) {
		t.Parallel()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				c.Write([]byte("no desk\r\n"))
				c.Close()
			}
		}()
		taken := l.Addr().String()
		run(t, nil, "doctor", "--db", newDesk(t), "--data", private, "--listen", taken, "--smtp-listen", taken, "--smtp-out", "smtp://"+taken).
			want(t, 1, `fail  http port: .*fail  mail port: .*fail  outgoing mail: The mail server does not take mail`, "mended")
	})
	t.Run("a desk that runs", func(t *testing.T) {
		t.Parallel()
		s := serve(t, "--demo")
		mail := s.mailAddress()
		port := s.base[strings.LastIndexByte(s.base, ':'):]
		db := newDesk(t)
		past(t, db, `UPDATE accounts SET base_url = 'http://127.0.0.1`+port+`'`)
		run(t, nil, "doctor", "--db", db, "--data", private, "--listen", "127.0.0.1"+port, "--smtp-listen", mail, "--smtp-out", "smtp://"+mail, "--online").
			want(t, 0, `ok    desk lumen: A desk answers.*warn  desks: 1 of 1 desks are reached without encryption.*ok    http port: .* taken by a desk that runs.*ok    mail port: .* taken by a desk that runs.*ok    outgoing mail`, "")
	})
	t.Run("a base URL that leads nowhere, as JSON", func(t *testing.T) {
		t.Parallel()
		r := visit(newDesk(t), private, "--online", "--json")
		var got struct {
			OK     bool
			Checks []struct{ Check, State, Says, Advice string }
		}
		if err := json.Unmarshal([]byte(r.out), &got); err != nil || r.status != 1 || got.OK || len(got.Checks) < 10 {
			t.Fatalf("%d %v %s", r.status, err, r.out)
		}
		failed := 0
		for _, c := range got.Checks {
			if c.State == "fail" {
				failed++
				if c.Check != "desk lumen" {
					t.Errorf("%+v", c)
				}
			}
			if (c.State == "ok") != (c.Advice == "") || c.Says == "" {
				t.Errorf("%+v", c)
			}
		}
		if failed != 1 {
			t.Errorf("%d failures", failed)
		}
	})
}
