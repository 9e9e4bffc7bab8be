package httpapi

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// stuckWriter is a client that takes nothing until its deadline has passed.
type stuckWriter struct {
	http.ResponseWriter
	deadline chan time.Time
}

func (*stuckWriter) Header() http.Header { return http.Header{} }

func (w *stuckWriter) Write([]byte) (int, error) {
	for at := range w.deadline {
		if !at.IsZero() {
			break
		}
	}
	return 0, errors.New("too late")
}

func (w *stuckWriter) SetWriteDeadline(at time.Time) error {
	w.deadline <- at
	return nil
}

// TestStuckClient: a client that takes nothing is given up after 15 seconds.
func TestStuckClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		w := newEventWriter(&stuckWriter{deadline: make(chan time.Time)})
		time.Sleep(time.Minute) // between writes the clock does not run
		if err := w.write("event: counts\ndata: {}\n\n"); err == nil {
			t.Error("what the client does not take counts as written")
		}
		w.close()
		if took := time.Since(began); took != time.Minute+writeTime {
			t.Errorf("the client is given up after %s", took)
		}
	})
}
