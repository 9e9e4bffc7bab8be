package app

import (
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/mail"
)

// start begins a new ticket: it finds inbox and requester, sets the defaults,
// and stores the row, so that messages and shares have a ticket to belong to.
func (w *work) start() error {
	n := w.ch.Create
	if n == nil {
		return dm.BadField("number", "Say which ticket to change.")
	}
	if !w.viewer.IsSystem() && !w.viewer.IsRequester() {
		if err := require(w.viewer, dm.TicketsCreate); err != nil || !w.viewer.IsAgent() {
			return dm.ErrForbidden
		}
	}
	w.created = true
	w.t = &dm.Ticket{Status: dm.StatusNew, Priority: dm.PriorityNormal, Type: dm.TypeQuestion, Via: w.ch.Via, CreatorID: w.viewer.Person(), InboxID: n.InboxID}
	if n.CreatorID != 0 && w.viewer.IsSystem() {
		w.t.CreatorID = n.CreatorID
	}
	box, err := w.newInbox(n.InboxID)
	if err != nil {
		return err
	}
	w.t.GroupID = box.DefaultGroupID
	if w.t.Subject, err = cleanSubject(n.Subject); err != nil {
		return err
	}
	if err := w.newRequester(n); err != nil {
		return err
	}
	// Whoever files a ticket may set everything in it that their role allows.
	full := access.Facts{Account: w.account, InboxID: w.t.InboxID, AssigneeID: w.viewer.Person(), RequesterID: w.t.RequesterID}
	w.decision = access.Decide(w.viewer, &full, w.tx.Now())
	if err := w.startProperties(); err != nil {
		return err
	}
	if err := w.tx.InsertTicket(w.account, w.t); err != nil {
		return err
	}
	i := w.event(dm.TicketCreated, false, dm.EventData{Automatic: n.Automatic})
	hears, err := w.teamHears()
	if err != nil {
		return err
	}
	if w.t.AssigneeID == 0 && !hears {
		w.silence(i)
	}
	return w.storeLists()
}

// teamHears says whether anybody is told that the new ticket went to its group,
// so that none is looked for where nobody is.
func (w *work) teamHears() (bool, error) {
	if w.t.GroupID == 0 || w.dir.Groups[w.t.GroupID].Mail == dm.GroupMailAddress {
		return w.t.GroupID != 0, nil
	}
	members, err := w.tx.NoticeMembers(w.account, w.t.GroupID, dm.NoticeGroup)
	return len(members) > 0, err
}

func (w *work) newInbox(id int64) (dm.Inbox, error) {
	box, ok := w.dir.Inboxes[id]
	if !ok || !w.viewer.IsRequester() && !w.viewer.ReachesInbox(id) {
		return box, dm.BadField("inbox_id", "There is no such inbox.")
	}
	if !box.Active || !w.dir.Brands[box.BrandID].Active {
		return box, dm.BadField("inbox_id", "This inbox takes no new tickets: it or its brand is inactive.")
	}
	return box, nil
}

func (w *work) newRequester(n *dm.NewTicket) error {
	if w.viewer.IsRequester() {
		if n.RequesterID != 0 || n.RequesterAddress != "" {
			return dm.ErrForbidden
		}
		return w.setRequester(w.viewer.Person())
	}
	if n.RequesterID == 0 && n.RequesterAddress == "" {
		w.t.RequesterID = w.viewer.Person()
		if w.t.RequesterID == 0 {
			return dm.BadField("requester_id", "Say who asks.")
		}
		return nil
	}
	id := n.RequesterID
	if w.ch.Receive != nil { // it stands for a desk, which nobody signs in as
		w.t.RequesterID = id
		return nil
	}
	if id == 0 {
		var err error
		if id, err = w.personByAddress(n.RequesterAddress, n.RequesterName, "requester_address"); err != nil {
			return err
		}
	}
	return w.setRequester(id)
}

// setRequester makes a person the requester; the ticket takes their department.
func (w *work) setRequester(id int64) error {
	p, err := w.tx.Person(w.account, id)
	if dm.CodeOf(err) == dm.NotFound {
		return dm.BadField("requester_id", "There is no such person.")
	}
	if err != nil {
		return err
	}
	if !p.Active {
		return dm.BadField("requester_id", "This person is deactivated.")
	}
	w.t.RequesterID = id
	w.t.DepartmentID = p.DepartmentID
	return nil
}

// personByAddress finds a person by any of their addresses, or makes a
// requester of an address not yet known.
func (w *work) personByAddress(address, name, field string) (int64, error) {
	address = strings.TrimSpace(address)
	if !mail.ValidEmail(address) {
		return 0, dm.BadField(field, "This is not an e-mail address.")
	}
	id, err := w.tx.PersonIDByAddress(w.account, address)
	if dm.CodeOf(err) != dm.NotFound {
		return id, err
	}
	return w.tx.InsertRequester(w.account, address, name)
}

// cleanSubject trims a subject and checks its length (500 characters).
func cleanSubject(s string) (string, error) {
	s = strings.Join(strings.Fields(cleanText(s)), " ")
	if s == "" {
		return "", dm.BadField("subject", "A ticket needs a subject.")
	}
	if len([]rune(s)) > 500 {
		return "", dm.BadField("subject", "A subject has at most 500 characters.")
	}
	return s, nil
}

// cleanText makes a text storable: valid UTF-8 without NUL.
func cleanText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}
