package httpapi

import (
	"context"
	"net/http"

	dm "github.com/deskmesh/deskmesh"
)

// permissionHelp says in a sentence what each permission lets an agent do.
var permissionHelp = map[dm.Permission]string{
	dm.TicketsCreate: "File new tickets.",
	dm.TicketsReply:  "Send public replies, which requesters get by mail.",
	dm.TicketsNote:   "Add internal notes.",
	dm.NotesRead:     "Read internal notes.",
	dm.TicketsEdit:   "Change the properties of a ticket, such as its status, tags, fields and inbox.",
	dm.TicketsAssign: "Change who a ticket is assigned to and which group it belongs to.",
	dm.TicketsFwd:    "Forward a ticket and bring in new addresses.",
	dm.TicketsShare:  "Share tickets with agents and groups, and end shares.",
	dm.TicketsMerge:  "Merge a ticket into another one.",
	dm.TicketsDelete: "Delete tickets and restore them.",
	dm.TicketsSpam:   "Mark tickets as spam and take the mark away.",
	dm.TicketsExport: "Write lists of tickets into files and fetch them.",

	dm.SharesManage:   "Change and end shares that others made, on tickets that one can open.",
	dm.PeopleManage:   "Keep agents, requesters, departments and companies.",
	dm.RolesManage:    "Keep roles and decide who has them.",
	dm.GroupsManage:   "Keep all groups and their members.",
	dm.InboxesManage:  "Keep brands and inboxes.",
	dm.FieldsManage:   "Keep own ticket fields and statuses.",
	dm.ViewsManage:    "Make views for every agent and for any group, change and delete the views of others, and deactivate system views.",
	dm.MacrosManage:   "Make macros for groups and for every agent, and change, order and delete those of others.",
	dm.SnippetsManage: "Make snippets for groups and for every agent, and change and delete those of others.",
	dm.SettingsManage: "Change the settings of the account.",
	dm.TokensManage:   "Make API tokens for oneself.",
	dm.JobsManage:     "See background jobs, run them again and cancel them.",
	dm.AuditRead:      "Read the administrators' log.",
	dm.WebhooksManage: "Keep webhooks and read their log.",
	dm.PartnersManage: "Invite other desks, accept their invitations, and read what goes between them.",
	dm.RulesManage:    "Keep rules and read their log.",
	dm.SecurityManage: "Keep the sign-in providers. Whoever decides which provider is believed can become anybody, so give it to few.",
	dm.PeopleErase:    "Blank a person for good: their name, addresses and raw mails.",
}

type permissionJSON struct {
	Name dm.Permission `json:"name"`
	Help string        `json:"help"`
}

// permissionRoutes is the written list of what roles are made of.
func permissionRoutes(a *API) {
	route(a, operation(http.MethodGet, "/permissions", "list-permissions", "Every permission that a role can give", "roles"), agents,
		func(context.Context, *caller, *struct{}) (*pageAnswer[permissionJSON], error) {
			list := each(dm.Permissions, func(p *dm.Permission) permissionJSON { return permissionJSON{*p, permissionHelp[*p]} })
			return &pageAnswer[permissionJSON]{pageOf(list, "")}, nil
		})
}
