package cli

import (
	"context"
	"encoding/json"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/store"
)

// pingTime bounds the questions to the database.
const pingTime = 2 * time.Second

// The stages of a server's life.
const (
	starting int32 = iota
	working
	draining
)

// health answers those who watch over the program: /healthz says that the
// process runs, /readyz that it can work.
type health struct {
	db         *store.DB
	schema     int64
	durability string
	stage      atomic.Int32
	runner     atomic.Pointer[jobs.Runner] // nil until there is one
}

// newHealth reads what does not change while the program runs.
func newHealth(ctx context.Context, db *store.DB) (*health, error) {
	h := &health{db: db}
	var err error
	if h.schema, err = db.KnownSchema(); err != nil {
		return nil, err
	}
	h.durability, err = db.Durability(ctx)
	return h, err
}

// register serves both.
func (h *health) register(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", h.healthz)
	mux.HandleFunc("GET /readyz", h.readyz)
}

// healthz says that the process runs. It asks nobody, so that a database that is
// away does not get the program restarted.
func (h *health) healthz(w http.ResponseWriter, _ *http.Request) {
	writeState(w, http.StatusOK, map[string]any{"status": "ok"})
}

// readyz says whether the program can do its work: 503 until everything has
// started, from the moment the program was asked to end, and while the database
// does not answer or its schema is older than this program's.
func (h *health) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), pingTime)
	defer cancel()
	state := map[string]any{"status": "ready", "engine": h.db.Engine(), "schema": h.schema, "durability": h.durability}
	status := http.StatusOK
	if fault := h.fault(ctx); fault != "" {
		state["status"], status = fault, http.StatusServiceUnavailable
	}
	writeState(w, status, state)
}

// fault says in a few words why the program cannot work; "" where it can.
func (h *health) fault(ctx context.Context) string {
	switch h.stage.Load() {
	case starting:
		return "starting"
	case draining:
		return "draining"
	}
	schema, err := h.db.LiveSchema(ctx)
	if err != nil {
		return "no database"
	}
	if schema < h.schema {
		return "old schema"
	}
	if runner := h.runner.Load(); runner == nil || !runner.Running() {
		return "no jobs"
	}
	return ""
}

func writeState(w http.ResponseWriter, status int, state map[string]any) {
	body, err := json.Marshal(state)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if _, err := w.Write(append(body, '\n')); err != nil {
		return // the client is gone
	}
}
