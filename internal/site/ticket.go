package site

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

// ticketPage is one ticket to read and answer.
type ticketPage struct {
	*app.TicketView
	Agent     bool
	Tone      string
	Requester dm.PersonRef
	Assignee  dm.PersonRef
	Fields    []shownField
	Messages  []shownMessage
	Later     string // address of the messages after these; "" for none
	Paged     bool   // earlier messages are on another page
	Shares    []shownShare
	Ways      []string // why the reader can open the ticket
	Composer  *composer
}

// shownField is an own field with a value.
type shownField struct {
	Name, Value string
	Checkbox    bool
}

// shownMessage is a message as the page shows it.
type shownMessage struct {
	app.MessageRow
	Class string // "requester", "reply", "note" or "local_note"
	Own   bool
	Files []shownFile
}

type shownFile struct {
	ID         int64
	Name, Size string
}

// shownShare is one party that the ticket is shared with.
type shownShare struct {
	dm.Share
	By string
}

// composer is the form to answer with.
type composer struct {
	Reply, Note bool // the kinds the reader may write
	Kind        dm.MessageKind
	Text        string
	Fault       string
}

// messagesShown is the number of messages on a page.
const messagesShown = 100

// ticketNumber reads the number in the address. What is no number is a ticket
// that does not exist.
func (v *visit) ticketNumber() (int64, error) {
	n, err := strconv.ParseInt(v.r.PathValue("number"), 10, 64)
	if err != nil || n < 1 {
		return 0, dm.ErrTicketNotFound
	}
	return n, nil
}

// ticket shows one ticket.
func (v *visit) ticket() error {
	if !v.needSignedIn(v.r.URL.RequestURI()) || v.inWorkspace() {
		return nil
	}
	number, err := v.ticketNumber()
	if err != nil {
		return err
	}
	return v.showTicket(http.StatusOK, number, nil)
}

// showTicket shows a ticket; form is what was typed and refused, or nil.
func (v *visit) showTicket(status int, number int64, form *composer) error {
	view, err := v.app.Ticket(v.ctx(), v.viewer(), number)
	if err != nil {
		return err
	}
	page := v.newTicketPage(view)
	if err := v.addMessages(page); err != nil {
		return err
	}
	page.Composer = v.newComposer(&view.Decision, form)
	return v.show(status, "ticket", v.newFrame("tickets", view.Ticket.Subject), page)
}

func (v *visit) newTicketPage(view *app.TicketView) *ticketPage {
	t := &view.Ticket
	page := &ticketPage{TicketView: view, Agent: v.viewer().IsAgent(), Tone: statusTone(t.Status), Requester: view.People[t.RequesterID], Assignee: view.People[t.AssigneeID]}
	if !page.Agent {
		return page
	}
	for _, value := range t.Fields {
		if def, ok := view.Fields[value.FieldID]; ok && value.Value != "" {
			page.Fields = append(page.Fields, shownField{Name: def.Name, Value: value.Value, Checkbox: def.Kind == dm.FieldCheckbox})
		}
	}
	for _, s := range view.Found.Shares {
		page.Shares = append(page.Shares, shownShare{Share: s, By: view.People[s.CreatedBy].Name})
	}
	page.Ways = v.ways(&view.Decision)
	return page
}

// ways says why the reader can open the ticket, each reason once.
func (v *visit) ways(d *access.Decision) []string {
	var list []string
	for _, r := range d.Reasons {
		text := v.t("site.way."+string(r.Way), "group", v.signed.Directory.GroupName(r.GroupID))
		if r.Way == access.WayReach && r.GroupID == 0 {
			text = v.t("site.way.reach_all")
		}
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

// addMessages reads a page of the conversation.
func (v *visit) addMessages(page *ticketPage) error {
	after, err := strconv.ParseInt(v.r.URL.Query().Get("after"), 10, 64)
	if err != nil || after < 0 {
		after = 0
	}
	list, err := v.app.Messages(v.ctx(), v.viewer(), page.Ticket.Number, after, messagesShown+1)
	if err != nil {
		return err
	}
	page.Paged = after > 0
	if len(list) > messagesShown {
		list = list[:messagesShown]
		page.Later = ticketAddress(page.Ticket.Number) + "?after=" + strconv.FormatInt(list[messagesShown-1].ID, 10)
	}
	for i := range list {
		page.Messages = append(page.Messages, v.shownMessage(page, &list[i]))
	}
	return nil
}

func (v *visit) shownMessage(page *ticketPage, m *app.MessageRow) shownMessage {
	shown := shownMessage{MessageRow: *m, Class: string(m.Kind), Own: m.AuthorID != 0 && m.AuthorID == v.person.ID}
	if m.Kind == dm.Reply && m.AuthorID == page.Ticket.RequesterID {
		shown.Class = "requester"
	}
	for i := range m.Attachments {
		shown.Files = append(shown.Files, shownFile{ID: m.Attachments[i].ID, Name: m.Attachments[i].Name, Size: fileSize(m.Attachments[i].Size)})
	}
	return shown
}

// newComposer offers the kinds of message that the reader may write; nil for none.
func (v *visit) newComposer(d *access.Decision, form *composer) *composer {
	c := &composer{Reply: d.Has(access.Reply), Note: v.viewer().IsAgent() && d.Has(access.Note), Kind: dm.Reply}
	if !c.Reply && !c.Note {
		return nil
	}
	if !c.Reply {
		c.Kind = dm.Note
	}
	if form != nil {
		c.Text, c.Fault = form.Text, form.Fault
		if c.Note && form.Kind == dm.Note {
			c.Kind = dm.Note
		}
	}
	return c
}

// write adds a message.
func (v *visit) write() error {
	number, err := v.ticketNumber()
	if err != nil {
		return err
	}
	if !v.needSignedIn(ticketAddress(number)) {
		return nil
	}
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	form := &composer{Kind: dm.MessageKind(v.r.PostForm.Get("kind")), Text: strings.ReplaceAll(v.r.PostForm.Get("text"), "\r\n", "\n")}
	if strings.TrimSpace(form.Text) == "" {
		form.Fault = v.t("site.ticket.empty")
		return v.showTicket(http.StatusUnprocessableEntity, number, form)
	}
	result, err := v.app.Apply(v.ctx(), v.viewer(), dm.Change{Number: number, Via: v.via(), Messages: []dm.NewMessage{{Kind: form.Kind, Text: form.Text}}})
	switch dm.CodeOf(err) {
	case dm.Invalid, dm.TooLarge:
		form.Fault = v.t("site.ticket.refused")
		return v.showTicket(http.StatusUnprocessableEntity, number, form)
	}
	if err != nil {
		return err
	}
	v.redirect(ticketAddress(number) + "#message-" + strconv.FormatInt(result.Messages[0].ID, 10))
	return nil
}

// via is the door that the history names: the portal for requesters.
func (v *visit) via() dm.Via {
	if v.viewer().IsAgent() {
		return dm.ViaAPI
	}
	return dm.ViaPortal
}

func ticketAddress(number int64) string { return "/tickets/" + strconv.FormatInt(number, 10) }
