package app

import (
	"cmp"
	"context"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/search"
	"github.com/deskmesh/deskmesh/internal/store"
)

// MaxQuick is how many of each kind a quick search gives at most.
const MaxQuick = 10

// QuickFound is what a quick search finds.
type QuickFound struct {
	Tickets []QuickTicket
	People  []dm.PersonRef
	Groups  []dm.Group
	Views   []ViewInfo
}

// QuickTicket is a ticket with the places of the words in its subject.
type QuickTicket struct {
	TicketRow
	Marks []search.Range
}

// QuickSearch finds a few tickets, people, groups and views while somebody
// types: the last word may be only begun. Tickets come as Search finds them, one
// whose number was typed first. Requesters find tickets only; agents find the
// people and groups of the account, and the views they have.
func (a *App) QuickSearch(ctx context.Context, v *access.Viewer, text string, limit int) (*QuickFound, error) {
	if err := checkSearchText(text); err != nil {
		return nil, err
	}
	limit = min(max(limit, 1), MaxQuick)
	return fetch(ctx, a, func(tx *store.Tx) (*QuickFound, error) {
		out := &QuickFound{}
		if err := a.quickTickets(tx, v, text, limit, out); err != nil || !v.IsAgent() {
			return out, err
		}
		if err := quickPeople(tx, v, text, limit, out); err != nil {
			return nil, err
		}
		dir, err := tx.Directory(v.Account())
		if err != nil {
			return nil, err
		}
		out.Groups = quickGroups(dir, text, limit)
		out.Views, err = a.quickViews(tx, v, text, limit)
		return out, err
	})
}

func (a *App) quickTickets(tx *store.Tx, v *access.Viewer, text string, limit int, out *QuickFound) error {
	q := TicketSearch{Text: text, List: ListQuery{Limit: limit}}
	u, err := a.understand(tx, v, &q)
	if err != nil {
		return err
	}
	if u.Number != 0 {
		row, err := jump(tx, v, u.Number)
		if err != nil && dm.CodeOf(err) != dm.NotFound {
			return err
		}
		if err == nil {
			out.Tickets = append(out.Tickets, QuickTicket{TicketRow: *row})
		}
	}
	if u.none || u.Jump {
		return nil
	}
	page := &SearchPage{}
	if len(u.Wanted()) > 0 {
		found, _, err := tx.SearchTickets(v, store.SearchQuery{Terms: u.Begun(text), List: q.List, Briefly: true})
		page.Found = found
		if err != nil {
			return err
		}
	} else if err := searchOperators(tx, v, u, &q, page); err != nil {
		return err
	}
	for i := range page.Found {
		if t := &page.Found[i]; t.Number != u.Number && len(out.Tickets) < limit {
			out.Tickets = append(out.Tickets, QuickTicket{t.TicketRow, t.Match.Subject})
		}
	}
	return nil
}

// quickPeople finds active people first.
func quickPeople(tx *store.Tx, v *access.Viewer, text string, limit int, out *QuickFound) error {
	ids, err := tx.PeopleByWords(v.Account(), "", text, limit)
	if err != nil {
		return err
	}
	refs, err := tx.PeopleRefs(v.Account(), ids)
	for _, id := range ids {
		out.People = append(out.People, refs[id])
	}
	return err
}

func quickGroups(dir *Directory, text string, limit int) []dm.Group {
	var list []dm.Group
	for _, g := range dir.Groups {
		if begins(g.Name, text) {
			list = append(list, g)
		}
	}
	slices.SortFunc(list, func(a, b dm.Group) int {
		return cmp.Or(cmp.Compare(store.Fold(a.Name), store.Fold(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return list[:min(limit, len(list))]
}

// quickViews finds views in the order of the sidebar, without those that are out
// of use or that screens leave out.
func (a *App) quickViews(tx *store.Tx, v *access.Viewer, text string, limit int) ([]ViewInfo, error) {
	all, err := a.sidebar(tx, v, false)
	if err != nil {
		return nil, err
	}
	var list []ViewInfo
	for i := range all {
		if all[i].Active && begins(all[i].Name(), text) && len(list) < limit {
			list = append(list, all[i])
		}
	}
	if err := a.describeViews(tx, v, list); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(i ViewInfo) bool { return i.Hidden }), nil
}

// begins says whether each word of the text begins a word of the name.
func begins(name, text string) bool {
	have := search.Words(name)
	words := search.Words(text)
	for _, w := range words {
		if !slices.ContainsFunc(have, func(h search.Word) bool { return strings.HasPrefix(h.Text, w.Text) }) {
			return false
		}
	}
	return len(words) > 0
}
