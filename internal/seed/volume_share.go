package seed

import (
	dm "github.com/deskmesh/deskmesh"
)

// sparseShares is how many tickets are shared with the sparse viewer, and how
// many there must be in all for that.
const sparseShares = 20

// sharePlan says which tickets are shared how often: numbers of tickets, rising,
// in three lists that are read once from the beginning.
type sharePlan struct {
	crowd  []int // with the group that has many
	sparse []int // old ones, with the sparse viewer
	others []int // with anybody else; a number may come several times
}

func newSharePlan(o Options) *sharePlan {
	p := &sharePlan{}
	inMain := mainTickets(o.Tickets)
	for j := range o.Crowd {
		p.crowd = append(p.crowd, mainTicket(middle(j, o.Crowd, inMain)))
	}
	rest := o.Shares - o.Crowd
	if old := inMain / 5; rest >= 2*sparseShares && old >= sparseShares {
		for j := range sparseShares {
			p.sparse = append(p.sparse, mainTicket(middle(j, sparseShares, old)))
		}
		rest -= sparseShares
	}
	for j := range rest {
		p.others = append(p.others, recent(j, rest, o.Tickets))
	}
	return p
}

// middle gives the middle of part j of k equal parts of n.
func middle(j, k, n int) int { return int(uint64(2*j+1) * uint64(n) / uint64(2*k)) }

// recent spreads k numbers below n so that they lie the denser the larger they
// are: n(1-(1-f)²) for f = (j+½)/k.
func recent(j, k, n int) int {
	const one = 1 << 31
	left := one - uint64(2*j+1)<<30/uint64(k)
	return int(uint64(n) * (one - left*left>>31) >> 31)
}

// take removes the number i from the front of a list, as often as it stands
// there, and says how often that was.
func take(list *[]int, i int) int {
	n := 0
	for n < len(*list) && (*list)[n] == i {
		n++
	}
	*list = (*list)[n:]
	return n
}

// share plans the shares of ticket i. Tickets must come in their order.
func (v *volume) share(p *plannedTicket, i int) {
	dice := newDice(v.o.Seed, forShare, i)
	if take(&v.plan.crowd, i) > 0 {
		s := v.newShare(p, dm.Target{Kind: dm.TargetGroup, ID: p.desk.crowd}, dice)
		if dice.in(100) {
			s.ExpiresAt = endless
		}
		p.shares = append(p.shares, s)
	}
	if take(&v.plan.sparse, i) > 0 {
		p.shares = append(p.shares, v.newShare(p, dm.Target{Kind: dm.TargetAgent, ID: p.desk.sparse}, dice))
	}
	for range take(&v.plan.others, i) {
		s := v.newShare(p, v.target(p.desk, dice), dice)
		fate(&s, dice)
		if s.EndedAt == 0 && taken(p.shares, s.Target) {
			s.EndedAt, s.EndedBy, s.EndCause = later(s.CreatedAt, dice), s.CreatedBy, "revoked"
		}
		p.shares = append(p.shares, s)
	}
}

func taken(shares []dm.Share, target dm.Target) bool {
	for i := range shares {
		if shares[i].EndedAt == 0 && shares[i].Target == target {
			return true
		}
	}
	return false
}

// target chooses somebody: half of the shares go to groups, most of the others
// to agents, a few often.
func (v *volume) target(d *desk, dice *dice) dm.Target {
	switch n := dice.below(100); {
	case n < 50:
		return dm.Target{Kind: dm.TargetGroup, ID: d.groups[d.groupWheel.spin(dice)]}
	case n < 60 && d.grouped != 0:
		return dm.Target{Kind: dm.TargetAgent, ID: d.grouped}
	case n < 95:
		return dm.Target{Kind: dm.TargetAgent, ID: d.agents[d.agentWheel.spin(dice)]}
	}
	return dm.Target{Kind: dm.TargetRequester, ID: d.firstAsks + 1 + int64(dice.below(len(d.depts)-1))}
}

func (v *volume) newShare(p *plannedTicket, target dm.Target, dice *dice) dm.Share {
	t := &p.ticket
	s := dm.Share{TicketID: t.ID, Target: target, CreatedAt: later(t.CreatedAt, dice), CreatedBy: p.desk.someone(t, dice), Cause: dm.Cause{Kind: dm.CausePerson}}
	s.Level = dm.Levels[dice.below(3)]
	s.SeeInternal, s.ReplyPublic, s.CanReshare = dice.in(900), s.Level != dm.LevelView, dice.in(100)
	if dice.in(300) {
		s.Reason = v.words.subject(dice)
	}
	if dice.in(600) {
		s.OpenedAt = later(s.CreatedAt, dice)
	}
	if target.Kind == dm.TargetRequester {
		s.SeeInternal, s.CanReshare = false, false
		if s.Level == dm.LevelEdit {
			s.Level = dm.LevelComment
		}
	}
	return s
}

// fate decides how a share goes on: most are live, some have an end to come,
// some were ended by hand or by time, and one in a hundred has expired without
// anybody having ended it yet.
func fate(s *dm.Share, dice *dice) {
	switch n := dice.below(100); {
	case n < 60:
	case n < 75:
		s.ExpiresAt = endless
	case n < 90:
		s.EndedAt, s.EndedBy, s.EndCause = later(s.CreatedAt, dice), s.CreatedBy, "revoked"
	case n < 99:
		s.ExpiresAt = later(s.CreatedAt, dice)
		s.EndedAt, s.EndCause = s.ExpiresAt, "expired"
	default:
		s.ExpiresAt = later(s.CreatedAt, dice)
	}
}

// closing is the event of a share's end.
func closing(s *dm.Share) dm.EventKind {
	if s.EndCause == "expired" {
		return dm.ShareExpired
	}
	return dm.ShareRevoked
}
