package app

import (
	"context"
	"strconv"
	"unicode/utf8"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// DraftRow is a draft as the list of one's own shows it.
type DraftRow = store.DraftRow

// maxDrafts bounds the drafts that one person has on tickets.
const maxDrafts = 500

// Draft gives the viewer's own draft of a kind on a ticket, which they must be
// able to open now; kind "" is the one saved last. nil when there is none.
func (a *App) Draft(ctx context.Context, v *access.Viewer, number int64, kind dm.MessageKind) (*dm.Draft, error) {
	return fetch(ctx, a, func(tx *store.Tx) (*dm.Draft, error) {
		f, err := draftable(tx, v, number)
		if err != nil {
			return nil, err
		}
		return tx.Draft(v, f, kind)
	})
}

// draftable finds a ticket on which the viewer, an agent, can keep a draft.
// Whether they may send it is decided when they do.
func draftable(tx *store.Tx, v *access.Viewer, number int64) (*store.Found, error) {
	f, err := tx.Ticket(v, number)
	if err == nil && !v.IsAgent() {
		return nil, dm.ErrForbidden
	}
	return f, err
}

// Drafts lists the viewer's drafts on tickets that they can open now, the one
// saved last first.
func (a *App) Drafts(ctx context.Context, v *access.Viewer) ([]DraftRow, error) {
	if !v.IsAgent() {
		return nil, dm.ErrForbidden
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]DraftRow, error) { return tx.Drafts(v, maxDrafts) })
}

// SaveDraft keeps what the viewer is writing on a ticket, cleaned and bounded as
// a message is, in place of what they wrote before of the same kind. files are
// uploads of theirs, which live as long as the draft. A draft of nothing is
// forgotten.
func (a *App) SaveDraft(ctx context.Context, v *access.Viewer, number int64, d *dm.Draft, files []int64) error {
	if err := cleanDraft(d, files); err != nil {
		return err
	}
	return a.write(ctx, func(tx *store.Tx) error {
		now, _, err := tx.Refresh(v)
		if err != nil {
			return err
		}
		f, err := draftable(tx, now, number)
		if err != nil {
			return err
		}
		d.PersonID, d.TicketID = now.Person(), f.Ticket.ID
		if d.Text == "" && d.HTML == "" && len(files) == 0 {
			return tx.DeleteDraft(now.Account(), d.PersonID, d.TicketID, d.Kind)
		}
		if err := roomForDraft(tx, now, f, d.Kind); err != nil {
			return err
		}
		return putDraft(tx, now, d, files)
	})
}

func roomForDraft(tx *store.Tx, v *access.Viewer, f *store.Found, kind dm.MessageKind) error {
	if have, err := tx.Draft(v, f, kind); err != nil || have != nil {
		return err
	}
	n, err := tx.CountDrafts(v)
	if err == nil && n >= maxDrafts {
		return dm.Errorf(dm.Conflict, "You have %d drafts. Send or delete some of them first.", n).With("cap")
	}
	return err
}

// putDraft saves a draft with its files.
func putDraft(tx *store.Tx, v *access.Viewer, d *dm.Draft, files []int64) error {
	loose, err := tx.LooseFiles(v, files)
	if err != nil {
		return err
	}
	d.Files = nil
	seen := map[int64]bool{}
	for i, id := range files {
		if !loose[id] {
			return dm.BadField("attachments["+strconv.Itoa(i)+"]", "There is no such file of yours, or a message has it already.")
		}
		if !seen[id] {
			d.Files = append(d.Files, dm.Attachment{ID: id})
		}
		seen[id] = true
	}
	return tx.PutDraft(v.Account(), d)
}

// cleanDraft checks and cleans what is written so far.
func cleanDraft(d *dm.Draft, files []int64) error {
	switch d.Kind {
	case dm.Reply, dm.Note, dm.LocalNote:
	default:
		return dm.BadField("kind", "A message is a reply, a note or a local_note.")
	}
	if len(files) > maxFilesTaken {
		return dm.BadField("attachments", "A message has at most %d files.", maxFilesTaken)
	}
	m := dm.Message{}
	if err := cleanParts(&m, &dm.NewMessage{Text: d.Text, HTML: d.HTML}, ""); err != nil {
		return err
	}
	d.Text, d.HTML = m.Text, m.HTML
	return nil
}

// DeleteDraft forgets the viewer's draft of a kind on a ticket; kind "" is all of
// theirs there.
func (a *App) DeleteDraft(ctx context.Context, v *access.Viewer, number int64, kind dm.MessageKind) error {
	return a.write(ctx, func(tx *store.Tx) error {
		f, err := draftable(tx, v, number)
		if err != nil {
			return err
		}
		return tx.DeleteDraft(v.Account(), v.Person(), f.Ticket.ID, kind)
	})
}

// NewTicketDraft gives the viewer's draft of a ticket that is not filed yet; nil
// when there is none.
func (a *App) NewTicketDraft(ctx context.Context, v *access.Viewer) (*dm.Draft, error) {
	if !v.IsAgent() {
		return nil, dm.ErrForbidden
	}
	return fetch(ctx, a, func(tx *store.Tx) (*dm.Draft, error) { return tx.NewTicketDraft(v) })
}

// SaveNewTicketDraft keeps what the viewer has filled in for a ticket that is not
// filed yet. Only lengths are checked: the rest is when the ticket is filed. A
// draft of nothing is forgotten.
func (a *App) SaveNewTicketDraft(ctx context.Context, v *access.Viewer, d *dm.Draft, files []int64) error {
	if err := cleanDraft(d, files); err != nil {
		return err
	}
	if err := cleanForm(&d.Form); err != nil {
		return err
	}
	return a.write(ctx, func(tx *store.Tx) error {
		now, _, err := tx.Refresh(v)
		if err != nil {
			return err
		}
		if !now.IsAgent() {
			return dm.ErrForbidden
		}
		d.PersonID, d.TicketID = now.Person(), 0
		if d.Text == "" && d.HTML == "" && len(files) == 0 && d.Form.Empty() {
			return tx.DeleteDraft(now.Account(), d.PersonID, 0, "")
		}
		return putDraft(tx, now, d, files)
	})
}

// cleanForm bounds the texts of a form.
func cleanForm(f *dm.DraftForm) error {
	var faults inputFaults
	text := func(field string, value *string, most int) {
		if *value = cleanText(*value); utf8.RuneCountInString(*value) > most {
			faults.add(field, "This may have at most %d characters.", most)
		}
	}
	text("subject", &f.Subject, 2000)
	text("requester_address", &f.RequesterAddress, 320)
	text("requester_name", &f.RequesterName, maxNameLength)
	for _, list := range []struct {
		name  string
		texts []string
		most  int
	}{{"tags", f.Tags, 200}, {"ccs", f.CCs, 200}} {
		if len(list.texts) > list.most {
			faults.add(list.name, "This list may have at most %d entries.", list.most)
			continue
		}
		for i := range list.texts {
			text(list.name+"["+strconv.Itoa(i)+"]", &list.texts[i], 320)
		}
	}
	return faults.err()
}

// DeleteNewTicketDraft forgets the viewer's draft of a ticket that is not filed
// yet.
func (a *App) DeleteNewTicketDraft(ctx context.Context, v *access.Viewer) error {
	if !v.IsAgent() {
		return dm.ErrForbidden
	}
	return a.write(ctx, func(tx *store.Tx) error { return tx.DeleteDraft(v.Account(), v.Person(), 0, "") })
}
