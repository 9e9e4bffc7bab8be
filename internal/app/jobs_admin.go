package app

import (
	"context"
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// JobView is a background job as its reader may see it. Number and subject of a
// ticket that they cannot open are left out.
type JobView struct {
	dm.Job
	OfTicket bool // it is about a ticket
	Visible  bool // which the reader can open
	Number   int64
	Subject  string
}

// JobList lists the account's jobs in a state ("": in any), newest first, with
// ids below before; 0 begins at the newest. It needs jobs.manage.
func (a *App) JobList(ctx context.Context, v *access.Viewer, state dm.JobState, before int64, limit int) ([]JobView, error) {
	if err := require(v, dm.JobsManage); err != nil {
		return nil, err
	}
	var states []dm.JobState
	if state != "" {
		states = append(states, state)
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]JobView, error) {
		list, err := tx.JobList(v.Account(), states, before, limit)
		if err != nil {
			return nil, err
		}
		return viewJobs(tx, v, list)
	})
}

// Job reads one job, as JobList does. NotFound for one that has succeeded, too:
// it leaves nothing behind.
func (a *App) Job(ctx context.Context, v *access.Viewer, id int64) (*JobView, error) {
	if err := require(v, dm.JobsManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*JobView, error) {
		j, err := tx.Job(v.Account(), id)
		if err != nil {
			return nil, err
		}
		list, err := viewJobs(tx, v, []dm.Job{j})
		if err != nil {
			return nil, err
		}
		return &list[0], nil
	})
}

// RetryJob lets a dead or cancelled job run again, and one that waits for its
// time run at once. It needs jobs.manage, and gives nobody who retries it more
// than they had: what may be done is decided when the job runs. Conflict where
// it runs, or where another job has taken its place.
func (a *App) RetryJob(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.JobsManage, func(t *act) error {
		if err := t.tx.RetryJob(t.account, id); err != nil {
			return err
		}
		return t.log("job.retried", "job", id)
	})
}

// CancelJob takes back a job that has not begun. It needs jobs.manage. Conflict
// where it runs; one that has ended stays as it is.
func (a *App) CancelJob(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.JobsManage, func(t *act) error {
		j, err := t.tx.Job(t.account, id)
		if err != nil {
			return err
		}
		if err := t.tx.CancelJob(t.account, id); err != nil {
			return err
		}
		if j.FinishedAt != 0 {
			return nil
		}
		return t.log("job.cancelled", "job", id)
	})
}

// viewJobs adds what the reader may know of the tickets that jobs are about.
func viewJobs(tx *store.Tx, v *access.Viewer, list []dm.Job) ([]JobView, error) {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	args, err := tx.JobArgs(v.Account(), ids)
	if err != nil {
		return nil, err
	}
	views := make([]JobView, len(list))
	for i, j := range list {
		views[i].Job = j
		ticket, err := ticketOfJob(tx, v.Account(), j.Kind, args[j.ID])
		if err != nil {
			return nil, err
		}
		if ticket == 0 {
			continue
		}
		views[i].OfTicket = true
		f, err := tx.TicketByID(v, ticket)
		if dm.CodeOf(err) == dm.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		views[i].Visible, views[i].Number, views[i].Subject = true, f.Ticket.Number, f.Ticket.Subject
	}
	return views, nil
}

// ticketOfJob finds the ticket that a job is about; 0 where it is about none,
// or where what tied it to one is gone.
func ticketOfJob(tx *store.Tx, account int64, kind string, args json.RawMessage) (int64, error) {
	if len(args) == 0 {
		return 0, nil
	}
	var ticket int64
	var err error
	switch kind {
	case JobTell:
		var told tellArgs
		if err = json.Unmarshal(args, &told); err == nil && len(told.Events) > 0 {
			ticket, err = ticketOfEvent(tx, account, told.Events[0].ID)
		}
	case JobNotice:
		var notice noticeArgs
		if err = json.Unmarshal(args, &notice); err == nil {
			ticket, err = ticketOfEvent(tx, account, notice.Event)
		}
	case JobWebhookEvent:
		var told webhookEventArgs
		if err = json.Unmarshal(args, &told); err == nil && len(told.Events) > 0 {
			ticket, err = ticketOfEvent(tx, account, told.Events[0])
		}
	case JobMailFailed:
		var failed mailFailedArgs
		if err = json.Unmarshal(args, &failed); err == nil {
			ticket, err = ticketOfOutgoing(tx, account, failed.Job)
		}
	case JobSatisfaction:
		var asked satisfactionArgs
		err = json.Unmarshal(args, &asked)
		ticket = asked.Ticket
	case JobMailIn:
		var arrived mailInArgs
		if err = json.Unmarshal(args, &arrived); err == nil {
			ticket, err = ticketOfMail(tx, account, arrived.Mail)
		}
	}
	if dm.CodeOf(err) == dm.NotFound {
		err = nil
	}
	return ticket, err
}

func ticketOfEvent(tx *store.Tx, account, event int64) (int64, error) {
	e, err := tx.Event(account, event)
	if err != nil {
		return 0, err
	}
	return e.TicketID, nil
}

func ticketOfOutgoing(tx *store.Tx, account, job int64) (int64, error) {
	m, err := tx.OutgoingOfJob(account, job)
	if err != nil {
		return 0, err
	}
	return m.TicketID, nil
}

func ticketOfMail(tx *store.Tx, account, mail int64) (int64, error) {
	m, err := tx.RawMail(account, mail)
	if err != nil {
		return 0, err
	}
	return m.TicketID, nil
}
