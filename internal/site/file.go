package site

import (
	"io"
	"mime"
	"net/http"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
)

// filePolicy keeps a stranger's file from doing anything, should a browser show
// it instead of saving it.
const filePolicy = "default-src 'none'; sandbox; frame-ancestors 'none'"

// file sends a file of a ticket to be saved.
func (v *visit) file() error {
	number, err := v.ticketNumber()
	if err != nil {
		return err
	}
	if ok, err := v.inPortal(portalTicket(number)); !ok {
		return err
	}
	id, err := strconv.ParseInt(v.r.PathValue("id"), 10, 64)
	if err != nil {
		return dm.Missing("file")
	}
	file, body, err := v.app.File(v.ctx(), v.requester(), id)
	if err != nil {
		return err
	}
	return v.sendFile(file, body)
}

// sendFile sends a file to be saved, and closes it.
func (v *visit) sendFile(file *dm.Attachment, body io.ReadSeekCloser) error {
	defer body.Close()
	h := v.w.Header()
	h.Set("Content-Security-Policy", filePolicy)
	h.Set("Content-Type", file.ContentType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
	http.ServeContent(v.w, v.r, "", file.CreatedAt.Std(), body)
	return nil
}
