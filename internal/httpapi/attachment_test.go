package httpapi_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deskmesh/deskmesh/internal/blob"
)

func file(id int64) string { return "/attachments/" + strconv.FormatInt(id, 10) }

// TestFiles follows a file: it is its uploader's alone until a message takes it,
// then of everybody who may read the message.
func TestFiles(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		number := w.file("accounts", "With a file")
		mine := w.as("accounts.agent")
		a := mine.with("Content-Type", "application/octet-stream").post("/attachments?name=..%2Fr%C3%A9sum%C3%A9.html", "<html><script>alert(1)</script>").is(201)
		id := a.number("id")
		if a.text("name") != "résumé.html" || a.text("content_type") != "text/html" || a.number("size") != 31 {
			t.Errorf("the file is %s", a.raw)
		}
		for _, who := range []string{"accounts.second", "owner", "hr.agent", "globex/owner", "staff.one"} {
			w.as(who).get(file(id)).refused(404, "")
			w.as(who).post(at(number, "messages"), map[string]any{"text": "Taking it", "attachments": []int64{id}})
		}
		if got := len(mine.get(at(number, "messages")).ok().list("items.0.attachments")); got != 0 {
			t.Error("somebody took another's file")
		}
		mine.post(at(number, "messages"), map[string]any{"kind": "note", "text": "See the file", "attachments": []int64{id}}).is(201)
		mine.post(at(number, "messages"), map[string]any{"text": "Again", "attachments": []int64{id}}).refused(422, "attachments[0]")

		got := w.as("accounts.second").get(file(id)).is(200)
		if got.raw != "<html><script>alert(1)</script>" {
			t.Errorf("the bytes are %q", got.raw)
		}
		for name, want := range map[string]string{
			"Content-Disposition": "attachment; filename*=utf-8''r%C3%A9sum%C3%A9.html", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store",
			"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'", "Content-Type": "text/html",
		} {
			if got.header.Get(name) != want {
				t.Errorf("%s is %q, want %q", name, got.header.Get(name), want)
			}
		}
		for _, who := range []string{"hr.agent", "support.agent", "globex/owner", "staff.one"} {
			w.as(who).get(file(id)).refused(404, "")
		}
		// A share without internal content does not open a note's file; one with it does.
		share := w.as("owner").post(at(number, "shares"), terms([]map[string]any{w.agent("hr.agent")}, "see_internal", false)).ok().number("items.0.id")
		w.as("hr.agent").get(file(id)).refused(404, "")
		w.as("owner").patch(at(number, "shares", strconv.FormatInt(share, 10)), map[string]any{"see_internal": true}).ok()
		w.as("hr.agent").get(file(id)).is(200)
		w.as("owner").delete(at(number, "shares", strconv.FormatInt(share, 10))).is(204)
		w.as("hr.agent").get(file(id)).refused(404, "")
	})
}

func TestRanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	c := w.as("owner")
	id := c.post("/attachments?name=a.txt", "0123456789").is(201).number("id")
	part := c.with("Range", "bytes=2-4").get(file(id)).is(206)
	if part.raw != "234" || part.header.Get("Content-Range") != "bytes 2-4/10" {
		t.Errorf("a part is %q, %s", part.raw, part.header.Get("Content-Range"))
	}
	c.with("Range", "bytes=20-30").get(file(id)).refused(416, "Range")
	c.with("If-None-Match", c.get(file(id)).header.Get("Etag")).get(file(id)).is(304)
	if head := c.do("HEAD", file(id), nil).is(200); head.header.Get("Content-Length") != "10" {
		t.Errorf("HEAD tells %v", head.header)
	}
}

// form makes a multipart body; every two texts are a part's name and its bytes.
func form(t *testing.T, parts ...string) (kind, body string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i+1 < len(parts); i += 2 {
		p, err := m.CreateFormFile(parts[i], "from the form.txt")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(p, parts[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return m.FormDataContentType(), b.String()
}

func TestUploadForms(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		kind, body := form(t, "file", "hello")
		a := w.as("owner").with("Content-Type", kind).post("/attachments", body).is(201)
		if a.text("name") != "from the form.txt" || w.as("owner").get(file(a.number("id"))).raw != "hello" {
			t.Errorf("the file is %s", a.raw)
		}
		before, blobs := w.fingerprint(), w.blobs()
		for _, bad := range []struct {
			kind, body, field string
			status            int
		}{
			{kind, body[:len(body)-20], "body", 400},
			{kind, "", "body", 400},
			{kind, "--", "body", 400},
			{"multipart/form-data", body, "body", 400},
			{"multipart/form-data; boundary=", body, "body", 400},
		} {
			w.as("owner").with("Content-Type", bad.kind).post("/attachments", bad.body).refused(bad.status, bad.field)
		}
		for _, parts := range [][]string{{"file", "one", "file", "two"}, {"other", "one"}, {"file", "one", "x", "y"}} {
			kind, body := form(t, parts...)
			w.as("owner").with("Content-Type", kind).post("/attachments", body).is(422)
		}
		if w.fingerprint() != before {
			t.Error("a refused form changed something")
		}
		if diff := cmp.Diff(blobs, w.blobs()); diff != "" {
			t.Errorf("a refused form left bytes behind:\n%s", diff)
		}
	})
}

// blobs lists the keys of what is in the store of files.
func (w *world) blobs() []string {
	w.Helper()
	keys := []string{}
	folder, err := blob.OpenFolder(w.files)
	w.must(err)
	defer folder.Close()
	w.must(folder.Walk(w.Context(), func(key string, _ int64, _ time.Time) error {
		keys = append(keys, key)
		return nil
	}))
	return keys
}

// What a program that was killed had begun to write goes after a day.
func TestUnfinishedFiles(t *testing.T) {
	w := newWorld(t, "sqlite")
	old, fresh := filepath.Join(w.files, "temp", "old"), filepath.Join(w.files, "temp", "fresh")
	for path, at := range map[string]time.Time{old: w.clock.now().Add(-25 * time.Hour), fresh: w.clock.now().Add(-23 * time.Hour)} {
		w.must(os.WriteFile(path, []byte("half"), 0o600))
		w.must(os.Chtimes(path, at, at))
	}
	w.must(w.app.SweepOld(w.Context()))
	_, err := os.Stat(old)
	same(t, "the old one is gone", errors.Is(err, fs.ErrNotExist), true)
	_, err = os.Stat(fresh)
	same(t, "the fresh one stays", err, nil)
}

func TestUploadLimits(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.set("attachments.max_bytes", 2000)
		c := w.as("owner").with("Content-Type", "application/octet-stream")
		c.post("/attachments?name=a.bin", strings.Repeat("x", 2000)).is(201)
		before, blobs := w.fingerprint(), w.blobs()
		c.post("/attachments?name=a.bin", strings.Repeat("x", 2001)).refused(413, "")
		c.post("/attachments?name=a.bin", &endless{}).refused(413, "")
		c.post("/attachments?name=a.bin", &broken{}).refused(400, "body")
		c.post("/attachments?name=a.exe", "x").refused(422, "name")
		c.post("/attachments?name=A.ExE", "x").refused(422, "name")
		c.post("/attachments", "x").refused(422, "name")
		c.post("/attachments?name=%00", "x").refused(422, "name")
		c.post("/attachments?name="+strings.Repeat("x", 300), "x").refused(422, "name")
		if w.fingerprint() != before {
			t.Error("a refused file changed something")
		}
		if diff := cmp.Diff(blobs, w.blobs()); diff != "" {
			t.Errorf("a refused file left bytes behind:\n%s", diff)
		}
	})
}

// endless is a body without an end and without an announced length.
type endless struct{}

func (*endless) Read(p []byte) (int, error) { return len(p), nil }

// broken is a body whose connection ends.
type broken struct{ sent bool }

func (b *broken) Read(p []byte) (int, error) {
	if b.sent {
		return 0, errors.New("connection reset by peer")
	}
	b.sent = true
	return copy(p, "half of it"), nil
}

// TestBodiesThatBreakOff: a JSON body that ends early is not our fault.
func TestBodiesThatBreakOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	w.as("owner").post("/tickets", &broken{}).refused(400, "body")
	w.as("owner").post("/tickets", &endless{}).refused(413, "")
	w.as("owner").with("Content-Type", "text/plain").post("/tickets", "{}").refused(http.StatusUnsupportedMediaType, "Content-Type")
	a := w.as("owner").with("Content-Type", "Application/JSON; charset=utf-8").post("/tickets", map[string]any{"subject": "x", "text": "x", "inbox_id": w.acme().inboxes["support"]})
	a.is(201)
}
