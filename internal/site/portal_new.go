package site

import (
	"net/http"
	"slices"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// newPage is the form for a new ticket.
type newPage struct {
	Inboxes              []app.PortalInbox
	Types                []dm.TicketType
	Inbox                int64
	Type                 dm.TicketType
	Subject, Text        string
	Files                []shownFile
	Faults               map[string]string // by field
	Brands               bool              // inboxes of several brands are offered
	SubjectMax, TextRows int
}

func (v *visit) newTicketPage() error {
	if ok, err := v.inPortal(app.PortalPath + "/new"); !ok {
		return err
	}
	page := &newPage{Type: dm.TypeQuestion}
	if wanted := dm.TicketType(v.r.URL.Query().Get("type")); slices.Contains(app.RequesterTypes, wanted) {
		page.Type = wanted
	}
	return v.showNew(http.StatusOK, page)
}

func (v *visit) showNew(status int, page *newPage) error {
	brand := int64(0)
	if b := v.brand(); b != nil {
		brand = b.ID
	}
	var err error
	if page.Inboxes, err = v.app.PortalInboxes(v.ctx(), v.requester(), brand); err != nil {
		return err
	}
	for i := range page.Inboxes {
		page.Brands = page.Brands || page.Inboxes[i].Brand != page.Inboxes[0].Brand
	}
	page.Types = app.RequesterTypes
	return v.show(status, "new", v.newFrame("new", v.t("site.new.title")), page)
}

// newTicket files a ticket.
func (v *visit) newTicket() error {
	if ok, err := v.inPortal(app.PortalPath + "/new"); !ok {
		return err
	}
	in, err := v.readForm()
	if err != nil {
		return err
	}
	page := &newPage{Subject: in.text("subject"), Text: in.text("text"), Type: dm.TicketType(in.Get("type")), Files: in.Files, Faults: map[string]string{}}
	page.Inbox, _ = strconv.ParseInt(in.Get("inbox"), 10, 64)
	if !slices.Contains(app.RequesterTypes, page.Type) {
		page.Type = dm.TypeQuestion
	}
	for field, value := range map[string]string{"subject": page.Subject, "text": page.Text} {
		if value == "" {
			page.Faults[field] = v.t("site.setup.missing")
		}
	}
	if in.Fault != "" {
		page.Faults["files"] = in.Fault
	}
	if len(page.Faults) > 0 {
		return v.showNew(http.StatusUnprocessableEntity, page)
	}
	res, err := v.app.Apply(v.ctx(), v.requester(), dm.Change{Via: dm.ViaPortal, Create: &dm.NewTicket{Subject: page.Subject, InboxID: page.Inbox},
		Set: dm.TicketPatch{Type: &page.Type}, Messages: []dm.NewMessage{{Kind: dm.Reply, Text: page.Text, Attachments: in.fileIDs()}}})
	if dm.CodeOf(err) == dm.Invalid {
		for _, field := range faultyFields(err) {
			switch field {
			case "subject", "text":
				page.Faults[field] = v.t("site.new.long")
			default:
				page.Faults["inbox"] = v.t("site.new.inbox.fault")
			}
		}
		return v.showNew(http.StatusUnprocessableEntity, page)
	}
	if err != nil {
		return err
	}
	v.redirect(portalTicket(res.Number) + "?done=created")
	return nil
}
