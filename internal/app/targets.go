package app

import (
	"context"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// TargetAsk is who looks for targets of a share, and for which ticket.
type TargetAsk struct {
	Tx     *store.Tx
	Dir    *store.Directory
	Viewer *access.Viewer
	Ticket *dm.Ticket // nil for none in particular
	// Links are that ticket's links with other desks, and Decision is what the
	// viewer may do with it.
	Links    []dm.PartnerLink
	Decision access.Decision
}

// account is the account whose targets are asked for.
func (a *TargetAsk) account() int64 { return a.Dir.Account.ID }

// TargetProvider offers one kind of target to share tickets with (S4-30). The
// picker and every way to share go through App.Targets, so that a further kind,
// or a narrower list of a known one, is one more provider. What the account's
// sharing policy allows is asked on top of it; a provider need not know of that.
type TargetProvider interface {
	// Kind is the kind of its targets. Of two providers with one kind the first
	// counts.
	Kind() dm.TargetKind
	// Search finds targets by the beginning of a name, a word of it or an address:
	// at most so many, in an order that stays, so that a higher limit gives the
	// same ones and then more. None where the kind is not offered here.
	Search(ask *TargetAsk, q string, limit int) ([]store.TargetRow, error)
	// Resolve gives those of the targets with these ids that can be shared with
	// now, by id.
	Resolve(ask *TargetAsk, ids []int64) (map[int64]store.TargetRow, error)
	// Check finds one target, or refuses it: Invalid with the place and, where
	// there is more to say than that it does not exist, a reason.
	Check(ask *TargetAsk, id int64, place string) (store.TargetRow, error)
}

// DefaultTargets gives the providers of agents, groups, requesters and partners,
// in this order.
func DefaultTargets() []TargetProvider {
	return []TargetProvider{agentTargets{}, groupTargets{}, requesterTargets{}, partnerTargets{}}
}

// defaultTargets is what an App without Targets has.
var defaultTargets = DefaultTargets()

func (a *App) targetProviders() []TargetProvider {
	if a.Targets == nil {
		return defaultTargets
	}
	return a.Targets
}

// provider gives the provider of a kind; nil where there is none.
func (a *App) provider(kind dm.TargetKind) TargetProvider {
	for _, p := range a.targetProviders() {
		if p.Kind() == kind {
			return p
		}
	}
	return nil
}

func noTarget(place string) error { return dm.BadField(place, "There is no such agent or group.") }

// agentTargets offers active agents.
type agentTargets struct{}

func (agentTargets) Kind() dm.TargetKind { return dm.TargetAgent }

func (agentTargets) Search(ask *TargetAsk, q string, limit int) ([]store.TargetRow, error) {
	return ask.Tx.AgentsNamed(ask.account(), q, limit)
}

func (agentTargets) Resolve(ask *TargetAsk, ids []int64) (map[int64]store.TargetRow, error) {
	return resolvePeople(ask, dm.TargetAgent, ids)
}

func (agentTargets) Check(ask *TargetAsk, id int64, place string) (store.TargetRow, error) {
	return checkPerson(ask, dm.Target{Kind: dm.TargetAgent, ID: id}, place)
}

// groupTargets offers groups.
type groupTargets struct{}

func (groupTargets) Kind() dm.TargetKind { return dm.TargetGroup }

func (groupTargets) Search(ask *TargetAsk, q string, limit int) ([]store.TargetRow, error) {
	return ask.Tx.GroupsNamed(ask.account(), q, limit)
}

func (groupTargets) Resolve(ask *TargetAsk, ids []int64) (map[int64]store.TargetRow, error) {
	found := map[int64]store.TargetRow{}
	for _, id := range ids {
		if g, ok := ask.Dir.Groups[id]; ok {
			found[id] = store.TargetRow{Target: dm.Target{Kind: dm.TargetGroup, ID: id}, Name: g.Name}
		}
	}
	return found, nil
}

func (p groupTargets) Check(ask *TargetAsk, id int64, place string) (store.TargetRow, error) {
	found, err := p.Resolve(ask, []int64{id})
	row, ok := found[id]
	if err == nil && !ok {
		err = noTarget(place)
	}
	return row, err
}

// requesterTargets offers requesters, where the account lets agents share with
// them.
type requesterTargets struct{}

func (requesterTargets) Kind() dm.TargetKind { return dm.TargetRequester }

func (requesterTargets) Search(ask *TargetAsk, q string, limit int) ([]store.TargetRow, error) {
	if !ask.Dir.Settings.RequesterTargets {
		return nil, nil
	}
	return ask.Tx.RequestersNamed(ask.account(), q, limit)
}

func (requesterTargets) Resolve(ask *TargetAsk, ids []int64) (map[int64]store.TargetRow, error) {
	if !ask.Dir.Settings.RequesterTargets {
		return nil, nil
	}
	return resolvePeople(ask, dm.TargetRequester, ids)
}

func (requesterTargets) Check(ask *TargetAsk, id int64, place string) (store.TargetRow, error) {
	if !ask.Dir.Settings.RequesterTargets {
		return store.TargetRow{}, dm.BadField(place+".kind", "This desk does not share tickets with requesters: choose an agent or a group.").With("requester_target")
	}
	row, err := checkPerson(ask, dm.Target{Kind: dm.TargetRequester, ID: id}, place)
	if err == nil && ask.Ticket != nil && ask.Ticket.Private {
		err = dm.BadField(place, "A private ticket cannot be shared with a requester.").With("private")
	}
	return row, err
}

func checkPerson(ask *TargetAsk, t dm.Target, place string) (store.TargetRow, error) {
	if t.ID == ask.Viewer.Person() && t.ID != 0 {
		return store.TargetRow{}, dm.BadField(place, "You cannot share a ticket with yourself.").With("self")
	}
	found, err := resolvePeople(ask, t.Kind, []int64{t.ID})
	row, ok := found[t.ID]
	if err == nil && !ok {
		err = noTarget(place)
	}
	return row, err
}

// resolvePeople finds the active people of a kind.
func resolvePeople(ask *TargetAsk, kind dm.TargetKind, ids []int64) (map[int64]store.TargetRow, error) {
	refs, err := ask.Tx.PeopleRefs(ask.account(), ids)
	found := make(map[int64]store.TargetRow, len(refs))
	for id, p := range refs {
		if p.Active && string(p.Kind) == string(kind) {
			found[id] = store.TargetRow{Target: dm.Target{Kind: kind, ID: id}, Name: p.Name, Address: p.Address}
		}
	}
	return found, err
}

// ShareTarget is a choice of the share picker.
type ShareTarget struct {
	store.TargetRow
	Access string // the level the target has already; "" none
	Shared bool   // a live share with exactly this target exists
}

// Offer is what the picker shows. Limited says that the account has a sharing
// policy, so that there can be more people and groups than are offered.
type Offer struct {
	Targets []ShareTarget
	Limited bool
}

// ShareTargets finds whom a ticket can be shared with, by the beginning of a
// name, a word of it, or an address: those whom the sharing policy lets the
// viewer share this ticket with. number may be 0: then Access is not told, and
// whoever some ticket may be shared with is offered.
func (a *App) ShareTargets(ctx context.Context, v *access.Viewer, q string, number int64, limit int) (*Offer, error) {
	if !v.IsAgent() || !v.Can(dm.TicketsShare) && !v.Can(dm.SharesManage) {
		return nil, dm.ErrForbidden
	}
	if len(q) > 200 {
		return nil, dm.BadField("q", "A search has at most 200 characters.")
	}
	return fetch(ctx, a, func(tx *store.Tx) (*Offer, error) {
		dir, err := tx.Directory(v.Account())
		if err != nil {
			return nil, err
		}
		ask, policy := &TargetAsk{Tx: tx, Dir: dir, Viewer: v}, &policyRead{tx: tx, dir: dir, viewer: v}
		var f *store.Found
		if number != 0 {
			if f, err = tx.Ticket(v, number); err != nil {
				return nil, err
			}
			ask.Ticket, ask.Decision, policy = &f.Ticket, f.Decision, policyOf(tx, dir, v, f)
			if ask.Links, err = tx.PartnerLinks(v.Account(), f); err != nil {
				return nil, err
			}
		}
		offer := &Offer{Limited: policy.limits()}
		for _, p := range a.targetProviders() {
			rows, err := offered(ask, p, policy, q, limit)
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				t := ShareTarget{TargetRow: r}
				if f != nil {
					if err := targetAccess(ask, f, &t); err != nil {
						return nil, err
					}
				}
				offer.Targets = append(offer.Targets, t)
			}
		}
		return offer, nil
	})
}

// maxOfferLook bounds how many of one kind are looked through for those whom the
// policy allows.
const maxOfferLook = 5000

// offered gives the first targets of a provider that may be shared with. Where
// the policy leaves some out, it looks further.
func offered(ask *TargetAsk, p TargetProvider, policy *policyRead, q string, limit int) ([]store.TargetRow, error) {
	for most := limit + 1; ; most = min(most*8, maxOfferLook) {
		rows, err := p.Search(ask, q, most)
		if err != nil {
			return nil, err
		}
		all := len(rows) < most || most >= maxOfferLook
		rows = slices.DeleteFunc(rows, func(r store.TargetRow) bool {
			return r.Target.Kind == dm.TargetAgent && r.Target.ID == ask.Viewer.Person()
		})
		targets := make([]dm.Target, len(rows))
		for i := range rows {
			targets[i] = rows[i].Target
		}
		verdicts, err := policy.decide(targets)
		if err != nil {
			return nil, err
		}
		var list []store.TargetRow
		for i := range rows {
			if verdicts[i].Allowed {
				list = append(list, rows[i])
			}
		}
		if all || len(list) >= limit {
			return list[:min(len(list), limit)], nil
		}
	}
}

// targetAccess tells how far a target can open the ticket already.
func targetAccess(ask *TargetAsk, f *store.Found, t *ShareTarget) error {
	if s := findShare(f.Shares, t.Target); s != nil {
		t.Shared, t.Access = true, string(s.Level)
	}
	if t.Target.Kind == dm.TargetPartner {
		t.Shared = sentTo(ask.Links, t.Target.ID) != nil
	}
	if t.Target.Kind != dm.TargetAgent && t.Target.Kind != dm.TargetRequester {
		return nil
	}
	v, err := ask.Tx.Viewer(ask.account(), t.Target.ID)
	if err != nil {
		return err
	}
	d := access.Decide(v, &f.Facts, ask.Tx.Now())
	t.Access = d.Level()
	return nil
}
