package app

import (
	"context"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
)

// JobMailFailed writes into a ticket's history that a mail did not arrive.
const JobMailFailed = "mail.failed"

type mailFailedArgs struct {
	Job int64 `json:"job"` // that was to send it
}

// toldInHistory says whether a mail that did not arrive is worth a line in its
// ticket's history: what somebody wrote to somebody outside. That a notification
// did not arrive stands in the log.
func toldInHistory(m *dm.OutgoingMail) bool {
	return m.TicketID != 0 && (m.Kind == dm.MailKind(dm.NoticeReply) || m.Kind == dm.MailSide)
}

// noteFailed does the job JobMailFailed.
func (a *App) noteFailed(ctx context.Context, account int64, args mailFailedArgs) error {
	return a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error {
		m, err := tx.OutgoingOfJob(account, args.Job)
		if err == nil && (m.State == dm.OutFailed || m.State == dm.OutBounced) {
			err = failedEvent(tx, account, m)
		}
		if dm.CodeOf(err) == dm.NotFound {
			return nil
		}
		return err
	})
}

// failedEvent writes the line. It names nobody: who reads the history learns from
// the log whom the mail was to, if they may.
func failedEvent(tx *store.Tx, account int64, m *dm.OutgoingMail) error {
	f, err := tx.LockTicketByID(access.System(account, "mail"), m.TicketID)
	if err != nil {
		return err
	}
	e := &dm.Event{TicketID: f.Ticket.ID, Kind: dm.MailFailed, Cause: dm.Cause{Kind: dm.CauseMail}, Internal: true, Data: dm.EventData{Version: f.Ticket.Version, Reason: string(m.State)}}
	return tx.InsertEvent(account, e)
}

// placeBounce reads what came back to the signed sender of one of this desk's
// mails. A report marks the line of that mail, and where there is no such address
// the address. Nothing else that comes there has any effect, and nothing that
// comes there is ever answered.
func (a *App) placeBounce(tx *store.Tx, m *arrival) error {
	report := m.in.Delivery()
	switch {
	case report == nil && (m.in.AutoSubmitted || m.raw.EnvelopeFrom == ""):
		return finish(tx, m, "ignored", "An automatic answer.")
	case report == nil:
		return finish(tx, m, "held", "It was sent to the address for reports of failure.")
	}
	account := m.raw.Account
	sent, err := tx.OutgoingOfJob(account, m.bounce.Job)
	if dm.CodeOf(err) == dm.NotFound {
		return a.bounceTooEarly(tx, m)
	}
	if err != nil {
		return err
	}
	code, _ := strconv.Atoi(statusClass(report.Status))
	detail := cutText(cleanLine(report.Detail), maxOutDetail)
	if detail == "" {
		detail = cutText("Status "+report.Status, maxOutDetail)
	}
	switch report.Action {
	case "failed":
		first, err := tx.BounceOutgoing(account, sent, dm.OutBounced, code, detail)
		if err != nil || !first {
			return errorsOf(err, finish(tx, m, "ignored", "A report on a mail that is known to have failed."))
		}
		if mail.NoSuchAddress(report.Status) {
			if _, err := tx.MarkUndeliverable(account, sent.Address, report.Status, detail); err != nil {
				return err
			}
		}
		if sent.State = dm.OutBounced; toldInHistory(sent) {
			if err := failedEvent(tx, account, sent); err != nil && dm.CodeOf(err) != dm.NotFound {
				return err
			}
		}
	case "delayed":
		if _, err := tx.BounceOutgoing(account, sent, sent.State, code, detail); err != nil {
			return err
		}
	}
	m.raw.TicketID = sent.TicketID
	return finish(tx, m, "ignored", "A report on a mail of this desk: "+report.Action+".")
}

// bounceTooEarly deals with a report on a mail whose line is not there: it comes
// while the job is being ended, or long after the line was deleted.
func (a *App) bounceTooEarly(tx *store.Tx, m *arrival) error {
	lives, err := tx.JobLives(m.raw.Account, m.bounce.Job)
	if err != nil {
		return err
	}
	if lives {
		return dm.Errorf(dm.Unavailable, "The mail that this report is about is still being sent.")
	}
	return finish(tx, m, "ignored", "A report on a mail that is not in the log any more.")
}

// statusClass is the class of an enhanced status as a reply code: 5.1.1 is 500.
func statusClass(status string) string {
	if status == "" {
		return "0"
	}
	return status[:1] + "00"
}
