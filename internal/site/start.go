package site

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// startPage is the list of one's tickets.
type startPage struct {
	Tabs   []tab
	States []tab
	Rows   []listRow
	Agent  bool
	View   app.View
	State  string
	Paged  bool   // this is not the first page
	First  string // address of the first page
	Next   string // address of the next page; "" on the last
}

// tab is one choice of a navigation.
type tab struct {
	Key     string // in the catalogue
	Address string
	Count   string // "" shows none
	Current bool
}

// listRow is one ticket of the list.
type listRow struct {
	Number                   int64
	Subject                  string
	Status                   dm.Status
	StatusName               string // the account's own, or ""
	Tone                     string
	Requester, Group, Inbox  string
	Assignee                 string
	Priority                 dm.Priority
	Private, Urgent, Loud    bool
	Shares                   int
	UpdatedAt                dm.Time
	ShowGroup, ShowRequester bool
}

const (
	stateOpen = "open"
	stateDone = "done"
	pageRows  = 25
)

// agentViews and requesterViews are the lists that each kind of person has,
// with the words for them.
var (
	agentViews = []tab{
		{Key: "site.view.mine", Address: string(app.ViewMine)}, {Key: "site.view.shared", Address: string(app.ViewSharedWithMe)},
		{Key: "site.view.groups", Address: string(app.ViewSharedWithMine)}, {Key: "site.view.all", Address: string(app.ViewAll)},
	}
	requesterViews = []tab{{Key: "site.view.own", Address: string(app.ViewAll)}, {Key: "site.view.shared", Address: string(app.ViewSharedWithMe)}}
)

// start shows one's tickets: a view, its open or its done ones, a page at a time.
func (v *visit) start() error {
	if !v.needSignedIn(v.r.URL.RequestURI()) || v.inWorkspace() {
		return nil
	}
	page, query := v.askedList()
	rows, next, err := v.app.Tickets(v.ctx(), v.viewer(), query)
	if dm.CodeOf(err) == dm.Invalid { // a cursor of another list: begin anew
		v.redirect(listAddress(page.View, page.State, ""))
		return nil
	}
	if err != nil {
		return err
	}
	for i := range rows {
		row := v.listRow(&rows[i])
		if page.View == app.ViewMine {
			row.Assignee = ""
		}
		page.Rows = append(page.Rows, row)
	}
	if next != "" {
		page.Next = listAddress(page.View, page.State, next)
	}
	if err := v.countTabs(page); err != nil {
		return err
	}
	return v.show(http.StatusOK, "start", v.newFrame("tickets", v.t("site.start.title")), page)
}

// askedList reads which list is wanted; anything unknown is the first view.
func (v *visit) askedList() (*startPage, app.ListQuery) {
	asked := v.r.URL.Query()
	page := &startPage{Agent: v.viewer().IsAgent(), State: stateOpen, Paged: asked.Get("cursor") != ""}
	if asked.Get("state") == stateDone {
		page.State = stateDone
	}
	views := requesterViews
	if page.Agent {
		views = agentViews
	}
	page.View = app.View(views[0].Address)
	if wanted := asked.Get("view"); slices.ContainsFunc(views, func(t tab) bool { return t.Address == wanted }) {
		page.View = app.View(wanted)
	}
	for _, t := range views {
		t.Current = t.Address == string(page.View)
		page.Tabs = append(page.Tabs, t)
	}
	for _, state := range []string{stateOpen, stateDone} {
		page.States = append(page.States, tab{Key: "site.state." + state, Address: listAddress(page.View, state, ""), Current: state == page.State})
	}
	page.First = listAddress(page.View, page.State, "")
	return page, app.ListQuery{View: page.View, State: page.State, Cursor: asked.Get("cursor"), Limit: pageRows}
}

// countTabs counts the open tickets of every view, up to the store's bound, and
// turns the names of the views into addresses.
func (v *visit) countTabs(page *startPage) error {
	for i := range page.Tabs {
		t := &page.Tabs[i]
		n, more, err := v.app.CountTickets(v.ctx(), v.viewer(), app.ListQuery{View: app.View(t.Address), State: page.State})
		if err != nil {
			return err
		}
		t.Count = strconv.Itoa(n)
		if more {
			t.Count += "+"
		}
		t.Address = listAddress(app.View(t.Address), page.State, "")
	}
	return nil
}

func listAddress(view app.View, state, cursor string) string {
	q := url.Values{"view": {string(view)}}
	if state != stateOpen {
		q.Set("state", state)
	}
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	return "/?" + q.Encode()
}

func (v *visit) listRow(row *app.TicketRow) listRow {
	dir, agent := v.signed.Directory, v.viewer().IsAgent()
	r := listRow{
		Number: row.Number, Subject: row.Subject, Status: row.Ticket.Status, StatusName: dir.Statuses[row.StatusID].Name, Tone: statusTone(row.Ticket.Status),
		Requester: row.Requester.Name, Priority: row.Priority, Private: row.Private, UpdatedAt: row.UpdatedAt,
		Urgent: row.Priority == dm.PriorityUrgent, Loud: row.Priority == dm.PriorityUrgent || row.Priority == dm.PriorityHigh,
	}
	if !agent {
		r.Loud = false
		return r
	}
	r.ShowRequester, r.ShowGroup = true, true
	r.Group, r.Inbox, r.Assignee, r.Shares = dir.GroupName(row.GroupID), dir.Inboxes[row.InboxID].Name, row.Assignee.Name, row.Shares
	return r
}

// statusTone gives the colour of a status.
func statusTone(s dm.Status) string {
	switch s {
	case dm.StatusNew:
		return "both"
	case dm.StatusOpen:
		return "warn"
	case dm.StatusSolved:
		return "ok"
	}
	return "neutral"
}
