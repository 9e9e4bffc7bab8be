package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/blob"
	"github.com/deskmesh/deskmesh/internal/store"
)

// ToFile writes the whole desk to a new file, which only the user who runs the
// program can read; see Write. The file appears under its name when it is whole
// and on the disk. "-" writes to stdout instead. Invalid, with the field "to",
// where the file exists already or cannot be made.
func ToFile(ctx context.Context, db *store.DB, blobs blob.Store, path string, stdout io.Writer) (*Summary, error) {
	if path == "-" {
		return Write(ctx, db, blobs, stdout)
	}
	if err := refuseExisting(path); err != nil {
		return nil, err
	}
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return nil, dm.BadField("to", "The file cannot be made.").Because(err)
	}
	defer os.Remove(temp.Name()) //nolint:errcheck // gone after the rename
	summary, err := Write(ctx, db, blobs, temp)
	if err == nil {
		err = temp.Sync()
	}
	if err := errors.Join(err, temp.Close()); err != nil {
		return nil, err
	}
	if err := refuseExisting(path); err != nil {
		return nil, err
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return nil, err
	}
	return summary, syncFolder(filepath.Dir(path))
}

func refuseExisting(path string) error {
	_, err := os.Lstat(path)
	if err == nil {
		return dm.BadField("to", "There is a file of this name already.")
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return dm.BadField("to", "The file cannot be made.").Because(err)
	}
	return nil
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// FromFile reads the archive in a file into an empty database; see Restore.
// Invalid, with the field "from", where there is no such file.
func FromFile(ctx context.Context, db *store.DB, blobs blob.Store, path string) (*Summary, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, dm.BadField("from", "The file cannot be read.").Because(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, dm.BadField("from", "A backup is read twice, so it must be a file and not a pipe.").Because(fmt.Errorf("%s", info.Mode()))
	}
	return Restore(ctx, db, blobs, file)
}
