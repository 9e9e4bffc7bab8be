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
	Fields               []ownField
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
	if err := v.addForm(page); err != nil {
		return err
	}
	return v.show(status, "new", v.newFrame("new", v.t("site.new.title")), page)
}

// addForm adds the own fields that the forms ask for: those of every type are on
// the page, and the sheet shows those of the type that is chosen, so that nothing
// is lost when another one is.
func (v *visit) addForm(page *newPage) error {
	if page.Fields != nil {
		return nil
	}
	list, err := v.app.PortalFields(v.ctx(), v.requester())
	for i := range list {
		page.Fields = append(page.Fields, ownField{TicketField: list[i]})
	}
	return err
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
	if err := v.addForm(page); err != nil {
		return err
	}
	set := dm.TicketPatch{Type: &page.Type, Fields: typedFields(page.Fields, in)}
	for i := range page.Fields {
		if f := &page.Fields[i]; f.Value == "" || !f.In(page.Type) {
			delete(set.Fields, f.ID) // what another type's form asks is left as it was typed
		}
	}
	if len(page.Faults) > 0 {
		return v.showNew(http.StatusUnprocessableEntity, page)
	}
	res, err := v.app.Apply(v.ctx(), v.requester(), dm.Change{Via: dm.ViaPortal, Create: &dm.NewTicket{Subject: page.Subject, InboxID: page.Inbox},
		Set: set, Messages: []dm.NewMessage{{Kind: dm.Reply, Text: page.Text, Attachments: in.fileIDs()}}})
	if dm.CodeOf(err) == dm.Invalid {
		blamed := v.blameFields(page.Fields, err)
		for _, field := range faultyFields(err) {
			switch {
			case field == "subject", field == "text":
				page.Faults[field] = v.t("site.new.long")
			case blamed:
				page.Faults["fields"] = v.t("site.setup.faults")
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
