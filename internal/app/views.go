package app

import "github.com/deskmesh/deskmesh/internal/store"

// The shapes of lists, under names for the doors, which know nothing of the
// store.
type (
	// ListQuery asks for one page of a view.
	ListQuery = store.ListQuery
	// View names a list of tickets.
	View = store.View
	// TicketName is what names a ticket to those who may open it.
	TicketName = store.TicketName
	// TicketRow is a ticket as lists show it.
	TicketRow = store.TicketRow
	// SearchedTicket is a ticket that a search found, and where its words stand.
	SearchedTicket = store.SearchedTicket
	// SearchMatch is the place of a search's words in a ticket.
	SearchMatch = store.SearchMatch
	// MessageRow is a message with its author as shown.
	MessageRow = store.MessageRow
)

// The views, as the API names them.
const (
	ViewAll            = store.ViewAll
	ViewMine           = store.ViewMine
	ViewUnassigned     = store.ViewUnassigned
	ViewSharedWithMe   = store.ViewSharedWithMe
	ViewSharedWithMine = store.ViewSharedWithMine
	ViewSharedByMe     = store.ViewSharedByMe
	ViewSpam           = store.ViewSpam
	ViewDeleted        = store.ViewDeleted
	ViewUnshared       = store.ViewUnshared
	ViewRequested      = store.ViewRequested
	ViewDepartment     = store.ViewDepartment
)
