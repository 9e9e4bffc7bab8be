package httpapi

import (
	"net/http"
	"sync"

	"github.com/deskmesh/deskmesh/internal/app"
)

const descriptionPath = "/openapi.yaml"

// OpenAPI gives the description of the API as YAML, OpenAPI 3.1. It needs no
// database.
func OpenAPI() ([]byte, error) { return New(&app.App{}, Options{}).huma.OpenAPI().YAML() }

// serveDescription serves the description to everybody: it is the same for all.
func (a *API) serveDescription(mux *http.ServeMux) {
	a.note(http.MethodGet, descriptionPath, anybody)
	text := sync.OnceValues(func() ([]byte, error) { return a.huma.OpenAPI().YAML() })
	mux.HandleFunc("GET "+base+descriptionPath, func(w http.ResponseWriter, r *http.Request) {
		body, err := text()
		if err != nil {
			a.report.Write(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/yaml")
		if _, err := w.Write(body); err != nil {
			return // the client is gone
		}
	})
}
