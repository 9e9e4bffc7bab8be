package app

import (
	"cmp"
	"context"
	"sync"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/mail/origin"
)

const (
	// checkPatience is how long a job waits for the check of a sender, which waits
	// for other people's name servers. The check goes on without the job, which
	// comes back after checkAgain: a worker is not held up by a server that does not
	// answer.
	checkPatience = 300 * time.Millisecond
	checkAgain    = time.Second
	// maxChecks is how many checks go on at once, maxCheckedBytes how large a mail
	// may be for that: larger ones hold up their job, and not the memory.
	maxChecks       = 64
	maxCheckedBytes = 256 << 10
	// checkKept is how long a result waits for its job.
	checkKept = 10 * time.Minute
)

// senderChecks are the checks of senders that go on, by the id of the raw mail.
// They are in memory alone: after a restart they begin anew.
type senderChecks struct {
	mu   sync.Mutex
	open map[int64]*senderCheck
}

type senderCheck struct {
	done    chan struct{}
	verdict dm.MailVerdict
	checks  dm.MailChecks
}

// begin gives the check of a mail that goes on, or begins it; nil where there are
// too many.
func (s *senderChecks) begin(mail int64, check func() (dm.MailVerdict, dm.MailChecks)) *senderCheck {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.open[mail]; c != nil {
		return c
	}
	if len(s.open) >= maxChecks {
		return nil
	}
	if s.open == nil {
		s.open = map[int64]*senderCheck{}
	}
	c := &senderCheck{done: make(chan struct{})}
	s.open[mail] = c
	go func() {
		c.verdict, c.checks = check()
		close(c.done)
		time.AfterFunc(checkKept, func() { s.end(mail, c) })
	}()
	return c
}

func (s *senderChecks) end(mail int64, c *senderCheck) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[mail] == c {
		delete(s.open, mail)
	}
}

// checkSender finds out whether the sender is who the header says. What cannot be
// found out is unknown. Its error is that the job has to come back.
func (a *App) checkSender(ctx context.Context, m *arrival) error {
	m.raw.Verdict = dm.MailUnknown
	raw := m.bytes
	m.bytes = nil
	if a.Origin == nil {
		return nil
	}
	asked := origin.Mail{RemoteIP: m.raw.RemoteIP, HELO: m.raw.HELO, EnvelopeFrom: m.raw.EnvelopeFrom,
		From: m.from.Email, Several: m.in.Senders > 1, Trusted: m.raw.Trusted, Direct: m.raw.Source == dm.MailSMTP, Raw: raw}
	if len(raw) > maxCheckedBytes {
		m.raw.Verdict, m.raw.Checks = a.Origin.Check(ctx, asked)
		return nil
	}
	c := a.senders.begin(m.raw.ID, func() (dm.MailVerdict, dm.MailChecks) {
		return a.Origin.Check(context.WithoutCancel(ctx), asked)
	})
	if c == nil {
		return jobs.Snooze(checkAgain)
	}
	patience := time.NewTimer(cmp.Or(a.CheckPatience, checkPatience))
	defer patience.Stop()
	select {
	case <-c.done:
	case <-ctx.Done():
		return ctx.Err()
	case <-patience.C:
		return jobs.Snooze(checkAgain)
	}
	a.senders.end(m.raw.ID, c)
	m.raw.Verdict, m.raw.Checks = c.verdict, c.checks
	return nil
}
