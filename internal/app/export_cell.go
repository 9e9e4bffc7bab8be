package app

import (
	"strconv"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// safeCell makes a text that no spreadsheet takes for a formula: what begins
// like one gets an apostrophe in front. The full-width forms count, since some
// programs fold them; so do tab and line ends, which they skip.
func safeCell(text string) string {
	for _, start := range [...]string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(text, start) {
			return "'" + text
		}
	}
	return text
}

// cellsOf gives a ticket's cells in the order of the columns.
func cellsOf(columns []string, t *store.TicketRow, dir *Directory) []string {
	cells := make([]string, len(columns))
	for i, column := range columns {
		cells[i] = safeCell(cellOf(column, t, dir))
	}
	return cells
}

// headerOf gives the first line: the columns as the API names them, and own
// fields by their names.
func headerOf(columns []string, dir *Directory) []string {
	cells := make([]string, len(columns))
	for i, column := range columns {
		if field := dm.FieldColumn(column); field != 0 {
			column = dir.Fields[field].Name
		}
		cells[i] = safeCell(column)
	}
	return cells
}

func cellOf(column string, t *store.TicketRow, dir *Directory) string {
	if field := dm.FieldColumn(column); field != 0 {
		for i := range t.Fields {
			if t.Fields[i].FieldID == field {
				return t.Fields[i].Value
			}
		}
		return ""
	}
	switch column {
	case "number":
		return strconv.FormatInt(t.Number, 10)
	case "subject":
		return t.Subject
	case "status":
		if own, ok := dir.Statuses[t.StatusID]; ok {
			return own.Name
		}
		return string(t.Status)
	case "priority":
		return string(t.Priority)
	case "type":
		return string(t.Type)
	case "private":
		return strconv.FormatBool(t.Private)
	case "inbox":
		return dir.Inboxes[t.InboxID].Name
	case "brand":
		return dir.BrandOf(t.InboxID).Name
	case "group":
		return dir.GroupName(t.GroupID)
	case "assignee":
		return t.Assignee.Name
	case "requester":
		return t.Requester.Name
	case "requester_address":
		return t.Requester.Address
	case "department":
		return dir.Depts[t.DepartmentID].Name
	case "tags":
		return strings.Join(t.Tags, ", ")
	case "shares":
		return strconv.Itoa(t.Shares)
	case "created_at":
		return timeCell(t.CreatedAt)
	case "updated_at":
		return timeCell(t.UpdatedAt)
	case "solved_at":
		return timeCell(t.SolvedAt)
	case "sla":
		return timeCell(dm.NextDue(t.Clocks))
	}
	return ""
}

func timeCell(at dm.Time) string {
	if at == 0 {
		return ""
	}
	return at.Std().UTC().Format(time.RFC3339)
}
