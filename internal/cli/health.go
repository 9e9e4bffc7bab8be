package cli

import (
	"context"
	"encoding/json"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/deskmesh/deskmesh/internal/store"
)

// pingTime bounds the question to the database.
const pingTime = 2 * time.Second

// health answers those who watch over the program: /healthz says that the
// process runs, /readyz that it can work.
type health struct {
	db         *store.DB
	schema     int64
	durability string
	draining   atomic.Bool
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

// healthz says that the process runs.
func (h *health) healthz(w http.ResponseWriter, _ *http.Request) {
	writeState(w, http.StatusOK, map[string]any{"status": "ok"})
}

// readyz says whether the program can do its work: 503 while the database does
// not answer, and from the moment the program was asked to end.
func (h *health) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), pingTime)
	defer cancel()
	state := map[string]any{"status": "ready", "engine": h.db.Engine(), "schema": h.schema, "durability": h.durability}
	status := http.StatusOK
	switch {
	case h.draining.Load():
		state["status"], status = "draining", http.StatusServiceUnavailable
	case h.db.Ping(ctx) != nil:
		state["status"], status = "no database", http.StatusServiceUnavailable
	}
	writeState(w, status, state)
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
