package smtpin

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

// errFlood ends a connection that sends far more than one message may hold.
var errFlood = errors.New("smtpin: more bytes than a message may hold")

// conn is one connection with its deadlines. The protocol library only reads and
// writes; when to stop is decided here: after silence, after the time for a
// message or the connection, after too many bytes, or when the server drains and
// no message is under way.
type conn struct {
	net.Conn
	ip     netip.Addr
	config *Config
	ended  func() // called once, on Close

	mu        sync.Mutex
	end       time.Time // of the connection
	deadline  time.Time // of the command or message that is due
	receiving int
	draining  bool
	budget    int64 // bytes left before the next command must be clean
	closeOnce sync.Once
}

// after gives a deadline for the network, which follows the machine's own clock
// and not Config.Now.
func after(d time.Duration) time.Time { return time.Now().Add(d) }

func newConn(c net.Conn, ip netip.Addr, config *Config, ended func()) *conn {
	wrapped := &conn{Conn: c, ip: ip, config: config, ended: ended, end: after(config.SessionTimeout)}
	wrapped.refill()
	return wrapped
}

// Read waits for bytes until the nearest deadline.
func (c *conn) Read(p []byte) (int, error) {
	if err := c.arm(); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.budget -= int64(n); c.budget < 0 {
		return 0, errFlood
	}
	return n, err
}

// Write sends a reply. From now on the next command is due, and sending it byte
// by byte does not help.
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	if c.receiving == 0 {
		c.deadline = after(c.config.ReadTimeout)
	}
	c.mu.Unlock()
	return c.Conn.Write(p)
}

func (c *conn) arm() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.draining && c.receiving == 0 {
		return os.ErrDeadlineExceeded
	}
	until := after(c.config.ReadTimeout)
	if c.end.Before(until) {
		until = c.end
	}
	if !c.deadline.IsZero() && c.deadline.Before(until) {
		until = c.deadline
	}
	return c.Conn.SetReadDeadline(until)
}

// begin marks that a message is being received; the result marks its end.
func (c *conn) begin() (end func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.receiving++
	c.deadline = after(c.config.MessageTimeout)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.receiving--
	}
}

// refill allows the bytes of one more message, twice over for the dots and for
// the rest of one that was refused.
func (c *conn) refill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.budget = 2*c.config.MaxBytes + 1<<20
}

// drain lets a message under way finish and then ends the connection; without
// one it ends at once. The library tells the sender with 421.
func (c *conn) drain() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.draining = true
	if c.receiving == 0 {
		// A failure means that the connection is closed already.
		_ = c.Conn.SetReadDeadline(time.Unix(1, 0))
	}
}

// Close ends the connection and gives its place free.
func (c *conn) Close() error {
	err := c.Conn.Close()
	c.closeOnce.Do(c.ended)
	return err
}
