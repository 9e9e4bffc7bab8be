package app

import (
	"cmp"
	"context"
	"strconv"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

const (
	// Bounds of what waits: on one ticket, and of one person.
	maxScheduledHere = 100
	maxScheduledOwn  = 5000
	// scheduledAhead is how far ahead a message can be scheduled.
	scheduledAhead = 366 * 24 * time.Hour
)

// Writing is a message as it is written: sent at once, or later.
type Writing struct {
	Message  dm.NewMessage
	Status   *dm.Status // set with it; nil leaves the ticket's
	StatusID *int64
	Pending  dm.PendingReplies
	SendAt   dm.Time // 0: now
	TimeZone string
	Hold     bool // keep it back where the customer answers first
	// Undo lets the sending wait for as long as the settings say.
	Undo bool
}

func (n *Writing) patch() dm.TicketPatch {
	return dm.TicketPatch{Status: n.Status, StatusID: n.StatusID}
}

// Write sends a message, or keeps it until its time. What is kept is noted as 0
// and its id among what the request made, so that both are told apart.
func (a *App) Write(ctx context.Context, v *access.Viewer, number int64, n Writing) error {
	dir, err := a.directory(ctx, v.Account())
	if err != nil {
		return err
	}
	waits := n.Undo && dir.Settings.UndoSeconds > 0 && v.IsAgent() && n.SendAt == 0
	if n.SendAt == 0 && !waits {
		_, err := a.Apply(ctx, v, dm.Change{Number: number, Messages: []dm.NewMessage{n.Message}, Set: n.patch(), Pending: n.Pending})
		return err
	}
	return a.write(ctx, func(tx *store.Tx) error {
		later := n
		if later.Undo = waits; waits {
			later.SendAt = tx.Now().Add(time.Duration(dir.Settings.UndoSeconds) * time.Second)
		}
		r, err := a.schedule(tx, v, number, &later)
		if err == nil {
			onceOf(ctx).note(0, r.ID)
		}
		return err
	})
}

// schedule keeps a message until its time. It is refused for whatever would
// refuse it now.
func (a *App) schedule(tx *store.Tx, v *access.Viewer, number int64, n *Writing) (*dm.ScheduledReply, error) {
	w, err := a.begin(tx, v, dm.Change{Number: number, Set: n.patch(), Pending: n.Pending})
	if err != nil {
		return nil, err
	}
	if !w.viewer.IsAgent() {
		return nil, dm.ErrForbidden
	}
	if err := w.mayWrite(n.Message.Kind, ""); err != nil {
		return nil, err
	}
	if err := w.nothingNewer(&n.Message, ""); err != nil {
		return nil, err
	}
	r := &dm.ScheduledReply{TicketID: w.t.ID, PersonID: w.viewer.Person(), TokenID: tokenOf(w.viewer), Kind: n.Message.Kind, Hold: n.Hold, Undo: n.Undo}
	if err := w.fillScheduled(r, &n.Message, n.SendAt, n.TimeZone); err != nil {
		return nil, err
	}
	if err := w.laterStatus(r); err != nil {
		return nil, err
	}
	if err := w.roomForScheduled(); err != nil {
		return nil, err
	}
	if err := tx.InsertScheduled(w.account, r); err != nil {
		return nil, err
	}
	if err := w.dropDraft(r.Kind); err != nil {
		return nil, err
	}
	tx.PokeScheduled(w.found())
	return r, enqueueScheduled(tx, w.account, r)
}

// begin loads a ticket for a change that is not made by ApplyIn as a whole.
func (a *App) begin(tx *store.Tx, v *access.Viewer, ch dm.Change) (*work, error) {
	w := &work{app: a, tx: tx, ch: &ch, res: &Result{}}
	var err error
	if w.viewer, w.dir, err = tx.Refresh(v); err != nil {
		return nil, err
	}
	w.account = w.viewer.Account()
	ch.Cause = w.viewer.Cause()
	return w, w.load()
}

// fillScheduled checks and takes over what its author wrote.
func (w *work) fillScheduled(r *dm.ScheduledReply, n *dm.NewMessage, at dm.Time, zone string) error {
	var faults inputFaults
	r.TimeZone = faults.timeZone("time_zone", zone)
	switch r.SendAt = at; {
	case at <= w.tx.Now():
		faults.add("send_at", "This moment is past. Choose a later one.")
	case at > w.tx.Now().Add(scheduledAhead):
		faults.add("send_at", "A message can be scheduled for at most a year ahead.")
	}
	if err := faults.err(); err != nil {
		return err
	}
	var m dm.Message
	if err := cleanBody(&m, n, ""); err != nil {
		return err
	}
	r.Text, r.HTML = m.Text, m.HTML
	if _, err := w.mentioned(n, ""); err != nil {
		return err
	}
	r.Mentions = distinct(n.Mentions)
	if err := w.scheduledFiles(r, n.Attachments); err != nil {
		return err
	}
	var err error
	r.After, err = w.tx.LastMessage(w.found())
	return err
}

// scheduledFiles checks that the files are the author's and free to be taken.
func (w *work) scheduledFiles(r *dm.ScheduledReply, files []int64) error {
	if len(files) > maxFilesTaken {
		return dm.BadField("attachments", "A message has at most %d files.", maxFilesTaken)
	}
	loose, err := w.tx.LooseFiles(w.viewer, files)
	if err != nil {
		return err
	}
	for i, id := range files {
		if !loose[id] {
			return dm.BadField("attachments["+strconv.Itoa(i)+"]", "There is no such file of yours, or a message has it already.")
		}
	}
	r.Files = nil
	for _, id := range distinct(files) {
		r.Files = append(r.Files, dm.Attachment{ID: id})
	}
	return nil
}

// laterStatus checks the status that goes with a message as if it were set now.
// Nothing of it is kept but the wish.
func (w *work) laterStatus(r *dm.ScheduledReply) error {
	if w.ch.Set.Empty() {
		return nil
	}
	for _, check := range []func(*dm.TicketPatch) error{w.patchStatus, w.checkSolved} {
		if err := check(&w.ch.Set); err != nil {
			return err
		}
	}
	if w.t.Status.Done() && !w.old.Status.Done() && w.ch.Pending != dm.PendingKeep {
		w.ch.Pending = dm.PendingAsk
		if err := w.settlePending(); err != nil {
			return err
		}
	}
	if s := w.ch.Set.Status; s != nil {
		r.Status = *s
	}
	if id := w.ch.Set.StatusID; id != nil {
		r.StatusID = *id
	}
	return nil
}

func (w *work) roomForScheduled() error {
	own, here, err := w.tx.CountScheduled(w.viewer, w.found())
	switch {
	case err != nil:
		return err
	case here >= maxScheduledHere:
		return dm.Errorf(dm.Conflict, "A ticket has at most %d scheduled messages. Send or cancel some of them first.", maxScheduledHere).With("cap")
	case own >= maxScheduledOwn:
		return dm.Errorf(dm.Conflict, "You have %d scheduled messages. Send or cancel some of them first.", own).With("cap")
	}
	return nil
}

// ScheduledPatch changes a message that is sent later; nil leaves a part as it is.
type ScheduledPatch struct {
	Text, HTML  *string // of the two only what is given remains
	Attachments *[]int64
	Mentions    *[]int64
	SendAt      *dm.Time
	TimeZone    *string
	Hold        *bool
}

// ChangeScheduled changes what the viewer wrote before it is sent. One that was
// held or failed waits again. Conflict where it was sent, cancelled or removed
// meanwhile.
func (a *App) ChangeScheduled(ctx context.Context, v *access.Viewer, id int64, p ScheduledPatch) error {
	return a.onScheduled(ctx, v, id, func(w *work, r *dm.ScheduledReply) error {
		if r.PersonID != w.viewer.Person() {
			return dm.ErrForbidden
		}
		if err := w.mayWrite(r.Kind, ""); err != nil {
			return err
		}
		files, err := w.tx.ScheduledFileIDs(w.account, r)
		if err != nil {
			return err
		}
		n := dm.NewMessage{Kind: r.Kind, Text: r.Text, HTML: r.HTML, Attachments: files, Mentions: r.Mentions}
		if p.Text != nil || p.HTML != nil {
			n.Text, n.HTML = orEmpty(p.Text), orEmpty(p.HTML)
		}
		at, zone := r.SendAt, r.TimeZone
		for _, set := range []func(){
			func() { n.Attachments = *cmp.Or(p.Attachments, &n.Attachments) },
			func() { n.Mentions = *cmp.Or(p.Mentions, &n.Mentions) },
			func() { at = *cmp.Or(p.SendAt, &at) },
			func() { zone = *cmp.Or(p.TimeZone, &zone) },
			func() { r.Hold = *cmp.Or(p.Hold, &r.Hold) },
		} {
			set()
		}
		if err := w.fillScheduled(r, &n, at, zone); err != nil {
			return err
		}
		r.State, r.Reason, r.Undo = dm.ScheduledWaiting, "", false
		if err := w.tx.SaveScheduled(w.account, r); err != nil {
			return err
		}
		return enqueueScheduled(w.tx, w.account, r)
	})
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// CancelScheduled keeps a message from ever being sent. Its author may, and
// agents who see it and may write one like it, of which the history tells.
func (a *App) CancelScheduled(ctx context.Context, v *access.Viewer, id int64) error {
	return a.onScheduled(ctx, v, id, func(w *work, r *dm.ScheduledReply) error {
		if err := w.mayDecide(r); err != nil {
			return err
		}
		return w.cancelScheduled(r)
	})
}

// mayDecide says whether the viewer may send or cancel a message.
func (w *work) mayDecide(r *dm.ScheduledReply) error {
	if r.PersonID == w.viewer.Person() {
		return nil
	}
	return w.mayWrite(r.Kind, "")
}

func (w *work) cancelScheduled(r *dm.ScheduledReply) error {
	r.State = dm.ScheduledCancelled
	if err := w.tx.MarkScheduled(w.account, r); err != nil {
		return err
	}
	if r.PersonID != w.viewer.Person() {
		w.scheduledEvent(dm.ReplyCancelled, r)
	}
	return nil
}

// scheduledEvent writes a line of history about a message that is not sent.
func (w *work) scheduledEvent(kind dm.EventKind, r *dm.ScheduledReply) {
	w.event(kind, true, dm.EventData{Scheduled: &dm.EventReply{ID: r.ID, AuthorID: r.PersonID, Reason: r.Reason}})
}

// SendScheduled sends a message now, in its author's name and with the author's
// rights. Whether it was sent is seen by its state.
func (a *App) SendScheduled(ctx context.Context, v *access.Viewer, id int64) error {
	return a.onScheduled(ctx, v, id, func(w *work, r *dm.ScheduledReply) error {
		if err := w.mayDecide(r); err != nil {
			return err
		}
		if r.PersonID == w.viewer.Person() {
			// Whoever sends it oneself hears at once why it cannot be sent.
			return w.app.deliverScheduled(w.tx, w.found(), r, true)
		}
		return w.hasten(r)
	})
}

// hasten lets a message be sent as soon as its job has run.
func (w *work) hasten(r *dm.ScheduledReply) error {
	r.State, r.Reason, r.SendAt, r.Hold = dm.ScheduledWaiting, "", w.tx.Now(), false
	if err := w.tx.MarkScheduled(w.account, r); err != nil {
		return err
	}
	return enqueueScheduled(w.tx, w.account, r)
}

// onScheduled finds and locks a message that the viewer may see, with its
// ticket, and lets act change it.
func (a *App) onScheduled(ctx context.Context, v *access.Viewer, id int64, act func(*work, *dm.ScheduledReply) error) error {
	if err := requireAgent(v); err != nil {
		return err
	}
	return a.write(ctx, func(tx *store.Tx) error {
		now, _, err := tx.Refresh(v)
		if err != nil {
			return err
		}
		row, err := tx.ScheduledReply(now, id)
		if err != nil {
			return err
		}
		w, err := a.begin(tx, now, dm.Change{Number: row.Number})
		if err != nil {
			return err
		}
		r, err := tx.LockScheduled(w.account, id)
		if err != nil {
			return err
		}
		switch {
		case r.State == dm.ScheduledSent:
			return dm.Errorf(dm.Conflict, "This message was sent already.").With("already_sent")
		case r.State.Ended():
			return dm.Errorf(dm.Conflict, "This message was cancelled already.").With("already_cancelled")
		}
		if err := act(w, r); err != nil {
			return err
		}
		onceOf(ctx).note(id)
		tx.PokeScheduled(w.found())
		return w.writeEvents()
	})
}
