package seed

import (
	"fmt"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

const (
	smallDesks = 4 // accounts beside the main one
	members30  = 30
	crowdSize  = 12
	tagCount   = 200
)

// desk is one account with what its tickets choose from.
type desk struct {
	account   int64
	slug      string
	places    store.LoadedPlaces
	inboxes   []int64
	groups    []int64   // those that hold tickets
	members   [][]int64 // of each of groups
	owner     int64
	agents    []int64 // ordinary ones
	people    []store.LoadedPerson
	depts     []int64 // of each requester; 0 none
	firstAsks int64   // id of the first requester
	number    int64   // of the last ticket
	pairs     map[[2]int64]bool

	inboxWheel, groupWheel, agentWheel, askWheel, tagWheel wheel

	// Of the main desk.
	crowd, thirty                   int64
	sparse, mine, grouped, fifteens int64
}

func (v *volume) newDesk(i int) *desk {
	d := &desk{account: int64(i + 1), slug: "volume", pairs: map[[2]int64]bool{}}
	agents, groups, inboxes, brands, asks, depts := v.o.Agents, v.o.Groups, 10, 3, min(max(2*v.o.Tickets, 100), 20_000), 100
	if i > 0 {
		d.slug = fmt.Sprintf("vol%d", i+1)
		agents, groups, inboxes, brands, asks, depts = max(agents/10, 2), max(groups/5, 1), 2, 1, max(asks/20, 20), 5
	}
	v.addPlaces(d, brands, inboxes, groups, depts, i == 0)
	d.inboxWheel, d.groupWheel = newWheel(len(d.inboxes), 1), newWheel(len(d.groups), 1)
	d.askWheel, d.tagWheel = newWheel(asks, 50), newWheel(tagCount, 5)
	d.members = make([][]int64, len(d.groups))
	if i == 0 {
		agents -= v.addViewers(d)
	} else {
		d.owner = v.addPerson(d, dm.Person{Kind: dm.Agent, Name: "Olive Owner", Address: "owner@" + d.domain(), Roles: d.role(0), Scope: dm.GlobalScope, AllBrands: true, AllInboxes: true})
		agents--
	}
	v.addAgents(d, agents)
	d.agentWheel = newWheel(len(d.agents), 3)
	v.addRequesters(d, asks, i == 0)
	return d
}

func (d *desk) domain() string { return d.slug + ".example" }

// role gives the id of a built-in role by its place in dm.BuiltInRoles.
func (d *desk) role(i int) []int64 { return []int64{d.places.Roles[i].ID} }

const agentRole = 3

func (v *volume) addPlaces(d *desk, brands, inboxes, groups, depts int, main bool) {
	p := &d.places
	p.Account, p.CreatedAt = d.account, volumeBegin
	for i := range brands {
		p.Brands = append(p.Brands, dm.Brand{ID: raise(&v.ids.brand), Name: brandNames[i], Active: true})
	}
	for i := range groups {
		g := dm.Group{ID: raise(&v.ids.group), Name: numbered(groupNames, i)}
		switch {
		case main && i == groups-2:
			g.Name, d.crowd = CrowdGroup, g.ID
		case main && i == groups-1:
			g.Name, d.thirty = ThirtyGroup, g.ID
		default:
			d.groups = append(d.groups, g.ID)
		}
		p.Groups = append(p.Groups, g)
	}
	for i := range inboxes {
		b := dm.Inbox{ID: raise(&v.ids.inbox), BrandID: p.Brands[i%brands].ID, Name: inboxNames[i], Active: true}
		b.Address = fmt.Sprintf("inbox%d@%s", i+1, d.domain())
		b.DefaultGroupID = d.groupAt(i, 0)
		d.inboxes = append(d.inboxes, b.ID)
		p.Inboxes = append(p.Inboxes, b)
	}
	for i := range depts {
		p.Departments = append(p.Departments, dm.Department{ID: raise(&v.ids.department), Name: numbered(departmentNames, i)})
	}
	for _, r := range dm.BuiltInRoles {
		r.ID = raise(&v.ids.role)
		p.Roles = append(p.Roles, r)
	}
}

// groupAt gives the group that is on a rank in an inbox: each inbox has
// favourites of its own.
func (d *desk) groupAt(inbox, rank int) int64 { return d.groups[(rank+3*inbox)%len(d.groups)] }

func raise(id *int64) int64 {
	*id++
	return *id
}

// addPerson adds somebody with the account's password, and to the groups the
// person names.
func (v *volume) addPerson(d *desk, p dm.Person) int64 {
	p.ID, p.Active, p.CreatedAt, p.UpdatedAt = raise(&v.ids.person), true, volumeBegin, volumeBegin
	person := store.LoadedPerson{Account: d.account, PasswordHash: passwordHash, Person: p}
	for _, g := range p.Groups {
		if i := slices.Index(d.groups, g); i >= 0 {
			d.members[i] = append(d.members[i], p.ID)
		}
	}
	d.people = append(d.people, person)
	return p.ID
}

// addViewers adds the people who stand for a kind of viewer and says how many
// they are.
func (v *volume) addViewers(d *desk) int {
	agent := func(name, address string, scope dm.TicketScope, groups []int64, inboxes []int64) int64 {
		return v.addPerson(d, dm.Person{Kind: dm.Agent, Name: name, Address: address, Roles: d.role(agentRole), Scope: scope,
			AllBrands: true, AllInboxes: inboxes == nil, Inboxes: inboxes, Groups: groups})
	}
	d.owner = v.addPerson(d, dm.Person{Kind: dm.Agent, Name: "Fay Full", Address: FullAddress, Roles: d.role(0), Scope: dm.GlobalScope, AllBrands: true, AllInboxes: true})
	agent("Tom Typical", TypicalAddress, dm.GroupScope, d.groups[:2], d.inboxes[:1])
	d.sparse = agent("Sid Sparse", SparseAddress, dm.RestrictedScope, nil, nil)
	d.mine = agent("Mia Mine", MineAddress, dm.GroupScope, d.groups[len(d.groups)-1:], nil)
	agent("Will Wide", WideAddress, dm.GroupScope, d.groups[:min(10, len(d.groups))], d.inboxes[:8])
	d.grouped = agent("Greta Grouped", GroupedAddress, dm.RestrictedScope, []int64{d.crowd}, nil)
	agent("Ted Target", TargetAddress, dm.RestrictedScope, nil, nil)
	return len(d.people)
}

// addAgents adds ordinary agents. Each group gets one of them at least.
func (v *volume) addAgents(d *desk, n int) {
	for i := range max(n, 1) {
		dice := newDice(v.o.Seed, 10, int(d.account), i)
		p := dm.Person{Kind: dm.Agent, Name: fullName(dice), Address: fmt.Sprintf("agent%d@%s", i+1, d.domain()), Scope: dm.GroupScope,
			AllBrands: true, AllInboxes: dice.in(700), Roles: d.role(agentRole)}
		switch dice.below(10) {
		case 0:
			p.Scope, p.Roles = dm.GlobalScope, d.role(2)
		case 1:
			p.Scope = dm.RestrictedScope
		}
		p.Groups = append(p.Groups, d.groups[i%len(d.groups)])
		for range dice.below(3) {
			if g := d.groups[d.groupWheel.spin(dice)]; !slices.Contains(p.Groups, g) {
				p.Groups = append(p.Groups, g)
			}
		}
		if d.thirty != 0 && i < members30 {
			p.Groups = append(p.Groups, d.thirty)
		}
		if d.crowd != 0 && i >= members30 && i < members30+crowdSize {
			p.Groups = append(p.Groups, d.crowd)
		}
		if !p.AllInboxes {
			first := dice.below(len(d.inboxes))
			for k := range 1 + dice.below(3) {
				if b := d.inboxes[(first+k)%len(d.inboxes)]; !slices.Contains(p.Inboxes, b) {
					p.Inboxes = append(p.Inboxes, b)
				}
			}
		}
		d.agents = append(d.agents, v.addPerson(d, p))
	}
	for i := range d.members {
		if len(d.members[i]) == 0 {
			v.join(d, i, d.agents[i%len(d.agents)])
		}
	}
}

// join adds an agent to a group that would have no member.
func (v *volume) join(d *desk, group int, person int64) {
	d.members[group] = append(d.members[group], person)
	p := &d.people[person-d.people[0].ID]
	if !slices.Contains(p.Groups, d.groups[group]) {
		p.Groups = append(p.Groups, d.groups[group])
	}
}

// addRequesters adds the people who ask; in the main desk the first one is the
// requester with fifteen tickets.
func (v *volume) addRequesters(d *desk, n int, main bool) {
	d.firstAsks = v.ids.person + 1
	for i := range n {
		dice := newDice(v.o.Seed, 11, int(d.account), i)
		p := dm.Person{Kind: dm.Requester, Name: fullName(dice), Address: fmt.Sprintf("person%d@%s", i, d.domain())}
		if main && i == 0 {
			p.Name, p.Address = "Rita Requester", RequesterAddress
		}
		if dice.in(700) {
			p.DepartmentID = d.places.Departments[dice.below(len(d.places.Departments))].ID
		}
		d.depts = append(d.depts, p.DepartmentID)
		v.addPerson(d, p)
	}
	if main {
		d.fifteens = d.firstAsks
	}
}

func fullName(d *dice) string {
	return firstNames[d.below(len(firstNames))] + " " + lastNames[d.below(len(lastNames))]
}

// loadDesks loads all but tickets and the accounts themselves.
func (v *volume) loadDesks(l *store.Loader) error {
	for _, d := range v.desks {
		if err := l.Places(&d.places); err != nil {
			return err
		}
		if err := l.People(d.people); err != nil {
			return err
		}
		d.people = nil
	}
	return nil
}

// accounts gives the accounts when all tickets are made.
func (v *volume) accounts() []store.LoadedAccount {
	var list []store.LoadedAccount
	for i, d := range v.desks {
		host := d.slug + ".localhost"
		a := store.LoadedAccount{
			Account: dm.Account{ID: d.account, Slug: d.slug, Name: "Volume", BaseURL: "http://" + host + ":8080", Edition: "community", AccessVersion: 1, CreatedAt: volumeBegin},
			Hosts:   []string{host}, LastNumber: d.number, Settings: map[string]string{"sharing.enabled": "true"},
		}
		if i == 0 {
			a.Hosts = append(a.Hosts, "localhost")
		} else {
			a.Name = fmt.Sprintf("Volume %d", i+1)
		}
		for pair := range d.pairs {
			a.Pairs = append(a.Pairs, pair)
		}
		slices.SortFunc(a.Pairs, func(x, y [2]int64) int { return slices.Compare(x[:], y[:]) })
		list = append(list, a)
	}
	return list
}
