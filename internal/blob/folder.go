package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// tempFolder holds files that are being written. It lies beside the blobs, so
// that a rename is enough to publish one, and its name is no shard's.
const tempFolder = "temp"

// Folder is a Store in a folder of the local file system, or of one that all
// nodes mount. A blob lies at ab/cd/abcd..., so that no folder grows too long.
type Folder struct {
	root *os.Root

	mu      sync.Mutex
	durable map[string]bool // shards known to survive a power cut; at most 65,536
}

// OpenFolder opens the folder, and makes it when it is missing. Only the user who
// runs the program can look into it. Close the Folder when done.
func OpenFolder(path string) (*Folder, error) {
	if err := makeDurable(path); err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	f := &Folder{root: root, durable: map[string]bool{}}
	if err := root.MkdirAll(tempFolder, 0o700); err != nil {
		return nil, errors.Join(fmt.Errorf("blob: %w", err), root.Close())
	}
	return f, nil
}

// makeDurable makes a folder and the missing ones above it, and brings each new
// name to the disk, from the nearest folder that was there before.
func makeDurable(folder string) error {
	var parents []string
	for name := filepath.Clean(folder); !exists(name); name = filepath.Dir(name) {
		parents = append(parents, filepath.Dir(name))
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	for _, parent := range parents {
		d, err := os.Open(parent)
		if err != nil {
			return err
		}
		if err := errors.Join(d.Sync(), d.Close()); err != nil {
			return err
		}
	}
	return nil
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return !errors.Is(err, fs.ErrNotExist)
}

// Close lets go of the folder. Readers that are still open stay usable.
func (f *Folder) Close() error { return f.root.Close() }

// Put implements Store.
func (f *Folder) Put(ctx context.Context, r io.Reader, limit int64) (string, int64, string, error) {
	digest := sha256.New()
	key := newKey()
	size, err := f.write(ctx, key, io.TeeReader(r, digest), limit)
	if err != nil {
		return "", 0, "", err
	}
	return key, size, hex.EncodeToString(digest.Sum(nil)), nil
}

// PutAs implements Store.
func (f *Folder) PutAs(ctx context.Context, key string, r io.Reader) error {
	if !ValidKey(key) {
		return errMissing
	}
	_, err := f.write(ctx, key, r, 1<<62)
	return err
}

// write brings the bytes to the disk under a temporary name, publishes them
// by a rename, and brings the rename to the disk too.
func (f *Folder) write(ctx context.Context, key string, r io.Reader, limit int64) (int64, error) {
	temp := tempFolder + "/" + newKey()
	size, err := f.writeTemp(ctx, temp, r, limit)
	if err != nil {
		return 0, f.discard(temp, err)
	}
	if err := f.publish(temp, key); err != nil {
		return 0, f.discard(temp, unavailable(err))
	}
	return size, nil
}

// discard removes a temporary file after a failure and returns the failure.
func (f *Folder) discard(temp string, failure error) error {
	if err := f.remove(temp); err != nil {
		return errors.Join(failure, err)
	}
	return failure
}

func (f *Folder) writeTemp(ctx context.Context, name string, r io.Reader, limit int64) (size int64, err error) {
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, unavailable(err)
	}
	defer func() {
		if closeErr := file.Close(); err == nil && closeErr != nil {
			err = unavailable(closeErr)
		}
	}()
	if size, err = copyBounded(ctx, file, r, limit); err != nil {
		return 0, err
	}
	if err := file.Sync(); err != nil {
		return 0, unavailable(err)
	}
	return size, nil
}

func (f *Folder) publish(temp, key string) error {
	if err := f.makeShard(shard(key)); err != nil {
		return err
	}
	if err := f.root.Rename(temp, path(key)); err != nil {
		return err
	}
	return f.sync(shard(key))
}

// makeShard makes the two folders a key lies in, and makes sure that they are on
// the disk, once per shard and process: another process may have made them a
// moment ago without having synced them yet.
func (f *Folder) makeShard(shard string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.durable[shard] {
		return nil
	}
	if err := f.root.MkdirAll(shard, 0o700); err != nil {
		return err
	}
	if err := f.sync(shard[:2]); err != nil {
		return err
	}
	if err := f.sync("."); err != nil {
		return err
	}
	f.durable[shard] = true
	return nil
}

func (f *Folder) sync(folder string) error {
	d, err := f.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open implements Store.
func (f *Folder) Open(_ context.Context, key string) (io.ReadSeekCloser, int64, error) {
	if !ValidKey(key) {
		return nil, 0, errMissing
	}
	file, err := f.root.Open(path(key))
	if err != nil {
		return nil, 0, missingOr(err)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, 0, errors.Join(unavailable(err), file.Close())
	}
	return file, info.Size(), nil
}

// Stat implements Store.
func (f *Folder) Stat(_ context.Context, key string) (Info, error) {
	if !ValidKey(key) {
		return Info{}, errMissing
	}
	info, err := f.root.Stat(path(key))
	if err != nil {
		return Info{}, missingOr(err)
	}
	return Info{Size: info.Size(), ModTime: info.ModTime()}, nil
}

// Delete implements Store.
func (f *Folder) Delete(_ context.Context, key string) error {
	if !ValidKey(key) {
		return errMissing
	}
	if err := f.remove(path(key)); err != nil {
		return unavailable(err)
	}
	return nil
}

// Walk implements Store. Only one folder's names are in memory at a time.
func (f *Folder) Walk(ctx context.Context, fn func(key string, size int64, modTime time.Time) error) error {
	outer, err := f.list(".")
	if err != nil {
		return err
	}
	for _, first := range outer {
		if !isShard(first) {
			continue
		}
		inner, err := f.list(first.Name())
		if err != nil {
			return err
		}
		for _, second := range inner {
			if !isShard(second) {
				continue
			}
			if err := f.walkShard(ctx, first.Name()+"/"+second.Name(), fn); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *Folder) walkShard(ctx context.Context, shard string, fn func(string, int64, time.Time) error) error {
	entries, err := f.list(shard)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !ValidKey(entry.Name()) || path(entry.Name()) != shard+"/"+entry.Name() || !entry.Type().IsRegular() {
			continue
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return unavailable(err)
		}
		if err := fn(entry.Name(), info.Size(), info.ModTime()); err != nil {
			return err
		}
	}
	return nil
}

// SweepTemp implements Store: such files stay behind when the program is killed
// while it writes.
func (f *Folder) SweepTemp(ctx context.Context, before time.Time) (int, error) {
	entries, err := f.list(tempFolder)
	if err != nil {
		return 0, err
	}
	removed := 0
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return removed, err
		}
		info, err := entry.Info()
		if err != nil || !info.ModTime().Before(before) {
			continue
		}
		if err := f.remove(tempFolder + "/" + entry.Name()); err != nil {
			return removed, unavailable(err)
		}
		removed++
	}
	return removed, nil
}

func (f *Folder) list(folder string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(f.root.FS(), folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, unavailable(err)
	}
	return entries, nil
}

func (f *Folder) remove(name string) error {
	if err := f.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func shard(key string) string { return key[:2] + "/" + key[2:4] }

func path(key string) string { return shard(key) + "/" + key }

func isShard(entry fs.DirEntry) bool { return entry.IsDir() && len(entry.Name()) == 2 }

func missingOr(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errMissing
	}
	return unavailable(err)
}
