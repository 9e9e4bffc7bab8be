package app

import (
	"context"
	"io"
	"path"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Upload keeps a file that belongs to the viewer until one of their messages
// takes it. Its type is read from its bytes.
func (a *App) Upload(ctx context.Context, v *access.Viewer, name string, r io.Reader) (*dm.Attachment, error) {
	dir, err := a.directory(ctx, v.Account())
	if err != nil {
		return nil, err
	}
	if name, err = fileName(name, &dir.Settings); err != nil {
		return nil, err
	}
	file, err := a.storeFile(ctx, name, r, int64(dir.Settings.AttachmentMaxBytes))
	if err != nil {
		return nil, err
	}
	file.UploaderID = v.Person()
	o := onceOf(ctx)
	o.bind(name, file.Digest)
	err = a.write(ctx, func(tx *store.Tx) error {
		if err := tx.InsertAttachment(v.Account(), file); err != nil {
			return err
		}
		o.note(file.ID)
		return nil
	})
	if err != nil {
		_ = a.Blobs.Delete(context.WithoutCancel(ctx), file.BlobKey) // the sweep finds what stays behind
		return nil, err
	}
	return file, nil
}

// storeFile puts the bytes into the blob store and sniffs their type.
func (a *App) storeFile(ctx context.Context, name string, r io.Reader, limit int64) (*dm.Attachment, error) {
	key, size, digest, err := a.Blobs.Put(ctx, r, limit)
	if err != nil {
		return nil, err
	}
	f := &dm.Attachment{Name: name, Size: size, Digest: digest, BlobKey: key, ContentType: "application/octet-stream"}
	body, _, err := a.Blobs.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	if kind, err := mimetype.DetectReader(body); err == nil {
		f.ContentType, _, _ = strings.Cut(kind.String(), ";")
	}
	return f, nil
}

// fileName cleans a file's name and refuses the endings the account blocks.
func fileName(name string, s *dm.Settings) (string, error) {
	name = path.Base(strings.ReplaceAll(cleanText(name), "\\", "/"))
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name)
	name = strings.TrimSpace(name)
	if name == "" || name == "." || name == "/" {
		return "", dm.BadField("name", "A file needs a name.")
	}
	if runes := []rune(name); len(runes) > 255 {
		name = string(runes[len(runes)-255:])
	}
	lower := strings.ToLower(name)
	for ending := range strings.FieldsSeq(strings.ToLower(s.AttachmentBlocked)) {
		if strings.HasSuffix(lower, ending) {
			return "", dm.BadField("name", "Files ending in %s are not accepted here.", ending)
		}
	}
	return name, nil
}

// File opens a file for reading if the viewer may have it: their own upload, or
// a file of a message they may read. The caller closes it.
func (a *App) File(ctx context.Context, v *access.Viewer, id int64) (*dm.Attachment, io.ReadSeekCloser, error) {
	var file *dm.Attachment
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		var err error
		file, err = tx.Attachment(v, id)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	body, _, err := a.Blobs.Open(ctx, file.BlobKey)
	if err != nil {
		return nil, nil, err
	}
	return file, body, nil
}

// directory gives an account's directory.
func (a *App) directory(ctx context.Context, account int64) (dir *store.Directory, err error) {
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		dir, err = tx.Directory(account)
		return err
	})
	return dir, err
}
