package live

import (
	"sync"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// maxLines is how many lines wait for a slow reader before a reset takes their
// place.
const maxLines = 256

// Stream is one open stream. Its reader waits for Ready, takes what there is,
// and closes it in the end. Ready and Take are for one goroutine.
type Stream struct {
	hub     *Hub
	account int64
	person  int64
	proof   store.Proof
	expires dm.Time // 0 never

	// Who reads, and the access version at which that was found out. Once the
	// stream is open only the delivering goroutine looks at them.
	viewer  *access.Viewer
	version int64

	mu     sync.Mutex
	lines  []string
	behind bool // the reader gets a reset; until then lines are pointless
	ended  bool
	ready  chan struct{}
}

// Ready gives a sign when there is something to take, or the stream has ended.
func (s *Stream) Ready() <-chan struct{} { return s.ready }

// Take gives the lines that wait, ready to be written, and says whether the
// stream goes on after them.
func (s *Stream) Take() (lines []string, open bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines, s.lines, s.behind = s.lines, nil, false
	return lines, !s.ended
}

// Close ends the stream; it may be called more than once.
func (s *Stream) Close() { s.hub.forget(s) }

// push adds lines for the reader.
func (s *Stream) push(lines ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ended || s.behind || len(lines) == 0:
		return
	case len(s.lines)+len(lines) > maxLines:
		s.resetLocked(resetSlow)
	default:
		s.lines = append(s.lines, lines...)
	}
	signal(s.ready)
}

// reset tells the reader to fetch everything anew. It takes the place of every
// line that waits, and of those that come before the reader takes it.
func (s *Stream) reset(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	s.resetLocked(reason)
	signal(s.ready)
}

func (s *Stream) resetLocked(reason string) {
	s.lines, s.behind = []string{line(nameReset, reasonData{reason})}, true
}

// end makes a last line of the reason and takes the stream out of the hub.
func (s *Stream) end(reason string) {
	s.mu.Lock()
	if !s.ended {
		s.lines, s.ended = []string{line(nameEnd, reasonData{reason})}, true
	}
	signal(s.ready)
	s.mu.Unlock()
	s.hub.forget(s)
}

// signal wakes whoever reads c, now or later.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
