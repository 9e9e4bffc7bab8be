package app

import (
	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// moveTrash moves the ticket to or from spam or the trash. Its shares sleep
// there and wake with it (decision Q10).
func (w *work) moveTrash() error {
	switch w.ch.Trash {
	case dm.TrashNone:
	case dm.TrashDelete, dm.TrashRestore:
		if err := w.need(access.Delete); err != nil {
			return err
		}
		deleted := w.ch.Trash == dm.TrashDelete
		if w.t.Deleted == deleted {
			return nil
		}
		w.t.Deleted = deleted
		kind := dm.TicketRestored
		if deleted {
			kind = dm.TicketDeleted
		}
		w.touch(true)
		w.event(kind, true, dm.EventData{})
	case dm.TrashSpam, dm.TrashNotSpam:
		if err := w.need(access.Spam); err != nil {
			return err
		}
		spam := w.ch.Trash == dm.TrashSpam
		if w.t.Spam != spam {
			w.change("spam", boolText(w.t.Spam), boolText(spam))
			w.t.Spam = spam
		}
	default:
		return dm.BadField("trash", "There is no such move.")
	}
	return nil
}

func boolText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// changeLinks joins the ticket with others, or parts them. Both tickets must be
// open to the viewer.
func (w *work) changeLinks() error {
	if len(w.ch.Link) == 0 && len(w.ch.Unlink) == 0 {
		return nil
	}
	if err := w.need(access.Edit); err != nil {
		return err
	}
	for _, l := range w.ch.Link {
		if err := w.link(l); err != nil {
			return err
		}
	}
	for _, id := range w.ch.Unlink {
		other, kind, err := w.tx.DeleteLink(w.account, w.t.ID, id)
		if err != nil {
			return err
		}
		w.event(dm.TicketUnlinked, true, dm.EventData{OtherID: other, LinkKind: kind})
	}
	return nil
}

func (w *work) link(l dm.NewLink) error {
	switch l.Kind {
	case dm.LinkRelated, dm.LinkParent, dm.LinkChild:
	default:
		return dm.BadField("kind", "A link is related, parent or child.")
	}
	other, err := w.tx.Ticket(w.viewer, l.OtherNumber)
	if dm.CodeOf(err) == dm.NotFound {
		return dm.BadField("number", "There is no such ticket, or you cannot open it.")
	}
	if err != nil {
		return err
	}
	if other.Ticket.ID == w.t.ID {
		return dm.BadField("number", "A ticket cannot be linked to itself.")
	}
	id, err := w.tx.InsertLink(w.account, w.t.ID, other.Ticket.ID, l.Kind)
	if err != nil {
		return err
	}
	w.res.LinkIDs = append(w.res.LinkIDs, id)
	w.event(dm.TicketLinked, true, dm.EventData{OtherID: other.Ticket.ID, LinkKind: l.Kind})
	return nil
}
