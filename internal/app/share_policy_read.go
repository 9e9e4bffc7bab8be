package app

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/rules"
	"github.com/deskmesh/deskmesh/internal/store"
)

// This file is the one place where the sharing policy is asked (decision 0033).

// policyRead answers whom one person may share one ticket with.
type policyRead struct {
	tx       *store.Tx
	dir      *store.Directory
	viewer   *access.Viewer
	ticket   *dm.Ticket // nil: none in particular, so that what may hold counts as holding for an entry that allows
	internal bool       // the viewer reads the ticket's notes
	// now puts into the snapshot what a change under way has not saved yet.
	now func(*rules.Snapshot) error

	roles    []int64
	asked    bool // for the roles
	snapshot *rules.Snapshot
}

// policyVerdict is what the policy says of one target.
type policyVerdict struct {
	Allowed bool
	Entry   int64 // that decided; 0 for the default
}

// policyOf asks about a ticket that was found.
func policyOf(tx *store.Tx, dir *store.Directory, v *access.Viewer, f *store.Found) *policyRead {
	return &policyRead{tx: tx, dir: dir, viewer: v, ticket: &f.Ticket, internal: f.Decision.Has(access.SeeInternal)}
}

// limits says whether the policy says anything at all to this viewer. A rule, or
// the program itself, is not asked: administrators make rules, as they make the
// policy.
func (p *policyRead) limits() bool {
	return !p.viewer.IsSystem() && (len(p.dir.SharePolicy) > 0 || p.dir.Settings.SharePolicy == dm.PolicyDenies)
}

// decide answers for many targets at once: for each the first entry that fits
// person, ticket and target, or else the default. An account without a policy
// pays nothing for it.
func (p *policyRead) decide(targets []dm.Target) ([]policyVerdict, error) {
	out := make([]policyVerdict, len(targets))
	for i := range out {
		out[i].Allowed = !p.limits() || p.dir.Settings.SharePolicy == dm.PolicyAllows
	}
	if !p.limits() || len(p.dir.SharePolicy) == 0 {
		return out, nil
	}
	places, err := p.places(targets)
	if err != nil {
		return nil, err
	}
	open := make([]int, len(targets))
	for i := range open {
		open[i] = i
	}
	for i := range p.dir.SharePolicy {
		e := &p.dir.SharePolicy[i]
		var fits []int
		for _, at := range open {
			if whomFits(&e.Whom, targets[at], places[targets[at].ID]) {
				fits = append(fits, at)
			}
		}
		if len(fits) == 0 {
			continue
		}
		yes, err := p.applies(e)
		if err != nil {
			return nil, err
		}
		if !yes {
			continue
		}
		for _, at := range fits {
			out[at] = policyVerdict{Allowed: e.Allow, Entry: e.ID}
		}
		open = slices.DeleteFunc(open, func(at int) bool { return slices.Contains(fits, at) })
	}
	return out, nil
}

// places reads where the agents among the targets work, if any entry asks.
func (p *policyRead) places(targets []dm.Target) (map[int64]*store.AgentPlaces, error) {
	if !slices.ContainsFunc(p.dir.SharePolicy, func(e dm.SharePolicyEntry) bool { return len(e.Whom.AgentsOf)+len(e.Whom.Members) > 0 }) {
		return nil, nil
	}
	var ids []int64
	for _, t := range targets {
		if t.Kind == dm.TargetAgent {
			ids = append(ids, t.ID)
		}
	}
	places := map[int64]*store.AgentPlaces{}
	for some := range slices.Chunk(distinct(ids), 500) {
		found, err := p.tx.PlacesOf(p.dir.Account.ID, some)
		if err != nil {
			return nil, err
		}
		for id, at := range found {
			places[id] = at
		}
	}
	return places, nil
}

// whomFits says whether an entry names a target. place is where an agent works.
func whomFits(w *dm.PolicyWhom, t dm.Target, place *store.AgentPlaces) bool {
	switch {
	case w.Anyone:
		return true
	case t.Kind == dm.TargetGroup:
		return w.AllGroups || slices.Contains(w.Groups, t.ID)
	case t.Kind == dm.TargetRequester:
		return w.AllRequesters
	case t.Kind == dm.TargetPartner:
		return w.AllPartners || slices.Contains(w.Partners, t.ID)
	case t.Kind != dm.TargetAgent:
		return false
	case w.AllAgents || slices.Contains(w.Agents, t.ID):
		return true
	case place == nil:
		return false
	}
	return len(w.AgentsOf) > 0 && place.AllBrands || overlap(w.AgentsOf, place.Brands) || overlap(w.Members, place.Groups)
}

func overlap(a, b []int64) bool {
	return slices.ContainsFunc(a, func(id int64) bool { return slices.Contains(b, id) })
}

// applies says whether an entry fits the person and the ticket.
func (p *policyRead) applies(e *dm.SharePolicyEntry) (bool, error) {
	who, err := p.whoFits(&e.Who)
	if err != nil || !who {
		return false, err
	}
	if p.ticket == nil {
		return e.Where.Everywhere() || e.Allow && !e.Where.Broken, nil
	}
	brand := p.dir.BrandOf(p.ticket.InboxID).ID
	if !e.Where.AnyBrand && !slices.Contains(e.Where.Brands, brand) || !e.Where.AnyGroup && !slices.Contains(e.Where.Groups, p.ticket.GroupID) {
		return false, nil
	}
	if e.Where.Broken {
		return !e.Allow, nil
	}
	return p.holds(&e.Where.Condition)
}

func (p *policyRead) whoFits(w *dm.PolicyWho) (bool, error) {
	switch {
	case w.Anybody:
		return true, nil
	case p.viewer.IsRequester():
		return w.Requesters, nil
	case len(w.Roles) == 0 || !p.viewer.IsAgent():
		return false, nil
	}
	if !p.asked {
		var err error
		if p.roles, err = p.tx.RolesOf(p.dir.Account.ID, p.viewer.Person()); err != nil {
			return false, err
		}
		p.asked = true
	}
	return overlap(w.Roles, p.roles), nil
}

// holds says whether a condition holds for the ticket, read as the person who
// shares: me and mine are theirs, and what they may not read does not count.
func (p *policyRead) holds(c *dm.Condition) (bool, error) {
	if c.Empty() {
		return true, nil
	}
	if p.snapshot == nil {
		var needs rules.Needs
		for i := range p.dir.SharePolicy {
			if w := &p.dir.SharePolicy[i].Where; !w.Broken {
				needs |= rules.NeedsOf(&w.Condition)
			}
		}
		s, err := p.tx.TicketSnapshot(p.dir.Account.ID, p.ticket.ID, needs)
		if err == nil && p.now != nil {
			err = p.now(s)
		}
		if err != nil {
			return false, err
		}
		p.snapshot = s
	}
	return rules.Match(c, p.snapshot, &rules.Reader{Person: p.viewer.Person(), Groups: p.viewer.Groups(), Internal: p.internal, Now: p.tx.Now()}), nil
}

// policy asks about the ticket as it is now in this change.
func (w *work) policy() *policyRead {
	return &policyRead{tx: w.tx, dir: w.dir, viewer: w.viewer, ticket: w.t, internal: w.decision.Has(access.SeeInternal), now: func(s *rules.Snapshot) error {
		s.Ticket, s.Shares = *w.t, w.shares
		if s.Requester.ID == w.t.RequesterID {
			return nil
		}
		g, err := w.tx.GuestByID(w.account, w.t.RequesterID)
		if err != nil {
			return err
		}
		s.Requester, s.CompanyID = g.PersonRef, g.CompanyID
		return nil
	}}
}

// notAllowed is the refusal of a target by the policy.
func notAllowed(place string) *dm.Error {
	return dm.BadField(place, "The sharing policy of this desk does not let you share this ticket with them.").With("target_not_allowed")
}

// policyAllows refuses shares that the policy does not allow: each at its place.
func (w *work) policyAllows(list []dm.Share, places ...string) error {
	targets := make([]dm.Target, len(list))
	for i := range list {
		targets[i] = list[i].Target
	}
	verdicts, err := w.policy().decide(targets)
	if err != nil {
		return err
	}
	var refused []string
	for i := range verdicts {
		if !verdicts[i].Allowed {
			refused = append(refused, places[i])
		}
	}
	return refusedTargets(refused)
}

// refusedTargets names every place at once.
func refusedTargets(places []string) error {
	if len(places) == 0 {
		return nil
	}
	first := notAllowed(places[0])
	if len(places) == 1 {
		return first
	}
	e := &dm.Error{Code: dm.Invalid, Reason: "target_not_allowed", Public: "The sharing policy of this desk does not let you share this ticket with " + strconv.Itoa(len(places)) + " of them."}
	for _, p := range places {
		e.Faults = append(e.Faults, dm.Fault{Field: p, Message: first.Public})
	}
	return e
}

// policyAllowsCarried refuses a merge that would carry shares over which the
// policy does not allow on the ticket they come to. Without them it can go on.
func (w *work) policyAllowsCarried(list []dm.Share) error {
	fresh := slices.DeleteFunc(slices.Clone(list), func(s dm.Share) bool { return findShare(w.shares, s.Target) != nil })
	err := w.policyAllows(fresh, slices.Repeat([]string{"carry_shares"}, len(fresh))...)
	if dm.ReasonOf(err) == "target_not_allowed" {
		return notAllowed("carry_shares")
	}
	return err
}

// policyLetsIn refuses whom a requester may not let in. They hear no more than
// of somebody who is not there.
func (w *work) policyLetsIn(fresh []dm.Share, guests []store.Guest) error {
	places := make([]string, len(fresh))
	for i := range fresh {
		places[i] = "addresses"
		for j := range guests {
			if guests[j].ID != fresh[i].Target.ID {
				continue
			}
			at := slices.IndexFunc(w.ch.LetIn.Addresses, func(a string) bool { return strings.EqualFold(strings.TrimSpace(a), guests[j].Address) })
			if at >= 0 {
				places[i] = "addresses[" + strconv.Itoa(at) + "]"
			}
		}
	}
	err := w.policyAllows(fresh, places...)
	e, ok := errors.AsType[*dm.Error](err)
	if !ok || e.Reason != "target_not_allowed" {
		return err
	}
	if len(e.Faults) > 0 {
		return noGuest(e.Faults[0].Field)
	}
	return noGuest(e.Field)
}

// guestsAllowed leaves those whom the policy lets a requester let in.
func guestsAllowed(tx *store.Tx, dir *store.Directory, v *access.Viewer, f *store.Found, list []store.Guest) ([]store.Guest, error) {
	targets := make([]dm.Target, len(list))
	for i := range list {
		targets[i] = dm.Target{Kind: dm.TargetKind(list[i].Kind), ID: list[i].ID}
	}
	verdicts, err := policyOf(tx, dir, v, f).decide(targets)
	if err != nil {
		return nil, err
	}
	var allowed []store.Guest
	for i := range list {
		if verdicts[i].Allowed {
			allowed = append(allowed, list[i])
		}
	}
	return allowed, nil
}
