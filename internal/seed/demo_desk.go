package seed

import (
	_ "embed"

	dm "github.com/deskmesh/deskmesh"
)

// demoDesk is one account of the demo. Addresses without an @ are of the desk's
// own domain.
type demoDesk struct {
	slug, name   string
	peopleBrand  string // the second brand, of the HR inbox
	departments  []string
	companies    []demoCompany
	groups       []demoGroup
	agents       []demoAgent
	requesters   []demoRequester
	formerAgents []demoAgent // deactivated before the demo begins
	fields       []demoField
	statuses     []dm.TicketStatus
	script       string
}

type demoCompany struct{ name, manager string }

type demoGroup struct{ name, owner string }

type demoAgent struct {
	local, name string
	role        string // built-in, or noShareRole
	scope       dm.TicketScope
	groups      []string
	brands      []string // none: all
	inboxes     []string // by the part before the @; none: all
	language    string
}

type demoRequester struct{ address, name, department, company string }

type demoField struct {
	name    string
	kind    dm.FieldKind
	options []string
}

// The names that desks have in common.
const (
	noShareRole   = "Agent without sharing"
	inboxAccounts = "accounts"
	inboxHR       = "hr"
	inboxSupport  = "support"
	groupAccounts = "Accounts"
	groupHR       = "HR"
	groupSupport  = "Support"
	groupLegal    = "Legal"
	groupBilling  = "Billing"
)

//go:embed demo/acme.txt
var acmeScript string

//go:embed demo/globex.txt
var globexScript string

func (d *demoDesk) domain() string { return d.slug + ".example" }

// demoDesks gives the two desks. The first one answers for hosts that nobody has.
func demoDesks() []demoDesk { return []demoDesk{acme(), globex()} }

func acme() demoDesk {
	const brand, people = "Acme", "Acme People"
	return demoDesk{
		slug: "acme", name: brand, peopleBrand: people, script: acmeScript,
		departments: []string{"Sales", "Legal", "Engineering", "Operations"},
		companies:   []demoCompany{{"Northwind Bakery", "support.one"}, {"Kestrel Logistics", "support.two"}, {"Blue Harbor Hotels", "manager"}, {"Fjordline", "support.one"}},
		groups:      []demoGroup{{groupAccounts, "accounts.agent"}, {groupHR, "hr.agent"}, {groupSupport, "support.lead"}, {groupLegal, "legal.agent"}, {groupBilling, "manager"}},
		agents: []demoAgent{
			{local: "owner", name: "Ingrid Solheim", role: "owner", scope: dm.GlobalScope},
			{local: "admin", name: "Kenji Watanabe", role: "administrator", scope: dm.GlobalScope},
			{local: "manager", name: "Sofia Marchetti", role: "manager", scope: dm.GroupScope, groups: []string{groupBilling}, inboxes: []string{inboxSupport}},
			{local: "accounts.agent", name: "Amara Okafor", role: "agent", scope: dm.GroupScope, groups: []string{groupAccounts}, brands: []string{brand}, inboxes: []string{inboxAccounts}},
			{local: "hr.agent", name: "Daniel Reyes", role: "agent", scope: dm.GroupScope, groups: []string{groupHR}, brands: []string{people}, inboxes: []string{inboxHR}},
			{local: "hr.second", name: "Priya Raghavan", role: "agent", scope: dm.GroupScope, groups: []string{groupHR}, brands: []string{people}, inboxes: []string{inboxHR}},
			{local: "support.lead", name: "Malik Johnson", role: "manager", scope: dm.GroupScope, groups: []string{groupSupport}, inboxes: []string{inboxSupport}},
			{local: "support.one", name: "Elif Yılmaz", role: "agent", scope: dm.GroupScope, groups: []string{groupSupport}, inboxes: []string{inboxSupport}},
			{local: "support.two", name: "Chidi Eze", role: "agent", scope: dm.GroupScope, groups: []string{groupSupport}, inboxes: []string{inboxSupport}},
			{local: "legal.agent", name: "Margarethe Vogel", role: "agent", scope: dm.GroupScope, groups: []string{groupLegal}, inboxes: []string{inboxSupport}, language: "de"},
			{local: "billing.agent", name: "Nguyễn Thị Mai", role: "agent", scope: dm.GroupScope, groups: []string{groupBilling}, brands: []string{brand}},
			{local: "restricted.agent", name: "Tomasz Nowak", role: "agent", scope: dm.RestrictedScope},
			{local: "noshare.agent", name: "Leila Haddad", role: noShareRole, scope: dm.GlobalScope},
		},
		formerAgents: []demoAgent{{local: "former.agent", name: "Oskar Lindholm", role: "agent", scope: dm.GroupScope, groups: []string{groupSupport}}},
		requesters: []demoRequester{
			{"staff.one", "Hannah Brooks", "Sales", ""}, {"staff.two", "Mateo Álvarez", "Sales", ""}, {"staff.three", "Fatima Zahra El Idrissi", "Legal", ""},
			{"jonas.weber", "Jonas Weber", "Engineering", ""}, {"aisha.rahman", "Aisha Rahman", "Engineering", ""}, {"helena.costa", "Helena Costa", "Operations", ""},
			{"petra.lindgren@northwind.example", "Petra Lindgren", "", "Northwind Bakery"}, {"k.lund@northwind.example", "Karin Lund", "", "Northwind Bakery"},
			{"r.osei@kestrel.example", "Richard Osei", "", "Kestrel Logistics"}, {"it@kestrel.example", "Kestrel IT", "", "Kestrel Logistics"},
			{"d.marsh@blueharbor.example", "Dana Marsh", "", "Blue Harbor Hotels"}, {"m.eriksen@fjordline.example", "Marte Eriksen", "", "Fjordline"},
			{"anton.k@mailbox.example", "Anton K.", "", ""},
		},
		fields: []demoField{
			{"Order number", dm.FieldText, nil}, {"Cost centre", dm.FieldText, nil}, {"Product", dm.FieldChoice, []string{"Starter", "Team", "Enterprise"}},
			{"Contract end", dm.FieldDate, nil}, {"Priority customer", dm.FieldCheckbox, nil},
		},
		statuses: []dm.TicketStatus{{Name: "Waiting for supplier", Status: dm.StatusOnHold}},
	}
}

func globex() demoDesk {
	const brand, people = "Globex", "Globex Staff"
	return demoDesk{
		slug: "globex", name: brand, peopleBrand: people, script: globexScript,
		departments: []string{"Sales", "Legal", "Engineering"},
		companies:   []demoCompany{{"Larkspur Building", "support.one"}, {"Grandin Pumps", "manager"}},
		groups:      []demoGroup{{groupAccounts, "accounts.agent"}, {groupHR, "hr.agent"}, {groupSupport, "support.one"}, {groupLegal, "manager"}, {groupBilling, "support.one"}},
		agents: []demoAgent{
			{local: "owner", name: "Chen Mei-Ling", role: "owner", scope: dm.GlobalScope},
			{local: "manager", name: "Johanna Bergström", role: "manager", scope: dm.GroupScope, groups: []string{groupLegal}, inboxes: []string{inboxSupport}},
			{local: "accounts.agent", name: "Ravi Menon", role: "agent", scope: dm.GroupScope, groups: []string{groupAccounts}, brands: []string{brand}, inboxes: []string{inboxAccounts}},
			{local: "hr.agent", name: "Chloé Dubois", role: "agent", scope: dm.GroupScope, groups: []string{groupHR}, brands: []string{people}, inboxes: []string{inboxHR}},
			{local: "hr.second", name: "Kwame Mensah", role: "agent", scope: dm.GroupScope, groups: []string{groupHR}, brands: []string{people}, inboxes: []string{inboxHR}},
			{local: "support.one", name: "Valentina Rossi", role: "agent", scope: dm.GroupScope, groups: []string{groupSupport, groupBilling}, inboxes: []string{inboxSupport}},
			{local: "restricted.agent", name: "Anneke de Vries", role: "agent", scope: dm.RestrictedScope},
			{local: "noshare.agent", name: "João Pereira", role: noShareRole, scope: dm.GlobalScope},
		},
		requesters: []demoRequester{
			{"staff.one", "Lucy Hale", "Sales", ""}, {"staff.two", "Samuel Levi", "Sales", ""}, {"staff.three", "Nadia Petrova", "Legal", ""},
			{"billing@tessera.example", "Tessera Interiors", "", ""}, {"p.vance@larkspur.example", "Phil Vance", "", "Larkspur Building"},
			{"a.moreau@grandin.example", "Adèle Moreau", "", "Grandin Pumps"},
		},
		fields: []demoField{{"Order number", dm.FieldText, nil}, {"Cost centre", dm.FieldText, nil}},
	}
}

// DemoDomain gives the domain of the addresses of a demo desk; known is false
// for every other account.
func DemoDomain(slug string) (domain string, known bool) {
	for _, d := range demoDesks() {
		if d.slug == slug {
			return d.domain(), true
		}
	}
	return "", false
}
