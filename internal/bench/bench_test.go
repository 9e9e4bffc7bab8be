package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReadOptions(t *testing.T) {
	t.Parallel()
	o, err := readOptions([]string{"-tickets", "100000,10000", "-engines", "postgres", "-seconds", "0.5", "-out", ""})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{10_000, 100_000}, o.sizes); diff != "" || o.engines[0] != "postgres" || o.seconds != 0.5 || o.repeats != 3 || o.out != "" {
		t.Errorf("%+v %s", o, diff)
	}
	for _, wrong := range [][]string{{"-tickets", "ten"}, {"-tickets", "10"}, {"-engines", "mysql"}, {"-seconds", "0"}, {"-repeats", "0"}, {"-connections", "0"}, {"-rows", "("}, {"-nothing"}} {
		if _, err := readOptions(wrong); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}

func TestVolumes(t *testing.T) {
	t.Parallel()
	for tickets, want := range map[int][2]int{10_000: {2500, 2000}, 100_000: {5000, 2000}, 1_000_000: {50_000, 20_000}} {
		if o := volume(tickets); o.Shares != want[0] || o.Crowd != want[1] {
			t.Errorf("%d tickets: %d shares, %d of them with one group; want %d", tickets, o.Shares, o.Crowd, want)
		}
	}
}

func TestKept(t *testing.T) {
	t.Parallel()
	w := &workshop{o: &options{dir: t.TempDir()}}
	made := &fingerprint{volume(10_000), 1, "schema"}
	if w.kept("sqlite_10000", made) != nil {
		t.Error("a database that was never made is kept")
	}
	if err := w.keep("sqlite_10000", &seeding{*made, "quick"}); err != nil {
		t.Fatal(err)
	}
	if s := w.kept("sqlite_10000", made); s == nil || s.Summary != "quick" {
		t.Errorf("kept: %+v", s)
	}
	other := *made
	other.Schema = "newer"
	if w.kept("sqlite_10000", &other) != nil {
		t.Error("a database of another schema is kept")
	}
}

func TestQuantile(t *testing.T) {
	t.Parallel()
	var list []time.Duration
	for i := 100; i > 0; i-- {
		list = append(list, time.Duration(i))
	}
	for q, want := range map[float64]time.Duration{0.5: 50, 0.99: 99, 0: 1, 1: 100} {
		if got := quantile(list, q); got != want {
			t.Errorf("%v: %d, want %d", q, got, want)
		}
	}
	if quantile(nil, 0.5) != 0 || quantile(list[:1], 0.99) != 100 {
		t.Error("short lists")
	}
}

func TestStat(t *testing.T) {
	t.Parallel()
	text := "42 (deskmesh (x) y) S 7 42 42 0 -1 4194560 9 8 7 6 150 50 30 20 20 0 1 0 99"
	got, err := parseStat([]byte(text))
	if err != nil || got != (stat{7, 2 * time.Second, 500 * time.Millisecond}) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := parseStat([]byte("42 (x) S 7")); err == nil {
		t.Error("a short line is read")
	}
	if n := kilobytes("VmRSS:\t 9 kB\nRssAnon:\t  2048 kB\n", "RssAnon:"); n != 2<<20 {
		t.Errorf("memory: %d", n)
	}
	if anonymousMemory(os.Getpid()) == 0 {
		t.Error("the memory of this process is not found")
	}
}

func TestThousands(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{5: "5", 999: "999", 1000: "1,000", 10_000: "10,000", 1_000_000: "1,000,000"} {
		if got := thousands(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

// desk answers a little like the program.
func desk(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	switch {
	case r.Host != mainHost, r.Header.Get("Cookie") != "s=1":
		w.WriteHeader(http.StatusUnauthorized)
	case r.Method == http.MethodPost && json.Valid(body):
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"items":[{"id":4},{"id":5}]}`)
	case r.Method == http.MethodDelete:
		w.WriteHeader(http.StatusNoContent)
	default:
		_, _ = io.WriteString(w, strings.Repeat("x", 100_000))
	}
}

func TestClient(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(desk))
	defer server.Close()
	c, err := dial(server.Listener.Addr().String(), "s=1")
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	var answer bytes.Buffer
	for range 3 {
		if _, err := c.do(call{http.MethodGet, "/x", nil, http.StatusOK}, &answer); err != nil || answer.Len() != 100_000 {
			t.Fatalf("%d bytes, %v", answer.Len(), err)
		}
		if _, err := c.do(call{http.MethodPost, "/x", []byte(`{}`), http.StatusCreated}, &answer); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.do(call{http.MethodGet, "/x", nil, http.StatusNotFound}, &answer); err == nil {
		t.Error("another status is taken")
	}
}

// TestLoop runs a row that takes back what it does.
func TestLoop(t *testing.T) {
	t.Parallel()
	var made, ended atomic.Int64
	answers := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodPost:
			made.Add(2)
		case http.MethodDelete:
			ended.Add(1)
		}
		desk(w, r)
	}))
	defer answers.Close()
	l := &loop{server: &server{address: answers.Listener.Addr().String()}, viewers: &viewers{cookies: map[string]string{"a": "s=1"}}}
	l.row = &row{who: "a", undo: unshare, most: func(*viewers) int { return 30 }, call: func(_ *viewers, i int) call {
		return call{http.MethodPost, "/x", []byte(`{}`), http.StatusCreated}
	}}
	m, err := l.run(t.Context(), 4, span{time.Minute, 0})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.took) != 30 || made.Load() != 60 || ended.Load() != 60 {
		t.Errorf("%d requests, %d shares, %d ended", len(m.took), made.Load(), ended.Load())
	}
	l.row = &row{who: "a", call: func(*viewers, int) call { return call{http.MethodGet, "/x", nil, http.StatusNotFound} }}
	if _, err := l.run(t.Context(), 2, span{time.Minute, 0}); err == nil {
		t.Error("wrong answers are taken")
	}
}

func TestUnshare(t *testing.T) {
	t.Parallel()
	back, err := unshare(call{path: "/api/v1/tickets/7/shares"}, []byte(`{"items":[{"id":4},{"id":5}]}`))
	want := []call{{http.MethodDelete, "/api/v1/tickets/7/shares/4", nil, 204}, {http.MethodDelete, "/api/v1/tickets/7/shares/5", nil, 204}}
	if diff := cmp.Diff(want, back, cmp.AllowUnexported(call{})); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if _, err := unshare(call{}, []byte("no")); err == nil {
		t.Error("an answer that is no JSON is taken")
	}
}

func TestRowsHaveBudgets(t *testing.T) {
	t.Parallel()
	v := &viewers{typical: []int64{1, 2}, all: []int64{3, 4}, asked: []int64{5}, rare: 2, link: "/s/dml_x"}
	seen := map[string]bool{}
	for _, r := range rows {
		if r.measure != nil {
			continue // it asks for more than one thing
		}
		q := r.call(v, 5)
		if seen[r.name] || r.growth == 0 || !strings.HasPrefix(q.path, "/api/v1/") && !strings.HasPrefix(q.path, "/portal") && !strings.HasPrefix(q.path, "/s/") || q.status == 0 || q.body != nil && !json.Valid(q.body) {
			t.Errorf("%s: %+v", r.name, q)
		}
		seen[r.name] = true
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	o, err := readOptions([]string{"-tickets", "10000,1000000", "-engines", "sqlite,postgres"})
	if err != nil {
		t.Fatal(err)
	}
	r := &report{options: o, load: 1.5, began: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), fsync: ms(0.25), postgres: "15",
		machine: machine{cpu: "Some processor", kernel: "6.1", goVersion: "go1.26", sqlite: "v1.61.1", cores: 2, memory: 8 << 30}}
	mine := &rows[0]
	refused := &reads[slices.IndexFunc(reads, func(r row) bool { return r.name == "refused (not visible)" })]
	for _, engine := range o.engines {
		r.add(&result{engine: engine, tickets: 10_000, seeding: "in no time", figures: []figures{
			{row: mine, p50: ms(0.5), p99: ms(2), rate: 2500, cpu: ms(0.3)}, {row: refused, p50: ms(0.2), p99: ms(1), rate: 9000}}})
		r.add(&result{engine: engine, tickets: 1_000_000, seeding: "in time", ready: ms(300), memory: 90 << 20, bytes: 1 << 30, figures: []figures{
			{row: mine, p50: ms(1.2), p99: ms(6), rate: 1500, cpu: ms(0.4)}, {row: refused, failed: errors.New("answered 500")}}})
	}
	want := []string{
		"SQLite, 1,000,000 tickets, list: mine: p50 1.20 ms (budget 1.00); p99 6.00 ms (budget 5.00); 1500 requests a second (budget 2000)",
		"SQLite, 1,000,000 tickets, refused (not visible): failed: answered 500",
		"SQLite, 1,000,000 tickets, memory: 90 MB (budget 80)",
		"SQLite, 1,000,000 tickets, ready: 300 ms (budget 200)",
		"PostgreSQL, 1,000,000 tickets, list: mine: p99 6.00 ms (budget 5.00)",
		"PostgreSQL, 1,000,000 tickets, refused (not visible): failed: answered 500",
		"PostgreSQL, 1,000,000 tickets, memory: 90 MB (budget 80)",
		"PostgreSQL, 1,000,000 tickets, ready: 300 ms (budget 200)",
		"SQLite, growth of list: mine: 2.40 times (budget 1.5)",
		"PostgreSQL, growth of list: mine: 2.40 times (budget 1.5)",
	}
	if diff := cmp.Diff(want, r.missedRows()); diff != "" {
		t.Error(diff)
	}
	text := r.markdown()
	for _, part := range []string{"Some processor, 2 cores, 8 GB", "takes 0.25 ms", "(load 1.5 on 2 cores before it began)", "| list: mine | 1.20 | 6.00 | 1500 | 400 | 1.00 / 5 / 2000 | **missed: p50, p99, rate** |",
		"| list: mine | SQLite | 0.50 | 1.20 | 2.40 | 1.5 | **missed** |", "### PostgreSQL, 1,000,000 tickets", "1.50 / 5 / 1000", "Size of the database 1024 MB."} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in:\n%s", part, text)
		}
	}
	if strings.Contains(text, "%!") {
		t.Error("a format is wrong:\n" + text)
	}
}

func TestFsyncAndMachine(t *testing.T) {
	t.Parallel()
	if took, err := measureFsync(t.TempDir()); err != nil || took <= 0 {
		t.Errorf("%v, %v", took, err)
	}
	if m := describeMachine(); m.cores == 0 || m.memory == 0 || m.kernel == "" {
		t.Errorf("%+v", m)
	}
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	if postmaster(folder) != 0 {
		t.Error("a server that does not run has a number")
	}
	if err := os.WriteFile(filepath.Join(folder, "data", "postmaster.pid"), []byte("4711\n/data\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if n := postmaster(folder); n != 4711 {
		t.Errorf("number %d", n)
	}
}
