package app

import (
	"cmp"
	"context"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Sight is one person who can open a ticket, how far, and why.
type Sight struct {
	Person  dm.PersonRef
	Level   string // "full", "edit", "comment", "view"; "" for none
	Rights  []string
	Reasons []SightReason
}

// SightReason is one way in, with the names that explain it.
type SightReason struct {
	Way     access.Way
	Level   string
	Group   string // through which group
	ShareID int64
}

// maxSight bounds the list; Truncated says when there are more people.
const maxSight = 500

// WhoSees lists everyone who can open the ticket: agents by reach, assignment
// and shares, the requester, and requesters with a share, CC access or sight of
// the department. With person set it answers for that one person only, also when
// they see nothing.
func (a *App) WhoSees(ctx context.Context, v *access.Viewer, number, person int64) (list []Sight, truncated bool, err error) {
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		f, err := tx.Ticket(v, number)
		if err != nil {
			return err
		}
		if !v.IsAgent() {
			return dm.ErrForbidden
		}
		if f.Ticket.CCs == nil {
			if err := tx.LoadDetails(v.Account(), &f.Ticket); err != nil {
				return err
			}
			f.Facts.CCs = f.Ticket.CCs
		}
		dir, err := tx.Directory(v.Account())
		if err != nil {
			return err
		}
		s := &sightseer{tx: tx, dir: dir, account: v.Account(), facts: &f.Facts}
		if person != 0 {
			list, err = s.person(person)
			return err
		}
		list, truncated, err = s.everyone(f)
		return err
	})
	return list, truncated, err
}

// sightseer decides one ticket for many people.
type sightseer struct {
	tx      *store.Tx
	dir     *store.Directory
	account int64
	facts   *access.Facts
	list    []Sight
	ids     []int64
}

func (s *sightseer) person(id int64) ([]Sight, error) {
	refs, err := s.tx.PeopleRefs(s.account, []int64{id})
	if err != nil {
		return nil, err
	}
	ref, ok := refs[id]
	if !ok {
		return nil, dm.BadField("person", "There is no such person.")
	}
	v, err := s.tx.ViewerIn(s.dir, id)
	if err != nil {
		return nil, err
	}
	d := access.Decide(v, s.facts, s.tx.Now())
	sight := s.sight(&d)
	sight.Person = ref
	return []Sight{sight}, nil
}

func (s *sightseer) everyone(f *store.Found) ([]Sight, bool, error) {
	var after int64
	for {
		ids, err := s.tx.ActiveAgents(s.account, after, 500)
		if err != nil {
			return nil, false, err
		}
		for _, id := range ids {
			after = id
			if err := s.add(id, false); err != nil {
				return nil, false, err
			}
		}
		if len(ids) < 500 || len(s.list) > maxSight {
			break
		}
	}
	outside, err := outsiders(s.tx, f, maxSight+1)
	if err != nil {
		return nil, false, err
	}
	for _, id := range outside {
		if slices.Contains(s.ids, id) {
			continue
		}
		if err := s.add(id, true); err != nil {
			return nil, false, err
		}
	}
	truncated := len(s.list) > maxSight
	s.list, s.ids = s.list[:min(len(s.list), maxSight)], s.ids[:min(len(s.ids), maxSight)]
	refs, err := s.tx.PeopleRefs(s.account, s.ids)
	if err != nil {
		return nil, false, err
	}
	for i, id := range s.ids {
		s.list[i].Person = refs[id]
	}
	slices.SortFunc(s.list, func(a, b Sight) int {
		return cmp.Or(cmp.Compare(a.Person.Kind, b.Person.Kind), strings.Compare(a.Person.Name, b.Person.Name), cmp.Compare(a.Person.ID, b.Person.ID))
	})
	return s.list, truncated, nil
}

// outsiders gives everybody who may have a way in as a requester, each once: the
// requester, those in CC, those it is shared with, and up to most people with
// sight of its department.
func outsiders(tx *store.Tx, f *store.Found, most int) ([]int64, error) {
	ids := append([]int64{f.Ticket.RequesterID}, f.Ticket.CCs...)
	for i := range f.Shares {
		if f.Shares[i].Target.Kind == dm.TargetRequester {
			ids = append(ids, f.Shares[i].Target.ID)
		}
	}
	colleagues, err := tx.SightOf(f.Facts.Account, f.Ticket.DepartmentID, f.Facts.IsChange, most)
	return distinct(append(ids, colleagues...)), err
}

// add decides for one person and keeps them if they can open the ticket. An
// agent counts with the workspace's rights, and as a requester in the portal
// only where portal is set.
func (s *sightseer) add(id int64, portal bool) error {
	v, err := s.tx.ViewerIn(s.dir, id)
	if err != nil {
		return err
	}
	if portal {
		v = v.AsRequester()
	}
	d := access.Decide(v, s.facts, s.tx.Now())
	if d.Has(access.See) {
		s.list, s.ids = append(s.list, s.sight(&d)), append(s.ids, id)
	}
	return nil
}

func (s *sightseer) sight(d *access.Decision) Sight {
	out := Sight{Level: d.Level(), Rights: d.Rights.Names()}
	for _, r := range d.Reasons {
		out.Reasons = append(out.Reasons, SightReason{Way: r.Way, Level: string(r.Level), Group: s.dir.GroupName(r.GroupID), ShareID: r.ShareID})
	}
	return out
}
