package deskmesh

// Permission is one right a role can give. Permissions of an agent's roles add
// up; no permission is given to a person directly.
type Permission string

// The permissions. The constants' comments are the written list that
// administrators read.
const (
	TicketsCreate Permission = "tickets.create" // file new tickets
	TicketsReply  Permission = "tickets.reply"  // send public replies
	TicketsNote   Permission = "tickets.note"   // add internal notes
	NotesRead     Permission = "notes.read"     // read internal notes
	TicketsEdit   Permission = "tickets.edit"   // change fields, tags, status, inbox
	TicketsAssign Permission = "tickets.assign" // change assignee and group
	TicketsFwd    Permission = "tickets.forward"
	TicketsShare  Permission = "tickets.share" // share and unshare
	TicketsMerge  Permission = "tickets.merge"
	TicketsDelete Permission = "tickets.delete" // delete and restore
	TicketsSpam   Permission = "tickets.spam"   // mark as spam and back
	TicketsExport Permission = "tickets.export" // write lists of tickets into files

	SharesManage   Permission = "shares.manage"   // see every share and end it; change those made by others on tickets one sees
	PeopleManage   Permission = "people.manage"   // agents, requesters, departments, companies
	RolesManage    Permission = "roles.manage"    // roles and who has them
	GroupsManage   Permission = "groups.manage"   // all groups
	InboxesManage  Permission = "inboxes.manage"  // brands and inboxes
	FieldsManage   Permission = "fields.manage"   // ticket fields and statuses
	ViewsManage    Permission = "views.manage"    // views for groups and everyone, and those of others
	SnippetsManage Permission = "snippets.manage" // snippets for groups and everyone
	MacrosManage   Permission = "macros.manage"   // macros for groups and everyone
	SettingsManage Permission = "settings.manage" // settings of the account
	TokensManage   Permission = "tokens.manage"   // own API tokens, and revoking those of others
	JobsManage     Permission = "jobs.manage"     // see and retry background jobs
	AuditRead      Permission = "audit.read"      // read the administrators' log
	WebhooksManage Permission = "webhooks.manage" // webhooks and their log
	RulesManage    Permission = "rules.manage"    // rules and their log
	PeopleErase    Permission = "people.erase"    // blank a person's name, addresses and raw mails
	PartnersManage Permission = "partners.manage" // agreements with other desks, and their log
	SecurityManage Permission = "security.manage" // sign-in providers: whoever decides which one is believed can become anybody
)

// Permissions is every permission, in the order administrators see them.
var Permissions = []Permission{
	TicketsCreate, TicketsReply, TicketsNote, NotesRead, TicketsEdit, TicketsAssign, TicketsFwd,
	TicketsShare, TicketsMerge, TicketsDelete, TicketsSpam, TicketsExport,
	SharesManage, PeopleManage, RolesManage, GroupsManage, InboxesManage, FieldsManage, ViewsManage, SnippetsManage, MacrosManage,
	SettingsManage, TokensManage, JobsManage, AuditRead, WebhooksManage, PeopleErase, SecurityManage, RulesManage, PartnersManage,
}

// PermissionSet is a set of permissions as bits in the order of Permissions.
type PermissionSet uint64

// bitOf maps a permission to its bit; built once, read only.
var bitOf = func() map[Permission]PermissionSet {
	bits := make(map[Permission]PermissionSet, len(Permissions))
	for i, p := range Permissions {
		bits[p] = 1 << i
	}
	return bits
}()

// PermissionsOf makes a set. Unknown names are left out.
func PermissionsOf(list ...Permission) PermissionSet {
	var set PermissionSet
	for _, p := range list {
		set |= bitOf[p]
	}
	return set
}

// AllPermissions is the set with every permission.
var AllPermissions = PermissionsOf(Permissions...)

// Has says whether p is in the set.
func (s PermissionSet) Has(p Permission) bool { b := bitOf[p]; return b != 0 && s&b == b }

// List gives the permissions of the set in their order.
func (s PermissionSet) List() []Permission {
	list := []Permission{}
	for _, p := range Permissions {
		if s.Has(p) {
			list = append(list, p)
		}
	}
	return list
}

// KnownPermission says whether name is in the written list.
func KnownPermission(name Permission) bool { return bitOf[name] != 0 }

// Role is a named set of permissions. Built-in roles can be cloned, not changed.
type Role struct {
	ID          int64
	Name        string
	BuiltIn     string // "owner", "administrator", "manager", "agent", or "" for own roles
	Permissions PermissionSet
}

// BuiltInRoles are the four roles every account starts with.
var BuiltInRoles = []Role{
	{Name: "Owner", BuiltIn: "owner", Permissions: AllPermissions},
	{Name: "Administrator", BuiltIn: "administrator", Permissions: AllPermissions &^ PermissionsOf(PeopleErase, SecurityManage)},
	{Name: "Manager", BuiltIn: "manager", Permissions: PermissionsOf(
		TicketsCreate, TicketsReply, TicketsNote, NotesRead, TicketsEdit, TicketsAssign, TicketsFwd,
		TicketsShare, TicketsMerge, TicketsDelete, TicketsSpam, TicketsExport, SharesManage, GroupsManage, ViewsManage, SnippetsManage, MacrosManage, TokensManage)},
	{Name: "Agent", BuiltIn: "agent", Permissions: PermissionsOf(
		TicketsCreate, TicketsReply, TicketsNote, NotesRead, TicketsEdit, TicketsAssign, TicketsFwd,
		TicketsShare, TicketsMerge, TicketsSpam, TokensManage)},
}
