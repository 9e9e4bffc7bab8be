package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

type jobJSON struct {
	ID          int64                 `json:"id"`
	Kind        string                `json:"kind"`
	State       dm.JobState           `json:"state" enum:"ready,waiting,running,dead,cancelled"`
	RunAt       time.Time             `json:"run_at" doc:"When it runs, or ran, at the earliest."`
	Attempts    int                   `json:"attempts"`
	MaxAttempts int                   `json:"max_attempts"`
	LastError   string                `json:"last_error"`
	CreatedAt   time.Time             `json:"created_at"`
	FinishedAt  orNull[time.Time]     `json:"finished_at" doc:"When it died or was cancelled."`
	Ticket      orNull[jobTicketJSON] `json:"ticket" doc:"The ticket that it is about; null where it is about none."`
}

// jobTicketJSON tells of a ticket no more than its reader may know.
type jobTicketJSON struct {
	Visible bool           `json:"visible" doc:"False: the ticket is not visible to you."`
	Number  orNull[int64]  `json:"number"`
	Subject orNull[string] `json:"subject"`
}

func jobOf(j *app.JobView) jobJSON {
	out := jobJSON{ID: j.ID, Kind: j.Kind, State: j.State, RunAt: j.RunAt.Std(), Attempts: j.Attempts, MaxAttempts: j.MaxAttempts,
		LastError: j.LastError, CreatedAt: j.CreatedAt.Std(), FinishedAt: moment(j.FinishedAt)}
	switch {
	case j.Visible:
		out.Ticket = some(jobTicketJSON{Visible: true, Number: some(j.Number), Subject: some(j.Subject)})
	case j.OfTicket:
		out.Ticket = some(jobTicketJSON{})
	}
	return out
}

type jobsInput struct {
	PageInput
	State dm.JobState `query:"state" enum:"ready,waiting,running,dead,cancelled"`
}

// jobRoutes are the account's background jobs. One that has succeeded is there
// no more.
func jobRoutes(a *API) {
	manage := permission(dm.JobsManage)
	jobs := &noun[app.JobView, jobJSON]{path: "/jobs", name: "job", find: a.app.Job, say: jobOf}
	route(a, operation(http.MethodGet, "/jobs", "list-jobs", "Background jobs, newest first", "jobs"), manage,
		func(ctx context.Context, c *caller, in *jobsInput) (*pageAnswer[jobJSON], error) {
			before, err := in.idCursor()
			if err != nil {
				return nil, err
			}
			list, err := a.app.JobList(ctx, c.Viewer, in.State, before, in.Limit+1)
			if err != nil {
				return nil, err
			}
			list, next := cutPage(list, in.Limit, func(j *app.JobView) int64 { return j.ID })
			return &pageAnswer[jobJSON]{pageOf(each(list, jobOf), next)}, nil
		})
	jobs.one(a, manage)
	for _, act := range []struct {
		verb, summary string
		do            func(context.Context, *access.Viewer, int64) error
	}{
		{"retry", "Run a dead or cancelled job again, or one that is ready at once", a.app.RetryJob},
		{"cancel", "Take back a job that has not begun", a.app.CancelJob},
	} {
		op := jobs.operation(http.MethodPost, "/{id}/"+act.verb, act.verb, act.summary)
		op.DefaultStatus = http.StatusNoContent // the job may have run, and be gone, by now
		post(a, op, manage,
			func(ctx context.Context, c *caller, in *IDInput) error { return act.do(ctx, c.Viewer, in.ID) },
			func(context.Context, *caller, *IDInput, []int64) (*struct{}, error) { return nil, nil })
	}
}
