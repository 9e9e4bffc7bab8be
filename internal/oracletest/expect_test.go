package oracletest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/oracle"
	"github.com/deskmesh/deskmesh/internal/store"
)

// expect gives the oracle's answer to a question.
func (d *desk) expect(q question) string {
	w := d.worldOf(q.As)
	t := w.Account(q.Account).Ticket(q.Ticket)
	own := q.Of == q.Account
	if q.Filter != nil && !d.mayFilter(q) {
		return refused
	}
	switch q.Door {
	case doorDecide:
		if !own {
			return described(0, nil)
		}
		return described(expectRights(oracle.Rights(w, q.Account, q.Person, q.Ticket)), oracle.Reasons(w, q.Account, q.Person, q.Ticket))
	case doorList:
		return d.expectList(q)
	case doorCount:
		return fmt.Sprint(len(d.inView(q)), false)
	case doorSearch:
		return fmt.Sprint(d.expectSearch(q))
	case doorFile:
		if own && slices.Contains(d.readable(q), q.Message) {
			return "file.txt"
		}
		return hidden
	case doorUpload:
		p := w.Account(q.Account).Person(q.Person)
		if own && q.Uploader == q.Person && p.Active && !p.Deleted {
			return "upload.txt"
		}
		return hidden
	case doorPublicLink:
		return d.expectLink(q)
	case doorPartner:
		return d.expectPartner(q)
	case doorWhoSees:
		return fmt.Sprint(oracle.WhoCanOpen(w, q.Account, q.Ticket))
	}
	if !own || !oracle.CanOpen(w, q.Account, q.Person, q.Ticket) {
		return hidden
	}
	rights := oracle.Rights(w, q.Account, q.Person, q.Ticket)
	switch q.Door {
	case doorMessages:
		return fmt.Sprint(oracle.Messages(w, q.Account, q.Person, q.Ticket))
	case doorHistory:
		if rights[oracle.SeeInternal] {
			return fmt.Sprint([]int{0, 1, 2})
		}
		return fmt.Sprint([]int{0, 2})
	case doorLinks:
		return fmt.Sprint(d.expectLinks(q))
	}
	var shares []int64
	for _, s := range liveShares(w, t) {
		shares = append(shares, s.ID)
	}
	slices.Sort(shares)
	return fmt.Sprintf("ticket %d: %s; shares %v of %d", t.ID, described(expectRights(rights), oracle.Reasons(w, q.Account, q.Person, q.Ticket)), shares, len(shares))
}

// worldOf gives the world to ask for a role.
func (d *desk) worldOf(as role) *oracle.World { return d.worlds[as] }

// inRole gives a copy of a world in which agents are what they are in a role: a
// requester, or somebody whose permissions are cut down to those of a token and
// whose role caps shares whatever the setting says.
func inRole(w *oracle.World, as role, token []string) *oracle.World {
	w = w.Clone()
	for i := range w.Accounts {
		a := &w.Accounts[i]
		if as == byToken {
			a.Settings.RoleCap = true
		}
		for j := range a.People {
			p := &a.People[j]
			if as == asRequester {
				p.Kind = oracle.Requester
			}
			p.Permissions = slices.DeleteFunc(p.Permissions, func(have string) bool { return !slices.Contains(token, have) })
		}
	}
	return w
}

var rightWords = map[string]access.Right{
	oracle.See: access.See, oracle.SeeInternal: access.SeeInternal, oracle.AddNote: access.Note, oracle.AddReply: access.Reply,
	oracle.EditTicket: access.Edit, oracle.SetStatus: access.SetStatus, oracle.Assign: access.Assign, oracle.ForwardOut: access.Forward,
	oracle.ShareOn: access.Share, oracle.Leave: access.Leave, oracle.Delete: access.Delete, oracle.Merge: access.Merge, oracle.SeeTrashed: access.SeeTrashed,
	oracle.LetIn: access.LetIn, oracle.Resolve: access.Resolve, oracle.Details: access.Details,
}

func expectRights(rights map[string]bool) access.Right {
	var set access.Right
	for right, given := range rights {
		if given {
			set |= rightWords[right]
		}
	}
	return set
}

// liveShares gives the shares of a ticket that nobody ended and that have not
// expired, be they asleep or not.
func liveShares(w *oracle.World, t *oracle.Ticket) []oracle.Share {
	return slices.DeleteFunc(slices.Clone(t.Shares), func(s oracle.Share) bool { return s.Ended || s.ExpiresAt != 0 && s.ExpiresAt <= w.Now })
}

var viewWords = map[store.View]string{
	store.ViewAll: oracle.ViewAll, store.ViewMine: oracle.ViewMine, store.ViewUnassigned: oracle.ViewUnassigned,
	store.ViewSharedWithMe: oracle.ViewSharedWithMe, store.ViewSharedWithMine: oracle.ViewSharedWithMyGroups,
	store.ViewSharedByMe: oracle.ViewListed, store.ViewSpam: oracle.ViewSpam, store.ViewDeleted: oracle.ViewTrash,
}

// inView gives the tickets that a view shows in a state, in no order.
func (d *desk) inView(q question) []*oracle.Ticket {
	w := d.worldOf(q.As)
	a := w.Account(q.Account)
	var list []*oracle.Ticket
	for _, id := range oracle.Listed(w, q.Account, q.Person, viewWords[q.View]) {
		t := a.Ticket(id)
		anyState := q.State == "" || q.View == store.ViewSpam || q.View == store.ViewDeleted
		if !anyState && t.Done != (q.State == "done") {
			continue
		}
		// What somebody has shared with others is an agent's view of tickets that
		// are listed for them anyway.
		if q.View == store.ViewSharedByMe && !(a.Person(q.Person).Kind == oracle.Agent && sharedBy(w, t, q.Person)) {
			continue
		}
		list = append(list, t)
	}
	if q.Filter != nil {
		return d.filtered(q, list)
	}
	return list
}

func sharedBy(w *oracle.World, t *oracle.Ticket, person int64) bool {
	return slices.ContainsFunc(liveShares(w, t), func(s oracle.Share) bool { return s.CreatedBy == person })
}

func (d *desk) expectList(q question) string {
	list := d.inView(q)
	key, down := strings.CutPrefix(cmp.Or(q.Sort, "-updated"), "-")
	slices.SortFunc(list, func(x, y *oracle.Ticket) int {
		kx, ix := d.sortKey(q, key, x)
		ky, iy := d.sortKey(q, key, y)
		order := cmp.Or(cmp.Compare(kx, ky), cmp.Compare(ix, iy))
		if down {
			return -order
		}
		return order
	})
	var rows []string
	for _, t := range list {
		rows = append(rows, row(t.ID, len(liveShares(d.world, t))))
	}
	return strings.Join(rows, " ")
}

// sortKey gives what a list is sorted by: a time and an id.
func (d *desk) sortKey(q question, key string, t *oracle.Ticket) (at, id int64) {
	switch key {
	case "updated":
		return t.UpdatedAt, t.ID
	case "created", "number":
		return d.real[q.Account].tickets[t.ID].created, t.ID
	}
	// The newest share by which the ticket is in the view.
	for _, why := range oracle.Reasons(d.worldOf(q.As), q.Account, q.Person, t.ID) {
		if (why.Way == oracle.ByGroupShare) != (q.View == store.ViewSharedWithMine) || why.Share == 0 {
			continue
		}
		s := t.Share(why.Share)
		if s.CreatedAt > at || s.CreatedAt == at && s.ID > id {
			at, id = s.CreatedAt, s.ID
		}
	}
	return at, id
}

// expectSearch gives the tickets in which one message that may be read holds
// all the words, the newest such message first. The subject stands in the
// ticket's first message, and alone for those who may not read that.
func (d *desk) expectSearch(q question) []int64 {
	w := d.worldOf(q.As)
	newest := map[int64]int64{}
	var found []int64
	for _, t := range w.Account(q.Account).Tickets {
		if !d.findable(q, t) {
			continue
		}
		for i, m := range t.Messages {
			readable := slices.Contains(oracle.Messages(w, q.Account, q.Person, t.ID), m.ID)
			head := i == 0 && m.Kind != oracle.Reply && subjectHolds(q.Words, t)
			if head || readable && holds(q.Words, t, i) {
				newest[t.ID] = m.ID
			}
		}
		if newest[t.ID] != 0 {
			found = append(found, t.ID)
		}
	}
	slices.SortFunc(found, func(x, y int64) int { return cmp.Compare(newest[y], newest[x]) })
	return found
}

// findable says whether a search may show the ticket: it is listed, or is
// shared while shares are searched too.
func (d *desk) findable(q question, t oracle.Ticket) bool {
	w := d.worldOf(q.As)
	if slices.Contains(oracle.Listed(w, q.Account, q.Person, oracle.ViewListed), t.ID) {
		return true
	}
	return d.real[q.Account].searchable && !t.Spam && !t.Deleted && oracle.CanOpen(w, q.Account, q.Person, t.ID)
}

func holds(words []word, t oracle.Ticket, message int) bool {
	for _, w := range words {
		switch {
		case w.What == "common":
		case w.What == "subject" && w.ID == t.ID && message == 0:
		case w.What == "message" && w.ID == t.Messages[message].ID:
		default:
			return false
		}
	}
	return true
}

func subjectHolds(words []word, t oracle.Ticket) bool {
	for _, w := range words {
		if w.What != "common" && (w.What != "subject" || w.ID != t.ID) {
			return false
		}
	}
	return len(words) > 0
}

// readable gives the messages of all tickets that the asker may read.
func (d *desk) readable(q question) []int64 {
	w := d.worldOf(q.As)
	var ids []int64
	for _, t := range w.Account(q.Account).Tickets {
		if slices.ContainsFunc(t.Messages, func(m oracle.Message) bool { return m.ID == q.Message }) {
			ids = append(ids, oracle.Messages(w, q.Account, q.Person, t.ID)...)
		}
	}
	return ids
}

// expectLinks gives the neighbours of a ticket that the asker can open.
func (d *desk) expectLinks(q question) []int64 {
	w := d.worldOf(q.As)
	tickets := w.Account(q.Account).Tickets
	shown := []int64{}
	for i := range tickets {
		near := i > 0 && tickets[i-1].ID == q.Ticket || i+1 < len(tickets) && tickets[i+1].ID == q.Ticket
		if near && oracle.CanOpen(w, q.Account, q.Person, tickets[i].ID) {
			shown = append(shown, tickets[i].ID)
		}
	}
	slices.Sort(shown)
	return shown
}
