package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deskmesh/deskmesh"
)

var _ Store = (*Folder)(nil)

func open(t *testing.T) (*Folder, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data", "blobs")
	f, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f, dir
}

func put(t *testing.T, f *Folder, content string) string {
	t.Helper()
	key, _, _, err := f.Put(t.Context(), strings.NewReader(content), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// files lists every regular file below dir.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, p)
			found = append(found, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestPutOpenStatDelete(t *testing.T) {
	t.Parallel()
	f, dir := open(t)
	ctx := t.Context()
	for _, size := range []int{0, 1, bufferSize - 1, bufferSize, bufferSize + 1, 3*bufferSize + 7} {
		want := bytes.Repeat([]byte{0, 'x', 0xff}, size/3+1)[:size]
		key, n, digest, err := f.Put(ctx, bytes.NewReader(want), int64(size))
		if err != nil || n != int64(size) || !ValidKey(key) {
			t.Fatalf("put %d: %q %d %v", size, key, n, err)
		}
		if sum := sha256.Sum256(want); digest != hex.EncodeToString(sum[:]) {
			t.Errorf("put %d: wrong digest", size)
		}
		file, n, err := f.Open(ctx, key)
		if err != nil || n != int64(size) {
			t.Fatalf("open %d: %d %v", size, n, err)
		}
		if got, err := io.ReadAll(file); err != nil || !bytes.Equal(got, want) {
			t.Errorf("open %d: other bytes, %v", size, err)
		}
		if _, err := file.Seek(int64(size/2), io.SeekStart); err != nil {
			t.Error(err)
		}
		if got, err := io.ReadAll(file); err != nil || !bytes.Equal(got, want[size/2:]) {
			t.Errorf("after seek %d: other bytes, %v", size, err)
		}
		if err := file.Close(); err != nil {
			t.Error(err)
		}
		if info, err := f.Stat(ctx, key); err != nil || info.Size != int64(size) || info.ModTime.IsZero() {
			t.Errorf("stat %d: %+v %v", size, info, err)
		}
		for range 2 {
			if err := f.Delete(ctx, key); err != nil {
				t.Errorf("delete %d: %v", size, err)
			}
		}
		if _, _, err := f.Open(ctx, key); deskmesh.CodeOf(err) != deskmesh.NotFound {
			t.Errorf("open after delete: %v", err)
		}
	}
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestFailedPutLeavesNothing(t *testing.T) {
	t.Parallel()
	broken := errors.New("the line broke")
	left, leave := context.WithCancel(t.Context())
	leave()
	for _, tc := range []struct {
		name  string
		ctx   context.Context
		r     io.Reader
		limit int64
		check func(error) bool
	}{
		{"one byte too many", t.Context(), strings.NewReader("12345"), 4,
			func(err error) bool { return deskmesh.CodeOf(err) == deskmesh.TooLarge }},
		{"endless", t.Context(), endless{}, 10 * bufferSize,
			func(err error) bool { return deskmesh.CodeOf(err) == deskmesh.TooLarge }},
		{"nothing allowed", t.Context(), strings.NewReader("1"), 0,
			func(err error) bool { return deskmesh.CodeOf(err) == deskmesh.TooLarge }},
		{"reader fails", t.Context(), io.MultiReader(strings.NewReader("123"), iotest.ErrReader(broken)), 100,
			func(err error) bool { return errors.Is(err, broken) }},
		{"caller left", left, strings.NewReader("123"), 100,
			func(err error) bool { return errors.Is(err, context.Canceled) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f, dir := open(t)
			key, size, digest, err := f.Put(tc.ctx, tc.r, tc.limit)
			if !tc.check(err) || key != "" || size != 0 || digest != "" {
				t.Errorf("got %q %d %q %v", key, size, digest, err)
			}
			if left := files(t, dir); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestKeysFromOutside(t *testing.T) {
	t.Parallel()
	f, dir := open(t)
	secret := filepath.Join(filepath.Dir(dir), "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	key := put(t, f, "content")
	for _, bad := range []string{
		"", ".", "..", "../secret", "/etc/passwd", tempFolder,
		strings.Repeat("0", 31), strings.Repeat("0", 33), strings.ToUpper("abcdef" + key[6:]),
		key[:31] + "/", key[:31] + "\x00", "..." + key[3:], key + "/..", shard(key) + "/" + key, key[:30] + "ä",
	} {
		if ValidKey(bad) {
			t.Errorf("%q is taken for a key", bad)
		}
		if _, _, err := f.Open(t.Context(), bad); deskmesh.CodeOf(err) != deskmesh.NotFound {
			t.Errorf("open %q: %v", bad, err)
		}
		if _, err := f.Stat(t.Context(), bad); deskmesh.CodeOf(err) != deskmesh.NotFound {
			t.Errorf("stat %q: %v", bad, err)
		}
		if err := f.Delete(t.Context(), bad); deskmesh.CodeOf(err) != deskmesh.NotFound {
			t.Errorf("delete %q: %v", bad, err)
		}
		if err := f.PutAs(t.Context(), bad, strings.NewReader("x")); deskmesh.CodeOf(err) != deskmesh.NotFound {
			t.Errorf("put as %q: %v", bad, err)
		}
	}
	if diff := cmp.Diff([]string{path(key)}, files(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestLinkOutOfTheFolderIsNotFollowed(t *testing.T) {
	t.Parallel()
	f, dir := open(t)
	outside := t.TempDir()
	key := newKey()
	if err := os.MkdirAll(filepath.Join(outside, key[2:4]), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(outside, key[2:4], key), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, key[:2])); err != nil {
		t.Fatal(err)
	}
	if file, _, err := f.Open(t.Context(), key); err == nil {
		t.Errorf("a link out of the folder is followed: %v", file.Close())
	}
	if err := f.PutAs(t.Context(), key, strings.NewReader("x")); err == nil {
		t.Error("a link out of the folder is written through")
	}
}

func TestPutAs(t *testing.T) {
	t.Parallel()
	from, _ := open(t)
	to, _ := open(t)
	key := put(t, from, "the bytes of a file")
	for range 2 {
		file, _, err := from.Open(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(to.PutAs(t.Context(), key, file), file.Close()); err != nil {
			t.Fatal(err)
		}
	}
	file, size, err := to.Open(t.Context(), key)
	if err != nil || size != 19 {
		t.Fatalf("size %d, %v", size, err)
	}
	if got, err := io.ReadAll(file); err != nil || string(got) != "the bytes of a file" {
		t.Errorf("got %q, %v", got, err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
}

func TestWalk(t *testing.T) {
	t.Parallel()
	f, dir := open(t)
	want := map[string]int64{}
	for i := range 50 {
		want[put(t, f, strings.Repeat("x", i))] = int64(i)
	}
	foreign := []string{"README", "ab/notes.txt", "ab/cd/short", "zz/zz/" + newKey(), tempFolder + "/" + newKey()}
	for _, name := range foreign {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]int64{}
	var order []string
	err := f.Walk(t.Context(), func(key string, size int64, modTime time.Time) error {
		if modTime.IsZero() {
			t.Errorf("%s has no time", key)
		}
		got[key] = size
		order = append(order, key)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("walk (-want +got):\n%s", diff)
	}
	if !slices.IsSorted(order) || len(order) != len(want) {
		t.Error("the walk is out of order or repeats itself")
	}

	enough, calls := errors.New("enough"), 0
	err = f.Walk(t.Context(), func(string, int64, time.Time) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Errorf("stopped after %d calls with %v", calls, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.Walk(ctx, func(string, int64, time.Time) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled walk: %v", err)
	}
}

func TestWalkWhileDeleting(t *testing.T) {
	t.Parallel()
	f, _ := open(t)
	for range 20 {
		put(t, f, "x")
	}
	seen := 0
	err := f.Walk(t.Context(), func(key string, _ int64, _ time.Time) error {
		seen++
		return f.Delete(t.Context(), key)
	})
	if err != nil || seen != 20 {
		t.Errorf("saw %d, %v", seen, err)
	}
}

func TestSweepTemp(t *testing.T) {
	t.Parallel()
	f, dir := open(t)
	kept := put(t, f, "a blob")
	old, young := filepath.Join(dir, tempFolder, newKey()), filepath.Join(dir, tempFolder, newKey())
	day := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for name, at := range map[string]time.Time{old: day.Add(-48 * time.Hour), young: day, filepath.Join(dir, path(kept)): day.Add(-72 * time.Hour)} {
		if name != filepath.Join(dir, path(kept)) {
			if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
	n, err := f.SweepTemp(t.Context(), day.Add(-24*time.Hour))
	if err != nil || n != 1 {
		t.Fatalf("removed %d, %v", n, err)
	}
	want := []string{path(kept), tempFolder + "/" + filepath.Base(young)}
	slices.Sort(want)
	if diff := cmp.Diff(want, files(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestOnlyTheOwnerMayLook(t *testing.T) {
	t.Parallel()
	f, dir := open(t)
	key := put(t, f, "private")
	for name, want := range map[string]fs.FileMode{".": 0o700, tempFolder: 0o700, key[:2]: 0o700, shard(key): 0o700, path(key): 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm()&^want != 0 {
			t.Errorf("%s: mode %v, %v", name, info.Mode().Perm(), err)
		}
	}
}

func TestMissingDisk(t *testing.T) {
	t.Parallel()
	f, dir := open(t)
	key := put(t, f, "x")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := f.Put(t.Context(), strings.NewReader("x"), 10); deskmesh.CodeOf(err) != deskmesh.Unavailable {
		t.Errorf("put: %v", err)
	}
	if _, _, err := f.Open(t.Context(), key); deskmesh.CodeOf(err) != deskmesh.NotFound {
		t.Errorf("open: %v", err)
	}
	if _, err := OpenFolder("/dev/null/blobs"); err == nil {
		t.Error("a folder below a file opens")
	}
}

func TestConcurrentPuts(t *testing.T) {
	t.Parallel()
	f, dir := open(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				if _, _, _, err := f.Put(t.Context(), strings.NewReader("x"), 1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := len(files(t, dir)); n != 80 {
		t.Errorf("%d files", n)
	}
}
