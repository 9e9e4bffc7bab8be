package store

import (
	"encoding/json"
	"slices"

	dm "github.com/deskmesh/deskmesh"
)

// LoadedAccount is an account with what belongs to it alone. Accounts are
// loaded last, when their last ticket number is known.
type LoadedAccount struct {
	dm.Account
	LastNumber int64
	Hosts      []string
	Settings   map[string]string // key and text form
	Pairs      [][2]int64        // inboxes with the groups they hold tickets of
}

// LoadedPlaces is where an account's tickets lie and who can hold them.
type LoadedPlaces struct {
	Account     int64
	CreatedAt   dm.Time
	Brands      []dm.Brand
	Inboxes     []dm.Inbox
	Groups      []dm.Group // members come with the people
	Departments []dm.Department
	Roles       []dm.Role
}

// LoadedPerson is a person with addresses, roles, groups and reach.
type LoadedPerson struct {
	Account      int64
	PasswordHash string
	dm.Person
}

// LoadedTicket is a ticket with tags, CCs and followers. Its Shares is the
// number of shares not ended, its Messages that of its messages.
type LoadedTicket struct {
	Account int64
	dm.Ticket
}

// LoadedMessage is a message. A ticket's first one says so, and has the subject
// and the requester of the ticket.
type LoadedMessage struct {
	Account     int64
	First       bool
	Subject     string
	RequesterID int64
	dm.Message
}

// LoadedShare is a share with the list keys of its ticket.
type LoadedShare struct {
	Account   int64
	State     dm.ListState
	UpdatedAt dm.Time
	dm.Share
}

// LoadedEvent is a line of a ticket's history.
type LoadedEvent struct {
	Account int64
	dm.Event
}

var (
	bulkAccounts      = bulkTable{"accounts", []string{"id", "slug", "name", "base_url", "edition", "access_version", "last_number", "created_at"}}
	bulkHosts         = bulkTable{"hosts", []string{"name", "account_id"}}
	bulkSettings      = bulkTable{"settings", []string{"account_id", "name", "value"}}
	bulkBrands        = bulkTable{"brands", []string{"id", "account_id", "name", "name_folded", "active", "created_at"}}
	bulkInboxes       = bulkTable{"inboxes", []string{"id", "account_id", "brand_id", "name", "address", "address_folded", "default_group_id", "active", "created_at"}}
	bulkGroups        = bulkTable{"groups", []string{"id", "account_id", "name", "name_folded", "owner_id", "created_at"}}
	bulkDepartments   = bulkTable{"departments", []string{"id", "account_id", "name", "name_folded", "created_at"}}
	bulkRoles         = bulkTable{"roles", []string{"id", "account_id", "name", "name_folded", "built_in", "permissions", "created_at"}}
	bulkPairs         = bulkTable{"inbox_groups", []string{"account_id", "inbox_id", "group_id"}}
	bulkPeople        = bulkTable{"people", []string{"id", "account_id", "kind", "name", "name_folded", "address", "scope", "all_brands", "all_inboxes", "department_id", "active", "password_hash", "language", "created_at", "updated_at"}}
	bulkAddresses     = bulkTable{"addresses", []string{"id", "account_id", "person_id", "address", "folded", "is_primary"}}
	bulkPersonRoles   = bulkTable{"person_roles", []string{"account_id", "person_id", "role_id"}}
	bulkPersonBrands  = bulkTable{"person_brands", []string{"account_id", "person_id", "brand_id"}}
	bulkPersonInboxes = bulkTable{"person_inboxes", []string{"account_id", "person_id", "inbox_id"}}
	bulkMembers       = bulkTable{"group_members", []string{"account_id", "group_id", "person_id"}}
	bulkTags          = bulkTable{"tags", []string{"id", "account_id", "name"}}
	bulkTickets       = bulkTable{"tickets", []string{"id", "account_id", "number", "version", "subject", "status", "list_state", "priority", "type", "private", "spam", "deleted",
		"inbox_id", "group_id", "assignee_id", "requester_id", "creator_id", "department_id", "via", "share_count", "message_count", "preview", "preview_by", "created_at", "updated_at", "solved_at"}}
	bulkTicketTags = bulkTable{"ticket_tags", []string{"account_id", "tag_id", "ticket_id"}}
	bulkCCs        = bulkTable{"ticket_ccs", []string{"account_id", "ticket_id", "person_id", "ticket_list_state", "ticket_updated_at"}}
	bulkFollowers  = bulkTable{"ticket_followers", []string{"account_id", "ticket_id", "person_id"}}
	bulkMessages   = bulkTable{"messages", []string{"id", "account_id", "ticket_id", "kind", "author_id", "text", "html", "via", "created_at"}}
	bulkShares     = bulkTable{"shares", []string{"id", "account_id", "ticket_id", "target_kind", "target_id", "person_id", "group_id", "level", "see_internal", "reply_public", "forward", "can_reshare",
		"by_requester", "reason", "cause_kind", "created_by", "created_at", "expires_at", "opened_at", "ended_at", "ended_by", "end_cause", "ticket_list_state", "ticket_updated_at"}}
	bulkWords       = bulkTable{"search_words", []string{"account_id", "word"}}
	bulkPersonWords = bulkTable{"person_words", []string{"account_id", "word", "person_id"}}
	bulkEvents      = bulkTable{"events", []string{"id", "account_id", "ticket_id", "kind", "actor_id", "cause_kind", "internal", "data", "created_at"}}
)

// bulkNames lists every table that a load fills with rows.
func bulkNames() []string {
	var names []string
	for _, t := range []*bulkTable{&bulkAccounts, &bulkHosts, &bulkSettings, &bulkBrands, &bulkInboxes, &bulkGroups, &bulkDepartments, &bulkRoles, &bulkPairs,
		&bulkPeople, &bulkAddresses, &bulkPersonRoles, &bulkPersonBrands, &bulkPersonInboxes, &bulkMembers, &bulkTags, &bulkTickets, &bulkTicketTags,
		&bulkCCs, &bulkFollowers, &bulkMessages, &bulkShares, &bulkWords, &bulkPersonWords, &bulkEvents} {
		names = append(names, t.name)
	}
	return names
}

// Accounts loads accounts with their hosts and settings.
func (l *Loader) Accounts(list []LoadedAccount) error {
	var accounts, hosts, settings, pairs []any
	for i := range list {
		a := &list[i]
		accounts = append(accounts, a.ID, a.Slug, a.Name, a.BaseURL, a.Edition, a.AccessVersion, a.LastNumber, int64(a.CreatedAt))
		for _, h := range a.Hosts {
			hosts = append(hosts, h, a.ID)
		}
		for _, s := range dm.SettingList {
			if text, ok := a.Settings[s.Key]; ok {
				settings = append(settings, a.ID, s.Key, text)
			}
		}
		for _, pair := range a.Pairs {
			pairs = append(pairs, a.ID, pair[0], pair[1])
		}
	}
	return l.tables(part{&bulkPairs, pairs}, part{&bulkHosts, hosts}, part{&bulkSettings, settings}, part{&bulkAccounts, accounts})
}

// part is some rows of one table.
type part struct {
	table *bulkTable
	cells []any
}

func (l *Loader) tables(parts ...part) error {
	for _, p := range parts {
		if err := l.insert(p.table, p.cells); err != nil {
			return err
		}
	}
	return nil
}

// Places loads an account's brands, inboxes, groups, departments and roles.
func (l *Loader) Places(p *LoadedPlaces) error {
	var brands, inboxes, groups, departments, roles []any
	at := int64(p.CreatedAt)
	for _, b := range p.Brands {
		brands = append(brands, b.ID, p.Account, b.Name, Fold(b.Name), bit(b.Active), at)
	}
	for _, b := range p.Inboxes {
		inboxes = append(inboxes, b.ID, p.Account, b.BrandID, b.Name, b.Address, Fold(b.Address), none(b.DefaultGroupID), bit(b.Active), at)
	}
	for _, g := range p.Groups {
		groups = append(groups, g.ID, p.Account, g.Name, Fold(g.Name), none(g.OwnerID), at)
	}
	for _, d := range p.Departments {
		departments = append(departments, d.ID, p.Account, d.Name, Fold(d.Name), at)
	}
	for _, r := range p.Roles {
		text, err := permissionsText(r.Permissions)
		if err != nil {
			return err
		}
		roles = append(roles, r.ID, p.Account, r.Name, Fold(r.Name), r.BuiltIn, text, at)
	}
	return l.tables(part{&bulkBrands, brands}, part{&bulkGroups, groups}, part{&bulkInboxes, inboxes}, part{&bulkDepartments, departments},
		part{&bulkRoles, roles})
}

// People loads people. Others, CompanyID and HasPassword are not read.
func (l *Loader) People(list []LoadedPerson) error {
	var people, addresses, words, roles, brands, inboxes, members []any
	for i := range list {
		p := &list[i]
		scope := p.Scope
		if scope == "" {
			scope = dm.RestrictedScope
		}
		people = append(people, p.ID, p.Account, string(p.Kind), p.Name, foldedName(p.Name), p.Address, string(scope), bit(p.AllBrands), bit(p.AllInboxes),
			none(p.DepartmentID), bit(p.Active), p.PasswordHash, p.Language, int64(p.CreatedAt), int64(p.UpdatedAt))
		l.address++
		addresses = append(addresses, l.address, p.Account, p.ID, p.Address, Fold(p.Address), int64(1))
		l.askers[p.ID] = p.Name + " " + p.Address
		for _, word := range wordsOfPerson(p.Name, p.Address) {
			words = append(words, p.Account, word, p.ID)
		}
		roles = pairsOf(roles, p.Account, p.ID, p.Roles)
		brands = pairsOf(brands, p.Account, p.ID, p.Brands)
		inboxes = pairsOf(inboxes, p.Account, p.ID, p.Inboxes)
		for _, g := range p.Groups {
			members = append(members, p.Account, g, p.ID)
		}
	}
	return l.tables(part{&bulkPeople, people}, part{&bulkAddresses, addresses}, part{&bulkPersonWords, words}, part{&bulkPersonRoles, roles}, part{&bulkPersonBrands, brands},
		part{&bulkPersonInboxes, inboxes}, part{&bulkMembers, members})
}

func pairsOf(cells []any, account, id int64, others []int64) []any {
	for _, other := range others {
		cells = append(cells, account, id, other)
	}
	return cells
}

// Tickets loads tickets with their tags, CCs and followers. Own statuses, own
// fields and merges are not read.
func (l *Loader) Tickets(list []LoadedTicket) error {
	tickets := make([]any, 0, len(list)*len(bulkTickets.columns))
	var tags []tagRow
	var fresh, ccs, followers []any
	for i := range list {
		t := &list[i]
		state := int64(t.ListState())
		tickets = append(tickets, t.ID, t.Account, t.Number, t.Version, t.Subject, string(t.Status), state, priorityNumber(t.Priority), string(t.Type),
			bit(t.Private), bit(t.Spam), bit(t.Deleted), t.InboxID, none(t.GroupID), none(t.AssigneeID), t.RequesterID, none(t.CreatorID), none(t.DepartmentID),
			string(t.Via), int64(t.Shares), int64(t.Messages), t.Preview, none(t.PreviewBy), int64(t.CreatedAt), int64(t.UpdatedAt), none(t.SolvedAt))
		for _, name := range t.Tags {
			id := l.tags[tagKey{t.Account, name}]
			if id == 0 {
				id = int64(len(l.tags)) + 1
				l.tags[tagKey{t.Account, name}] = id
				fresh = append(fresh, id, t.Account, name)
			}
			tags = append(tags, tagRow{t.Account, id, t.ID})
		}
		for _, person := range t.CCs {
			ccs = append(ccs, t.Account, t.ID, person, state, int64(t.UpdatedAt))
		}
		followers = pairsOf(followers, t.Account, t.ID, t.Followers)
	}
	return l.tables(part{&bulkTags, fresh}, part{&bulkTickets, tickets}, part{&bulkTicketTags, sortedTags(tags)}, part{&bulkCCs, ccs}, part{&bulkFollowers, followers})
}

type tagRow struct{ account, tag, ticket int64 }

// sortedTags puts the rows in the order of their key, in which they are stored.
func sortedTags(rows []tagRow) []any {
	slices.SortFunc(rows, func(a, b tagRow) int {
		if a.account != b.account {
			return int(a.account - b.account)
		}
		if a.tag != b.tag {
			return int(a.tag - b.tag)
		}
		return int(a.ticket - b.ticket)
	})
	cells := make([]any, 0, len(rows)*3)
	for _, r := range rows {
		cells = append(cells, r.account, r.tag, r.ticket)
	}
	return cells
}

// Messages loads messages with their search documents.
func (l *Loader) Messages(list []LoadedMessage) error {
	cells := make([]any, 0, len(list)*len(bulkMessages.columns))
	docs := make([]searchDoc, len(list))
	for i := range list {
		m := &list[i]
		cells = append(cells, m.ID, m.Account, m.TicketID, string(m.Kind), none(m.AuthorID), m.Text, m.HTML, string(m.Via), int64(m.CreatedAt))
		docs[i] = searchDoc{account: m.Account, message: m.ID, first: m.First, internal: m.Internal(), body: m.Text}
		if m.First {
			docs[i].subject, docs[i].requester = m.Subject, l.askers[m.RequesterID]
		}
	}
	if err := l.insert(&bulkMessages, cells); err != nil {
		return err
	}
	return l.sink.search(docs)
}

// Shares loads shares, live, expired and ended ones.
func (l *Loader) Shares(list []LoadedShare) error {
	cells := make([]any, 0, len(list)*len(bulkShares.columns))
	for i := range list {
		s := &list[i]
		var person, group int64
		if s.Target.Kind == dm.TargetGroup {
			group = s.Target.ID
		} else {
			person = s.Target.ID
		}
		cells = append(cells, s.ID, s.Account, s.TicketID, string(s.Target.Kind), s.Target.ID, none(person), none(group), string(s.Level),
			bit(s.SeeInternal), bit(s.ReplyPublic), bit(s.Forward), bit(s.CanReshare), bit(s.Cause.Kind == dm.CauseRequester), s.Reason, string(s.Cause.Kind),
			none(s.CreatedBy), int64(s.CreatedAt), none(s.ExpiresAt), none(s.OpenedAt), none(s.EndedAt), none(s.EndedBy), s.EndCause, int64(s.State), int64(s.UpdatedAt))
	}
	return l.insert(&bulkShares, cells)
}

// Events loads lines of histories; of a cause only the kind is read.
func (l *Loader) Events(list []LoadedEvent) error {
	cells := make([]any, 0, len(list)*len(bulkEvents.columns))
	for i := range list {
		e := &list[i]
		data, err := json.Marshal(e.Data)
		if err != nil {
			return err
		}
		cells = append(cells, e.ID, e.Account, e.TicketID, string(e.Kind), none(e.ActorID), string(e.Cause.Kind), bit(e.Internal), string(data), int64(e.CreatedAt))
	}
	return l.insert(&bulkEvents, cells)
}
