package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// data looks at the folder of files.
func (d *doctor) data(context.Context) {
	info, err := os.Stat(d.Data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.warn("data folder", "There is no folder "+d.Data+" yet.", "deskmesh serve makes it; look whether the path is the one you mean.")
		return
	case err != nil:
		d.fail("data folder", "The folder cannot be looked at: "+err.Error(), "Let the user of the server use it.")
		return
	case !info.IsDir():
		d.fail("data folder", d.Data+" is no folder.", "Name a folder in --data.")
		return
	}
	if err := tryToWrite(d.Data); err != nil {
		d.fail("data folder", "Nothing can be written to the folder: "+err.Error(), "Let the user of the server write to it.")
		return
	}
	if info.Mode().Perm()&0o007 != 0 {
		d.warn("data folder", fmt.Sprintf("Every user of this machine may look into the folder (mode %04o).", info.Mode().Perm()), "chmod 700 "+d.Data)
		return
	}
	d.ok("data folder", "Files can be written to %s.", d.Data)
}

// tryToWrite makes a file and takes it away again.
func tryToWrite(folder string) error {
	f, err := os.CreateTemp(folder, ".doctor-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString("x")
	return errors.Join(err, f.Sync(), f.Close(), os.Remove(f.Name()))
}

// Free bytes on a disk that somebody should know of.
const (
	spaceWarns = 2 << 30
	spaceFails = 200 << 20
)

// space looks at the disks of the files and of a SQLite database.
func (d *doctor) space(context.Context) {
	least, where := int64(-1), ""
	for _, folder := range []string{d.Data, d.folderOf()} {
		if folder == "" {
			continue
		}
		free, known := freeBytes(nearest(folder))
		if known && (least < 0 || free < least) {
			least, where = free, folder
		}
	}
	text := fmt.Sprintf("The disk of %s has %.1f GiB left.", where, float64(least)/(1<<30))
	switch {
	case least < 0:
		d.warn("disk space", "How much room is left cannot be found out on this system.", "Look yourself.")
	case least < spaceFails:
		d.fail("disk space", text, "Make room: without it nothing can be stored.")
	case least < spaceWarns:
		d.warn("disk space", text, "Make room before it runs out.")
	default:
		d.ok("disk space", "%s", text)
	}
}

// nearest is the folder itself or, while it is not there, one above it.
func nearest(folder string) string {
	for {
		if _, err := os.Stat(folder); err == nil || filepath.Dir(folder) == folder {
			return folder
		}
		folder = filepath.Dir(folder)
	}
}
