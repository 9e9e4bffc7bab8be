package httpapi

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

const (
	uploadPath = "/attachments"
	// fileTime is how long one file may take on its way in or out.
	fileTime = 15 * time.Minute
)

// attachmentJSON describes a file.
type attachmentJSON struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	ContentType string `json:"content_type" doc:"Read from the bytes, not believed from the sender."`
	Size        int64  `json:"size" doc:"Bytes."`
}

func attachmentOf(f *dm.Attachment) attachmentJSON {
	return attachmentJSON{ID: f.ID, Name: f.Name, ContentType: f.ContentType, Size: f.Size}
}

type uploadInput struct {
	Name string `query:"name" maxLength:"255" doc:"The file's name; needed unless the body is a form, which has one."`
}

type attachmentOutput struct{ Body attachmentJSON }

type fileInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type fileOutput struct{ Body func(huma.Context) }

func attachmentRoutes(a *API) {
	upload := costly(stream(operation(http.MethodPost, uploadPath, "upload-attachment", "Upload a file; it is one's own until a message takes it", "attachments")), costSearch)
	upload.DefaultStatus = http.StatusCreated
	post(a, upload, signedIn, a.upload,
		func(ctx context.Context, c *caller, _ *uploadInput, ids []int64) (*attachmentOutput, error) {
			f, err := a.app.Attachment(ctx, c.Viewer, ids[0])
			if err != nil {
				return nil, err
			}
			return &attachmentOutput{attachmentOf(f)}, nil
		})
	file := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	// Described only now: what huma finds here while registering, it reads and validates.
	a.huma.OpenAPI().Paths[uploadPath].Post.RequestBody = &huma.RequestBody{Required: true, Description: "The bytes themselves, or a form with one file.",
		Content: map[string]*huma.MediaType{
			"application/octet-stream": {Schema: file},
			"multipart/form-data":      {Schema: &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{"file": file}, Required: []string{"file"}}},
		}}
	download := stream(operation(http.MethodGet, uploadPath+"/{id}", "download-attachment", "The bytes of a file", "attachments"))
	download.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: file}}}}
	route(a, download, ticketRight(access.See), a.download)
}

// upload streams a file to where files lie; no more than a part of it is in
// memory at a time.
func (a *API) upload(ctx context.Context, c *caller, in *uploadInput) error {
	a.extendDeadlines(c)
	name, body, err := fileOf(c.request, in.Name)
	if err != nil {
		return err
	}
	_, err = a.app.Upload(ctx, c.Viewer, name, body)
	return err
}

// extendDeadlines gives slow lines their time. Writers that know no deadlines,
// as in tests, have none to extend.
func (a *API) extendDeadlines(c *caller) {
	if err := httpx.ExtendDeadlines(c.writer, a.app.Now().Std().Add(fileTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		a.report.Log.WarnContext(c.request.Context(), "deadlines stay as they are", "error", err)
	}
}

// fileOf finds the file in a request: the body itself, or the one part of a form.
func fileOf(r *http.Request, name string) (string, io.Reader, error) {
	if !strings.HasPrefix(strings.ToLower(r.Header.Get("Content-Type")), "multipart/") {
		return name, sentBody{r.Body}, nil
	}
	form, err := r.MultipartReader()
	if err != nil {
		return "", nil, badRequest("body", "The form cannot be read.")
	}
	part, err := form.NextPart()
	if err != nil {
		return "", nil, badForm(err)
	}
	if part.FormName() != "file" {
		return "", nil, dm.BadField(clip(part.FormName()), "The form has one part, which is called file.")
	}
	if name == "" {
		name = part.FileName()
	}
	return name, &onlyPart{form: form, part: part}, nil
}

func badForm(err error) error {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return err
	}
	return badRequest("body", "The form ended before it was complete, or is not well-formed.")
}

// sentBody tells a body that broke off from a fault of ours.
type sentBody struct{ io.Reader }

func (b sentBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // Read gives the bare EOF
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); !tooLarge {
			err = badRequest("body", "The body ended before it was complete.")
		}
	}
	return n, err
}

// onlyPart reads a part of a form, and fails at its end when the form has more:
// the file is then not kept.
type onlyPart struct {
	form *multipart.Reader
	part *multipart.Part
}

func (o *onlyPart) Read(p []byte) (int, error) {
	n, err := o.part.Read(p)
	switch {
	case err == nil:
		return n, nil
	case err != io.EOF: //nolint:errorlint // Read gives the bare EOF
		return n, badForm(err)
	}
	more, err := o.form.NextPart()
	if err == io.EOF { //nolint:errorlint // NextPart gives the bare EOF
		return n, io.EOF
	}
	if err != nil {
		return n, badForm(err)
	}
	return n, dm.BadField(clip(more.FormName()), "The form has one part, which is called file.")
}

// download streams a file. Browsers keep it apart from the desk: it is saved,
// never shown, and may run nothing.
func (a *API) download(ctx context.Context, c *caller, in *fileInput) (*fileOutput, error) {
	f, body, err := a.app.File(ctx, c.Viewer, in.ID)
	if err != nil {
		return nil, err
	}
	return &fileOutput{Body: func(huma.Context) {
		defer body.Close()
		a.extendDeadlines(c)
		h := c.writer.Header()
		asFile(h, f.ContentType, f.Name)
		h.Set("ETag", `"`+f.Digest+`"`)
		http.ServeContent(&rangeWriter{ResponseWriter: c.writer}, c.request, "", f.CreatedAt.Std(), body)
	}}, nil
}

func disposition(name string) string {
	if text := mime.FormatMediaType("attachment", map[string]string{"filename": name}); text != "" {
		return text
	}
	return "attachment"
}

// rangeWriter makes problem+json of the one refusal that ServeContent writes
// itself, as text: a range that the file does not have.
type rangeWriter struct {
	http.ResponseWriter
	refused bool
}

func (w *rangeWriter) WriteHeader(status int) {
	if status != http.StatusRequestedRangeNotSatisfiable {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	w.refused = true
	const detail = "The file has no such range of bytes."
	httpx.WriteProblem(w.ResponseWriter, &httpx.Problem{Title: http.StatusText(status), Status: status, Code: string(dm.Invalid), Detail: detail,
		Errors: []httpx.FieldError{{Message: detail, Location: "Range"}}})
}

func (w *rangeWriter) Write(p []byte) (int, error) {
	if w.refused {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

// ReadFrom keeps the fast road from file to socket.
func (w *rangeWriter) ReadFrom(r io.Reader) (int64, error) {
	if w.refused {
		return io.Copy(io.Discard, r)
	}
	return io.Copy(w.ResponseWriter, r)
}

// Unwrap gives http.ResponseController the writer below.
func (w *rangeWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
