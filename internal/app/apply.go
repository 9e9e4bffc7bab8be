package app

import (
	"context"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Result is what Apply did.
type Result struct {
	TicketID int64
	Number   int64
	Version  int64
	Messages []dm.Message
	// Shares are the shares asked for: made now or standing already, in the
	// order of the targets. SharesMade counts those made now.
	Shares     []dm.Share
	SharesMade int
	LinkIDs    []int64
	// Links are the public links that were made, changed or reset, and Secret the
	// new secret of one; it is told this once.
	Links  []dm.PublicLink
	Secret string
	// Partners are the links with partners that were made, ended or stood already.
	// PartnersMade are the ids of those that were made.
	Partners     []dm.PartnerLink
	PartnersMade []int64
	// NotTold are the people a message mentions who may not read it.
	NotTold []int64
	Events  []dm.Event
	// Undo is what takes the change back, where that was asked for and anything can
	// be.
	Undo *dm.TicketUndo
}

// Apply does one change of one ticket, whole or not at all. It is the only
// write path for tickets. A ticket the viewer may not open is
// dm.ErrTicketNotFound, a missing right Forbidden, a stale version or a full
// ticket Conflict, a bad value Invalid with its field.
func (a *App) Apply(ctx context.Context, v *access.Viewer, ch dm.Change) (*Result, error) {
	return a.ApplyAs(ctx, store.Urgent, v, ch)
}

// ApplyAs is Apply with the urgency of a background job.
func (a *App) ApplyAs(ctx context.Context, u store.Urgency, v *access.Viewer, ch dm.Change) (*Result, error) {
	var res *Result
	err := a.writeAs(ctx, u, func(tx *store.Tx) error {
		var err error
		if res, err = a.ApplyIn(tx, v, ch); err != nil {
			return err
		}
		o := onceOf(ctx)
		o.note(res.made(&ch)...)
		if (len(ch.Share) > 0 || sharesWithPartners(ch.Partners)) && res.SharesMade+len(res.PartnersMade) == 0 {
			o.stood()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return res, nil
}

// made gives the ids by which the answer to the change is found again.
func (r *Result) made(ch *dm.Change) []int64 {
	var ids []int64
	switch {
	case ch.Create != nil:
		return []int64{r.Number}
	case len(ch.Share) > 0:
		for i := range r.Shares {
			ids = append(ids, r.Shares[i].ID)
		}
		if len(r.Partners) > 0 { // after a 0, which is nobody's id
			ids = append(ids, 0)
			for i := range r.Partners {
				ids = append(ids, r.Partners[i].ID)
			}
		}
	case len(ch.Messages) > 0:
		for i := range r.Messages {
			ids = append(ids, r.Messages[i].ID)
		}
		ids = append(ids, r.NotTold...)
	case len(ch.Partners) > 0:
		for i := range r.Partners {
			ids = append(ids, r.Partners[i].ID)
		}
	case len(ch.Link) > 0:
		return r.LinkIDs
	default:
		for i := range r.Links {
			ids = append(ids, r.Links[i].ID)
		}
	}
	return ids
}

// ApplyIn is Apply inside a transaction that the caller holds. The account's rules
// follow the change in the same transaction.
func (a *App) ApplyIn(tx *store.Tx, v *access.Viewer, ch dm.Change) (*Result, error) {
	w, err := a.applyOne(tx, v, ch)
	if err != nil {
		return nil, err
	}
	return w.res, w.runRules()
}

// applyOne makes one change, without what rules do then.
func (a *App) applyOne(tx *store.Tx, v *access.Viewer, ch dm.Change) (*work, error) {
	partnersOfShares(&ch)
	w := &work{app: a, tx: tx, ch: &ch, res: &Result{}}
	var err error
	if w.viewer, w.dir, err = tx.Refresh(v); err != nil {
		return nil, err
	}
	w.account = w.viewer.Account()
	if w.ch.Cause.Kind == "" {
		w.ch.Cause = w.viewer.Cause()
	}
	if w.ch.Via == "" {
		w.ch.Via = dm.ViaAPI
	}
	if err := w.load(); err != nil {
		return nil, err
	}
	for _, step := range []func() error{
		w.setProperties, w.rate, w.follow, w.moveTrash, w.settlePending, w.receivePartner, w.addMessages, w.changeLinks,
		w.changePublicLinks, w.amendShares, w.endShares, w.leave, w.mergeAway, w.addShares, w.addFollowers, w.letPeopleIn, w.keepAccess,
		w.removeOrphans, w.askSatisfaction, w.changePartners, w.noteUndo, w.tellPartners, w.save, w.keepClocks, w.writeEvents, w.number,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	w.res.TicketID, w.res.Number, w.res.Version = w.t.ID, w.t.Number, w.t.Version
	w.res.Events = w.events
	return w, nil
}

// work is one Apply in progress.
type work struct {
	app     *App
	tx      *store.Tx
	viewer  *access.Viewer
	dir     *store.Directory
	account int64
	ch      *dm.Change

	recount bool // the change is one of what is promised, not of the ticket
	created bool
	old     dm.Ticket // as it was
	t       *dm.Ticket
	shares  []dm.Share // live ones, kept up to date
	// partners are the ticket's links with partners, once they are locked.
	partners []dm.PartnerLink
	// oldShares are those of before, of a change that is to be undoable.
	oldShares []dm.Share
	unswept   bool // others of the ticket have expired and were not ended yet
	decision  access.Decision
	dirty     bool // the ticket's row must be saved
	bumped    bool // its version must rise

	changes []dm.FieldChange
	events  []dm.Event
	fixed   map[int][]int64 // event index -> recipients fixed now
	mute    map[int]bool    // event index -> tell nobody
	res     *Result
}

// load finds and locks the ticket, or starts a new one.
func (w *work) load() error {
	if w.ch.Number == 0 {
		return w.start()
	}
	f, err := w.tx.LockTicket(w.viewer, w.ch.Number)
	if err != nil {
		return err
	}
	w.old, w.t, w.shares, w.unswept, w.decision = f.Ticket, &f.Ticket, f.Shares, f.Unswept, f.Decision
	if err := w.tx.LoadDetails(w.account, w.t); err != nil {
		return err
	}
	w.old = *w.t
	if w.ch.Undoable {
		w.oldShares = slices.Clone(w.shares)
	}
	if w.ch.Version != 0 && w.ch.Version != w.t.Version {
		return w.staleVersion()
	}
	return nil
}

// staleVersion is the Conflict for a change made on an older version; it names
// what changed meanwhile.
func (w *work) staleVersion() error {
	events, err := w.tx.LatestEvents(w.account, w.t.ID, 200)
	if err != nil {
		return err
	}
	fields := map[string]any{}
	for _, e := range events {
		if e.Data.Version <= w.ch.Version || e.Internal && !w.decision.Has(access.SeeInternal) {
			continue
		}
		for _, c := range e.Data.Changes {
			if _, seen := fields[c.Field]; !seen {
				fields[c.Field] = c.New
			}
		}
	}
	return dm.Errorf(dm.Conflict, "Somebody else changed this ticket meanwhile. Load it again and look at what changed.").With("version").
		Showing(map[string]any{"version": w.t.Version, "changed": fields})
}

// need refuses when a right is missing.
func (w *work) need(r access.Right) error {
	if !w.decision.Has(r) {
		return dm.ErrForbidden
	}
	return nil
}

// change notes a changed property for the history.
func (w *work) change(field, old, new string) {
	if old == new {
		return
	}
	w.changes = append(w.changes, dm.FieldChange{Field: field, Old: old, New: new})
	w.touch(true)
}

// touch marks the ticket's row for saving. Its version rises where somebody who
// edits an older one must look again: not for a message.
func (w *work) touch(version bool) {
	w.dirty = true
	if version && !w.bumped && !w.created {
		w.bumped = true
		w.t.Version++
	}
}

// event appends a line to the history and gives its index.
func (w *work) event(kind dm.EventKind, internal bool, data dm.EventData) int {
	w.events = append(w.events, dm.Event{Kind: kind, ActorID: w.viewer.Person(), Cause: w.ch.Cause, Internal: internal, Data: data})
	return len(w.events) - 1
}

// save stores the ticket's row, when anything changed, and what search finds it
// by.
func (w *work) save() error {
	if !w.created {
		w.historyOfChanges()
	}
	if w.created || !w.dirty {
		return nil
	}
	if err := w.tx.TouchTicket(w.account, &w.old, w.t); err != nil {
		return err
	}
	if w.ch.Set.Subject == nil && w.ch.Set.RequesterID == nil {
		return nil
	}
	return w.tx.ReindexHead(w.account, w.t.ID)
}

// historyOfChanges writes what changed as two lines: what everybody who sees the
// ticket may know, and what is internal. A status that only follows a message
// tells nobody by itself: the message does.
func (w *work) historyOfChanges() {
	var public, internal []dm.FieldChange
	for _, c := range w.changes {
		if publicFields[c.Field] {
			public = append(public, c)
		} else {
			internal = append(internal, c)
		}
	}
	if len(public) > 0 {
		i := w.event(dm.TicketUpdated, false, dm.EventData{Changes: public})
		if len(internal) > 0 || len(w.res.Messages) > 0 && len(public) == 1 && public[0].Field == "status" {
			w.silence(i)
		}
	}
	if len(internal) > 0 {
		w.event(dm.TicketUpdated, true, dm.EventData{Changes: internal})
	}
}

func (w *work) silence(event int) {
	if w.mute == nil {
		w.mute = map[int]bool{}
	}
	w.mute[event] = true
}

// publicFields are the properties whose changes a requester may see.
var publicFields = map[string]bool{"subject": true, "status": true}

// writeEvents appends the history and puts the job that tells people of it in
// the same transaction.
func (w *work) writeEvents() error {
	var tell []tellEvent
	for i := range w.events {
		e := &w.events[i]
		e.TicketID, e.Data.Version = w.t.ID, w.t.Version
		if err := w.tx.InsertEvent(w.account, e); err != nil {
			return err
		}
		if !told[e.Kind] || w.mute[i] {
			continue
		}
		if toldTogether(e) {
			if err := w.tellLater(e, w.fixed[i]); err != nil {
				return err
			}
			continue
		}
		one := tellEvent{ID: e.ID, Fixed: w.fixed[i]}
		if e.Kind == dm.ShareCreated {
			one.Causer = w.ch.CausedBy
		}
		tell = append(tell, one)
	}
	if err := w.app.tellWebhooks(w.tx, w.dir, w.events); err != nil {
		return err
	}
	return w.app.tell(w.tx, w.account, tell)
}

// number gives a new ticket its number, as the last act of the transaction.
func (w *work) number() error {
	if !w.created {
		return nil
	}
	return w.tx.NumberTicket(w.account, w.t)
}

// facts gives the facts of the ticket as it is now in this change.
func (w *work) facts() access.Facts { return store.FactsOf(w.account, w.t, w.shares) }
