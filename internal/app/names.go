package app

import (
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// History keeps ids; people read names. These functions translate the changes
// of a line for whoever may read the line.

func changedPeople(changes []dm.FieldChange) []int64 {
	var ids []int64
	for _, c := range changes {
		switch c.Field {
		case "assignee", "requester", "cc", "followers":
			ids = append(ids, parseIDs(c.Old)...)
			ids = append(ids, parseIDs(c.New)...)
		}
	}
	return ids
}

func parseIDs(text string) []int64 {
	var ids []int64
	for part := range strings.SplitSeq(text, ", ") {
		if id, err := strconv.ParseInt(part, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// namedChanges replaces ids by names.
func namedChanges(dir *store.Directory, people map[int64]dm.PersonRef, changes []dm.FieldChange) []dm.FieldChange {
	out := make([]dm.FieldChange, 0, len(changes))
	for _, c := range changes {
		var name func(string) string
		switch {
		case c.Field == "assignee", c.Field == "requester", c.Field == "cc", c.Field == "followers":
			name = func(text string) string {
				var names []string
				for _, id := range parseIDs(text) {
					names = append(names, people[id].Name)
				}
				return strings.Join(names, ", ")
			}
		case c.Field == "group":
			name = one(func(id int64) string { return dir.GroupName(id) })
		case c.Field == "inbox":
			name = one(func(id int64) string { return dir.Inboxes[id].Name })
		case c.Field == "department":
			name = one(func(id int64) string { return dir.Depts[id].Name })
		case strings.HasPrefix(c.Field, "field:"):
			id, _ := strconv.ParseInt(strings.TrimPrefix(c.Field, "field:"), 10, 64)
			c.Field = dir.Fields[id].Name
			name = func(text string) string { return text }
		default:
			name = func(text string) string { return text }
		}
		c.Old, c.New = name(c.Old), name(c.New)
		out = append(out, c)
	}
	return out
}

func one(name func(int64) string) func(string) string {
	return func(text string) string {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return ""
		}
		return name(id)
	}
}
