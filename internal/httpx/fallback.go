package httpx

import (
	"io"
	"net/http"

	"github.com/deskmesh/deskmesh"
)

// Fallback serves mux and answers with problem+json where no route matches: 404,
// or 405 with the Allow header. ServeMux itself would answer in plain text.
func Fallback(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(&fallbackWriter{ResponseWriter: w, request: r}, r)
	})
}

// fallbackWriter swallows the text of ServeMux. A request that no route took is
// told by its empty pattern.
type fallbackWriter struct {
	http.ResponseWriter
	request  *http.Request
	replaced bool
}

func (f *fallbackWriter) WriteHeader(status int) {
	if f.request.Pattern != "" || f.replaced {
		f.ResponseWriter.WriteHeader(status)
		return
	}
	switch status {
	case http.StatusNotFound:
		f.replace(routeMissing)
	case http.StatusMethodNotAllowed:
		f.replace(methodMissing)
	default:
		f.ResponseWriter.WriteHeader(status)
	}
}

func (f *fallbackWriter) Write(p []byte) (int, error) {
	if f.replaced {
		return len(p), nil
	}
	return f.ResponseWriter.Write(p)
}

func (f *fallbackWriter) ReadFrom(src io.Reader) (int64, error) {
	if f.replaced {
		return io.Copy(io.Discard, src)
	}
	return io.Copy(f.ResponseWriter, src)
}

func (f *fallbackWriter) replace(p *Problem) {
	f.replaced = true
	WriteProblem(f.ResponseWriter, p)
}

// Unwrap gives http.ResponseController, and through it Flush, the writer below.
func (f *fallbackWriter) Unwrap() http.ResponseWriter { return f.ResponseWriter }

// Flush sends what is buffered.
func (f *fallbackWriter) Flush() {
	if flusher, ok := f.ResponseWriter.(http.Flusher); ok {
		flusher.Flush()
	}
}

var (
	routeMissing  = routeProblem(http.StatusNotFound, "There is nothing at this address.")
	methodMissing = routeProblem(http.StatusMethodNotAllowed, "This address does not take this method.")
)

// routeProblem is for what the mux finds out; both are "not found" to programs
// that only read the code.
func routeProblem(status int, detail string) *Problem {
	return &Problem{Title: http.StatusText(status), Status: status, Code: string(deskmesh.NotFound), Detail: detail}
}
