package site

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// portalPage is one ticket to read and answer.
type portalPage struct {
	*app.PortalTicket
	Path     string
	Tone     string
	Messages []shownMessage
	Later    string // address of the messages after these; "" for none
	Paged    bool   // earlier messages are on another page
	History  []historyLine
	Composer *composer         // nil where the reader may not answer
	Details  *details          // nil where they may not change them
	Rating   *rating           // nil where they are not asked
	Facts    []app.PortalField // own fields that have a value
	Done     string            // what was done just now, as a key below "site.done."
	Team     string            // who answers
}

// shownMessage is a message as the page shows it.
type shownMessage struct {
	app.MessageRow
	Name  string
	Class string // "requester" or "reply"
	Own   bool
	Files []shownFile
}

type shownFile struct {
	ID         int64
	Name, Size string
}

// composer is the form to answer with.
type composer struct {
	Text, Fault string
	Files       []shownFile
}

// details is the form for what a requester may change.
type details struct {
	Subject, Fault string
	Priority       dm.Priority
	Priorities     []dm.Priority
	Fields         []ownField
	Open           bool
}

// typed is what was typed into one of the forms of a ticket, and refused.
type typed struct {
	reply   *composer
	details *details
	rating  *rating
}

// historyLine is one line of what happened.
type historyLine struct {
	Text string
	At   dm.Time
}

const (
	messagesShown = 100
	historyShown  = 200
)

// portalNumber prepares a page about one ticket.
func (v *visit) portalNumber() (number int64, ok bool, err error) {
	if number, err = v.ticketNumber(); err != nil && v.signed != nil {
		return 0, false, err
	}
	ok, err = v.inPortal(portalTicket(number))
	return number, ok, err
}

// portalForm is portalNumber for a form about the ticket, with what was sent; nil
// where the visitor was led elsewhere, or something went wrong.
func (v *visit) portalForm() (number int64, in *sent, err error) {
	number, ok, err := v.portalNumber()
	if !ok {
		return 0, nil, err
	}
	if in, err = v.readForm(); err != nil {
		return 0, nil, err
	}
	return number, in, nil
}

// portalTicket shows one ticket.
func (v *visit) portalTicket() error {
	number, ok, err := v.portalNumber()
	if !ok {
		return err
	}
	return v.showPortal(http.StatusOK, number, &typed{})
}

// doneWords are what an address may say was done.
var doneWords = []string{"created", "sent", "solved", "reopened", "shared", "cc", "removed", "changed", "revoked", "rated"}

// showPortal shows a ticket, with what was typed into it.
func (v *visit) showPortal(status int, number int64, in *typed) error {
	view, err := v.app.PortalTicket(v.ctx(), v.requester(), number)
	if err != nil {
		return err
	}
	page := &portalPage{PortalTicket: view, Path: portalTicket(number), Tone: statusTone(view.Status), Team: view.Brand}
	if done := v.r.URL.Query().Get("done"); slices.Contains(doneWords, done) {
		page.Done = v.t("site.done." + done)
	}
	if err := v.addMessages(page); err != nil {
		return err
	}
	if err := v.addHistory(page); err != nil {
		return err
	}
	if view.Offers.Reply {
		if page.Composer = in.reply; in.reply == nil {
			page.Composer = &composer{}
		}
	}
	if view.Offers.Details {
		if page.Details = in.details; in.details == nil {
			page.Details = &details{Subject: view.Subject, Priority: view.Priority, Fields: editable(view)}
		}
		page.Details.Priorities = dm.Priorities
	}
	for _, f := range view.Fields {
		if f.Value != "" {
			page.Facts = append(page.Facts, f)
		}
	}
	if view.Offers.Rate {
		if page.Rating = in.rating; in.rating == nil {
			page.Rating = newRating(page.Path+"/rating", view.Rating)
		}
	}
	return v.show(status, "ticket", v.newFrame("tickets", view.Subject), page)
}

// addMessages reads a page of the conversation.
func (v *visit) addMessages(page *portalPage) error {
	after, err := strconv.ParseInt(v.r.URL.Query().Get("after"), 10, 64)
	if err != nil || after < 0 {
		after = 0
	}
	list, err := v.app.Messages(v.ctx(), v.requester(), page.Number, after, messagesShown+1)
	if err != nil {
		return err
	}
	page.Paged = after > 0
	if len(list) > messagesShown {
		list = list[:messagesShown]
		page.Later = page.Path + "?after=" + strconv.FormatInt(list[messagesShown-1].ID, 10)
	}
	for i := range list {
		page.Messages = append(page.Messages, v.shownMessage(page, &list[i]))
	}
	return nil
}

func (v *visit) shownMessage(page *portalPage, m *app.MessageRow) shownMessage {
	shown := shownMessage{MessageRow: *m, Name: m.Author.Name, Class: "reply", Own: m.AuthorID != 0 && m.AuthorID == v.person.ID}
	switch {
	case m.LinkID != 0:
		if shown.Name = m.Visitor; shown.Name == "" {
			shown.Name = v.t("site.link.visitor")
		}
		shown.Class = "requester"
	case shown.Own:
		shown.Name = v.t("site.ticket.you")
	case shown.Name == "":
		shown.Name = v.t("site.ticket.system")
	}
	if m.AuthorID == page.Requester.ID {
		shown.Class = "requester"
	}
	for i := range m.Attachments {
		shown.Files = append(shown.Files, shownFile{ID: m.Attachments[i].ID, Name: m.Attachments[i].Name, Size: fileSize(m.Attachments[i].Size)})
	}
	return shown
}

// historyTexts are the lines that requesters read, by the kind of event, as keys
// below "site.history.".
var historyTexts = map[dm.EventKind]string{
	dm.TicketCreated: "created", dm.ShareCreated: "shared", dm.ShareRevoked: "unshared", dm.ShareLeft: "left", dm.ShareExpired: "expired",
}

// addHistory reads the public lines of what happened, the newest first.
func (v *visit) addHistory(page *portalPage) error {
	events, err := v.app.Events(v.ctx(), v.requester(), page.Number, 0, historyShown)
	if err != nil {
		return err
	}
	for i := range events {
		e := &events[i]
		name := e.Actor.Name
		if name == "" {
			name = v.t("site.ticket.system")
		}
		add := func(key, target string) {
			page.History = append(page.History, historyLine{v.t("site.history."+key, "name", name, "target", target), e.CreatedAt})
		}
		if key := historyTexts[e.Kind]; key != "" {
			add(key, e.TargetName)
		}
		for _, c := range e.Data.Changes {
			switch c.Field {
			case "status":
				add("status", v.statusName(c.New))
			case "subject":
				add("subject", c.New)
			}
		}
	}
	slices.Reverse(page.History)
	return nil
}

func (v *visit) statusName(text string) string {
	if slices.Contains(dm.Statuses, dm.Status(text)) {
		return v.t("status." + text)
	}
	return text
}

// reply adds a message.
func (v *visit) reply() error {
	number, in, err := v.portalForm()
	if in == nil {
		return err
	}
	form := &composer{Text: in.text("text"), Files: in.Files, Fault: in.Fault}
	if form.Fault == "" && form.Text == "" && len(in.Files) == 0 {
		form.Fault = v.t("site.ticket.empty")
	}
	if form.Fault != "" {
		return v.showPortal(http.StatusUnprocessableEntity, number, &typed{reply: form})
	}
	result, err := v.app.Apply(v.ctx(), v.requester(), dm.Change{Number: number, Via: dm.ViaPortal, Messages: []dm.NewMessage{{Kind: dm.Reply, Text: form.Text, Attachments: in.fileIDs()}}})
	switch dm.CodeOf(err) {
	case dm.Invalid, dm.TooLarge:
		form.Fault = v.t("site.ticket.refused")
		return v.showPortal(http.StatusUnprocessableEntity, number, &typed{reply: form})
	}
	if err != nil {
		return err
	}
	v.redirect(portalTicket(number) + "?done=sent#message-" + strconv.FormatInt(result.Messages[0].ID, 10))
	return nil
}

// resolve says that a ticket is solved, or opens it again.
func (v *visit) resolve() error {
	number, in, err := v.portalForm()
	if in == nil {
		return err
	}
	status, done := dm.StatusSolved, "solved"
	if in.Get("status") == "open" {
		status, done = dm.StatusOpen, "reopened"
	}
	if _, err := v.app.Apply(v.ctx(), v.requester(), dm.Change{Number: number, Via: dm.ViaPortal, Set: dm.TicketPatch{Status: &status}}); err != nil {
		return err
	}
	v.redirect(portalTicket(number) + "?done=" + done)
	return nil
}

// change changes subject and priority.
func (v *visit) change() error {
	number, in, err := v.portalForm()
	if in == nil {
		return err
	}
	view, err := v.app.PortalTicket(v.ctx(), v.requester(), number)
	if err != nil {
		return err
	}
	form := &details{Subject: in.text("subject"), Priority: dm.Priority(in.Get("priority")), Fields: editable(view), Open: true}
	set := dm.TicketPatch{Subject: &form.Subject, Priority: &form.Priority, Fields: typedFields(form.Fields, in)}
	_, err = v.app.Apply(v.ctx(), v.requester(), dm.Change{Number: number, Via: dm.ViaPortal, Set: set})
	if dm.CodeOf(err) == dm.Invalid {
		if !v.blameFields(form.Fields, err) {
			form.Fault = v.t("site.details.fault")
		}
		return v.showPortal(http.StatusUnprocessableEntity, number, &typed{details: form})
	}
	if err != nil {
		return err
	}
	v.redirect(portalTicket(number) + "?done=changed")
	return nil
}

// faultOf gives the public text of an error that the reader can do something
// about, and its status; "" for others.
func (v *visit) faultOf(err error) (string, int) {
	e, ok := errors.AsType[*dm.Error](err)
	if !ok {
		return "", 0
	}
	key := map[string]string{"unknown_guest": "unknown", "self": "self", "let_in_limit": "limit", "cap": "cap", "portal_sharing_off": "off", "portal_cc_off": "off",
		"sharing_disabled": "off", "links_disabled": "off", "brand_inactive": "off"}[e.Reason]
	status := map[dm.Code]int{dm.Invalid: http.StatusUnprocessableEntity, dm.Conflict: http.StatusConflict, dm.RateLimited: http.StatusTooManyRequests, dm.Forbidden: http.StatusForbidden}[e.Code]
	if status == 0 || key == "" && e.Code != dm.Invalid {
		return "", 0
	}
	if key == "" {
		key = "invalid"
	}
	return v.t("site.share.fault." + key), status
}
