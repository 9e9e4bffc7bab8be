package site

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

const (
	// maxUpload bounds a form with files; each file is bounded by the account.
	maxUpload   = 128 << 20
	filesAtOnce = 10
	uploadTime  = 10 * time.Minute
)

// sent is a form as it came, with the files that came with it. A file that is
// kept belongs to the sender until a message takes it, so that a form which is
// shown again has it still.
type sent struct {
	url.Values
	Files []shownFile
	Fault string // of a file that was not taken
}

// text reads a text with line ends as they are kept.
func (s *sent) text(name string) string {
	return strings.TrimSpace(strings.ReplaceAll(s.Get(name), "\r\n", "\n"))
}

func (s *sent) fileIDs() []int64 {
	ids := make([]int64, len(s.Files))
	for i := range s.Files {
		ids[i] = s.Files[i].ID
	}
	return ids
}

func hasFiles(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "multipart/form-data"
}

// readForm reads a form, and keeps its files.
func (v *visit) readForm() (*sent, error) {
	s := &sent{Values: url.Values{}}
	if !hasFiles(v.r) {
		if err := v.r.ParseForm(); err != nil {
			return nil, err
		}
		s.Values = v.r.PostForm
		return s, v.keptFiles(s)
	}
	parts, err := v.r.MultipartReader()
	if err != nil {
		return nil, dm.BadField("form", "The form cannot be read.").Because(err)
	}
	left := int64(maxForm)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return s, v.keptFiles(s)
		}
		if err != nil {
			return nil, err
		}
		if part.FileName() != "" {
			err = v.keepFile(s, part)
		} else {
			var value []byte
			if value, err = io.ReadAll(io.LimitReader(part, left+1)); int64(len(value)) > left {
				err = dm.Errorf(dm.TooLarge, "The form is too large.")
			}
			left -= int64(len(value))
			s.Add(part.FormName(), string(value))
		}
		if err != nil {
			return nil, err
		}
	}
}

// keepFile takes one file; one that the account refuses is a fault of the form,
// which has everything else still.
func (v *visit) keepFile(s *sent, part *multipart.Part) error {
	if len(s.Files) >= filesAtOnce {
		s.Fault = v.t("site.files.many", "count", strconv.Itoa(filesAtOnce))
		return nil
	}
	file, err := v.app.Upload(v.ctx(), v.requester(), part.FileName(), part)
	switch dm.CodeOf(err) {
	case dm.Invalid:
		s.Fault = v.t("site.files.refused", "name", part.FileName())
		return nil
	case dm.TooLarge:
		s.Fault = v.t("site.files.large", "name", part.FileName(), "size", fileSize(int64(v.signed.Directory.Settings.AttachmentMaxBytes)))
		return nil
	}
	if err != nil {
		return err
	}
	s.Files = append(s.Files, shownFile{ID: file.ID, Name: file.Name, Size: fileSize(file.Size)})
	return nil
}

// keptFiles adds the files that an earlier try of the same form has left.
func (v *visit) keptFiles(s *sent) error {
	for _, text := range s.Values["kept"] {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || len(s.Files) >= filesAtOnce || slices.ContainsFunc(s.Files, func(f shownFile) bool { return f.ID == id }) {
			continue
		}
		file, err := v.app.Attachment(v.ctx(), v.requester(), id)
		if dm.CodeOf(err) == dm.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		s.Files = append(s.Files, shownFile{ID: id, Name: file.Name, Size: fileSize(file.Size)})
	}
	return nil
}

// timed bounds the work for a page; a form with files has longer, also on a slow
// line.
func (s *site) timed(next http.Handler) http.Handler {
	short, long := httpx.Timeout(requestTime)(next), httpx.Timeout(uploadTime)(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !hasFiles(r) {
			short.ServeHTTP(w, r)
			return
		}
		if err := httpx.ExtendDeadlines(w, s.options.Now().Add(uploadTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			s.options.Log.WarnContext(r.Context(), "deadlines stay as they are", "error", err)
		}
		long.ServeHTTP(w, r)
	})
}

// faultyFields names the fields that an Invalid error is about.
func faultyFields(err error) []string {
	e, ok := errors.AsType[*dm.Error](err)
	if !ok {
		return nil
	}
	fields := []string{e.Field}
	for _, f := range e.Faults {
		fields = append(fields, f.Field)
	}
	return fields
}
