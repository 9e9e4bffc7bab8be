package site

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

// This file is the portal's list. Whoever opens the portal is a requester there,
// agents too.

// listPage is the list of one's tickets.
type listPage struct {
	Tabs   []tab
	States []tab
	Rows   []listRow
	View   app.View
	State  string
	Query  string
	Paged  bool   // this is not the first page
	First  string // address of the first page
	Next   string // address of the next page; "" on the last
	Clear  string // address without the search
	// At a brand's address, where the account leads to one's tickets of other
	// brands: Switch shows those too, or with All the brand's alone again.
	Everywhere, All bool
	Switch          string
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
	Number     int64
	Subject    string
	Status     dm.Status
	StatusName string // the account's own, or ""
	Tone       string
	Requester  string // "" where the reader asked
	UpdatedAt  dm.Time
	Unread     bool
}

const (
	stateOpen = "open"
	stateDone = "done"
	pageRows  = 25
)

var errClosed = dm.Errorf(dm.Gone, "This portal is closed.").With("portal_closed")

// requester is who is signed in, as the portal knows them.
func (v *visit) requester() *access.Viewer { return v.signed.Viewer.AsRequester() }

// inPortal prepares a page of the portal. It says whether to go on: whoever is
// not signed in goes to sign in first, and comes back to next.
func (v *visit) inPortal(next string) (bool, error) {
	if b := v.brand(); b != nil && !b.Active {
		return false, errClosed
	}
	return v.needSignedIn(next), nil
}

// brand is the brand whose address this is; nil at one of the account's own.
func (v *visit) brand() *dm.Brand {
	if v.host.BrandID == 0 || v.face == nil || v.face.ID != v.host.BrandID {
		return nil
	}
	return v.face
}

// start leads to where one works: agents to the workspace, everybody else to the
// portal.
func (v *visit) start() error {
	if !v.needSignedIn(v.r.URL.RequestURI()) || v.inWorkspace() {
		return nil
	}
	v.redirect(app.PortalPath)
	return nil
}

// ticket leads to a ticket, which has one address for everybody.
func (v *visit) ticket() error {
	if !v.needSignedIn(v.r.URL.RequestURI()) || v.inWorkspace() {
		return nil
	}
	number, err := v.ticketNumber()
	if err != nil {
		return err
	}
	v.redirect(portalTicket(number))
	return nil
}

// list shows one's tickets: a view, its open or its done ones, or what a search
// finds there, a page at a time.
func (v *visit) list() error {
	if ok, err := v.inPortal(v.r.URL.RequestURI()); !ok {
		return err
	}
	page, query := v.askedList()
	rows, next, err := v.listed(page, query)
	if dm.CodeOf(err) == dm.Invalid && query.Cursor != "" { // a cursor of another list: begin anew
		v.redirect(page.address(page.View, page.State, ""))
		return nil
	}
	if err != nil {
		return err
	}
	for i := range rows {
		page.Rows = append(page.Rows, v.listRow(&rows[i]))
	}
	if next != "" {
		page.Next = page.address(page.View, page.State, next)
	}
	if err := v.countTabs(page, query.Filter); err != nil {
		return err
	}
	return v.show(http.StatusOK, "list", v.newFrame("tickets", v.t("site.start.title")), page)
}

// listed reads a page of the list.
func (v *visit) listed(page *listPage, query app.ListQuery) ([]app.TicketRow, string, error) {
	if page.Query == "" {
		return v.app.Tickets(v.ctx(), v.requester(), query)
	}
	query.State = ""
	rows, next, err := v.searched(page.Query, query)
	if err != nil || page.View != app.ViewAll || query.Cursor != "" {
		return rows, next, err
	}
	// What was shared stands among the others here, and a search leaves it out.
	query.View = app.ViewSharedWithMe
	shared, _, err := v.searched(page.Query, query)
	for i := range shared {
		if !slices.ContainsFunc(rows, func(r app.TicketRow) bool { return r.Number == shared[i].Number }) {
			rows = append(rows, shared[i])
		}
	}
	return rows, next, err
}

func (v *visit) searched(text string, query app.ListQuery) ([]app.TicketRow, string, error) {
	found, err := v.app.Search(v.ctx(), v.requester(), app.TicketSearch{Text: text, List: query})
	if err != nil {
		return nil, "", err
	}
	var rows []app.TicketRow
	if found.Jump != nil {
		rows = append(rows, *found.Jump)
	}
	for i := range found.Found {
		rows = append(rows, found.Found[i].TicketRow)
	}
	return rows, found.Next, nil
}

// askedList reads which list is wanted; anything unknown is the first view.
func (v *visit) askedList() (*listPage, app.ListQuery) {
	asked := v.r.URL.Query()
	page := &listPage{State: stateOpen, Query: strings.TrimSpace(asked.Get("q")), Paged: asked.Get("cursor") != ""}
	if asked.Get("state") == stateDone {
		page.State = stateDone
	}
	views := []tab{{Key: "site.view.all", Address: string(app.ViewAll)}, {Key: "site.view.own", Address: string(app.ViewRequested)}, {Key: "site.view.shared", Address: string(app.ViewSharedWithMe)}}
	if v.requester().SeesDepartment() {
		views = append(views, tab{Key: "site.view.department", Address: string(app.ViewDepartment)})
	}
	page.View = app.ViewAll
	if wanted := asked.Get("view"); slices.ContainsFunc(views, func(t tab) bool { return t.Address == wanted }) {
		page.View = app.View(wanted)
	}
	for _, t := range views {
		t.Current = t.Address == string(page.View)
		page.Tabs = append(page.Tabs, t)
	}
	for _, state := range []string{stateOpen, stateDone} {
		page.States = append(page.States, tab{Key: "site.state." + state, Address: page.address(page.View, state, ""), Current: state == page.State})
	}
	query := app.ListQuery{View: page.View, State: page.State, Cursor: asked.Get("cursor"), Limit: pageRows}
	if b := v.brand(); b != nil {
		page.Everywhere = v.signed.Directory.Settings.PortalOtherBrands
		if page.All = page.Everywhere && asked.Get("brands") == allBrands; !page.All {
			query.Filter = ofBrand(b.ID)
		}
	}
	page.First = page.address(page.View, page.State, "")
	page.Clear = listAddress(page.View, page.State, "", "", page.All)
	page.Switch = listAddress(page.View, page.State, page.Query, "", !page.All)
	return page, query
}

// allBrands in the address of a brand's list asks for the tickets of every brand.
const allBrands = "all"

// ofBrand keeps the tickets of one brand.
func ofBrand(id int64) dm.Condition {
	return dm.Condition{All: []dm.Condition{{Field: dm.FieldKeyBrand, Op: dm.OpIn, Values: []dm.ConditionValue{{Kind: dm.IDValue, ID: id}}}}}
}

// countTabs counts the tickets of every view, up to the store's bound, and turns
// the names of the views into addresses.
func (v *visit) countTabs(page *listPage, filter dm.Condition) error {
	for i := range page.Tabs {
		t := &page.Tabs[i]
		view := app.View(t.Address)
		t.Address = page.address(view, page.State, "")
		if page.Query != "" {
			continue
		}
		n, more, err := v.app.CountTickets(v.ctx(), v.requester(), app.ListQuery{View: view, State: page.State, Filter: filter})
		if err != nil {
			return err
		}
		t.Count = strconv.Itoa(n)
		if more {
			t.Count += "+"
		}
	}
	return nil
}

func (p *listPage) address(view app.View, state, cursor string) string {
	return listAddress(view, state, p.Query, cursor, p.All)
}

func listAddress(view app.View, state, query, cursor string, all bool) string {
	q := url.Values{}
	if view != app.ViewAll {
		q.Set("view", string(view))
	}
	if state != stateOpen {
		q.Set("state", state)
	}
	if query != "" {
		q.Set("q", query)
	}
	if all {
		q.Set("brands", allBrands)
	}
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	if len(q) == 0 {
		return app.PortalPath
	}
	return app.PortalPath + "?" + q.Encode()
}

func (v *visit) listRow(row *app.TicketRow) listRow {
	r := listRow{Number: row.Number, Subject: row.Subject, Status: row.Ticket.Status, StatusName: v.signed.Directory.Statuses[row.StatusID].Name,
		Tone: statusTone(row.Ticket.Status), UpdatedAt: row.UpdatedAt}
	if row.RequesterID != v.person.ID {
		r.Requester = row.Requester.Name
	}
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

// ticketNumber reads the number in the address. What is no number is a ticket
// that does not exist.
func (v *visit) ticketNumber() (int64, error) {
	n, err := strconv.ParseInt(v.r.PathValue("number"), 10, 64)
	if err != nil || n < 1 {
		return 0, dm.ErrTicketNotFound
	}
	return n, nil
}

func ticketAddress(number int64) string { return "/tickets/" + strconv.FormatInt(number, 10) }

func portalTicket(number int64) string { return app.PortalPath + ticketAddress(number) }
