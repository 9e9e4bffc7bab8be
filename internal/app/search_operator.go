package app

import (
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/search"
	"github.com/deskmesh/deskmesh/internal/store"
)

// searchedPeople bounds the people that a name in a search stands for.
const searchedPeople = 50

// operator makes a condition of an operator. False means that it says nothing
// in this account or to this reader, and is meant as words.
func (u *understood) operator(tx *store.Tx, dir *store.Directory, v *access.Viewer, op *search.Operator) (bool, error) {
	if !v.IsAgent() && !requestersMay(op) {
		return false, nil
	}
	switch op.Key {
	case search.From:
		return u.people(tx, v, op, dm.FieldKeyRequester, "")
	case search.To:
		if nobody[strings.ToLower(op.Value)] {
			u.narrow(op.Not, dm.Condition{Field: dm.FieldKeyAssignee, Op: dm.OpEmpty})
			return true, nil
		}
		return u.people(tx, v, op, dm.FieldKeyAssignee, dm.Agent)
	case search.Tag:
		tag := strings.ToLower(strings.Join(strings.Fields(op.Value), " "))
		u.narrow(op.Not, dm.Condition{Field: dm.FieldKeyTags, Op: dm.OpHasAny, Values: []dm.ConditionValue{{Kind: dm.TextValue, Text: tag}}})
		return true, nil
	case search.Status:
		return u.status(dir, op), nil
	case search.Is:
		return u.is(v, op), nil
	case search.In:
		return u.place(dir, op), nil
	}
	return false, nil
}

// requestersMay says whether an operator asks about nothing that only agents
// know, such as other people's addresses.
func requestersMay(op *search.Operator) bool {
	return op.Key == search.Status || op.Key == search.Is || op.Key == search.From && strings.EqualFold(op.Value, "me")
}

var nobody = map[string]bool{"nobody": true, "none": true}

// people narrows to those whom the value names: "me", an address, or the
// beginnings of words of a name or address.
func (u *understood) people(tx *store.Tx, v *access.Viewer, op *search.Operator, field string, kind dm.PersonKind) (bool, error) {
	leaf := dm.Condition{Field: field, Op: dm.OpIn}
	if strings.EqualFold(op.Value, "me") {
		leaf.Values = []dm.ConditionValue{{Kind: dm.SelfValue, Text: "me"}}
		u.narrow(op.Not, leaf)
		return true, nil
	}
	id, err := tx.PersonIDByAddress(v.Account(), op.Value)
	ids := []int64{id}
	if dm.CodeOf(err) == dm.NotFound {
		ids, err = tx.PeopleByWords(v.Account(), kind, op.Value, searchedPeople)
	}
	if err != nil {
		return true, err
	}
	for _, id := range ids {
		leaf.Values = append(leaf.Values, dm.ConditionValue{Kind: dm.IDValue, ID: id})
	}
	switch {
	case len(ids) > 0:
		u.narrow(op.Not, leaf)
	case !op.Not:
		u.none = true
	}
	return true, nil
}

// status narrows to a built-in status or one of the account's own.
func (u *understood) status(dir *store.Directory, op *search.Operator) bool {
	want := wordsOf(op.Value)
	for _, s := range dm.Statuses {
		if wordsOf(string(s)) == want || strings.ReplaceAll(wordsOf(string(s)), " ", "") == want {
			u.narrow(op.Not, dm.Condition{Field: dm.FieldKeyStatus, Op: dm.OpIs, Values: []dm.ConditionValue{{Kind: dm.TextValue, Text: string(s)}}})
			return true
		}
	}
	for id, s := range dir.Statuses {
		if want != "" && wordsOf(s.Name) == want {
			u.narrow(op.Not, dm.Condition{Field: dm.FieldKeyOwnStatus, Op: dm.OpIs, Values: []dm.ConditionValue{{Kind: dm.IDValue, ID: id}}})
			return true
		}
	}
	return false
}

// is narrows to open and done tickets, and for agents to unassigned ones.
func (u *understood) is(v *access.Viewer, op *search.Operator) bool {
	switch value := strings.ToLower(op.Value); {
	case value == "open" || value == "done":
		u.narrow(op.Not, dm.Condition{Field: dm.FieldKeyState, Op: dm.OpIs, Values: []dm.ConditionValue{{Kind: dm.TextValue, Text: value}}})
	case value == "unassigned" && v.IsAgent():
		u.narrow(op.Not, dm.Condition{Field: dm.FieldKeyAssignee, Op: dm.OpEmpty})
	default:
		return false
	}
	return true
}

// place narrows to the inboxes, by name or address, and groups whose words
// begin with those of the value.
func (u *understood) place(dir *store.Directory, op *search.Operator) bool {
	want := wordsOf(op.Value)
	if want == "" {
		return false
	}
	fits := func(texts ...string) bool {
		return slices.ContainsFunc(texts, func(text string) bool { return strings.HasPrefix(wordsOf(text)+" ", want+" ") })
	}
	inboxes := dm.Condition{Field: dm.FieldKeyInbox, Op: dm.OpIn}
	for id, b := range dir.Inboxes {
		if fits(b.Name, b.Address) {
			inboxes.Values = append(inboxes.Values, dm.ConditionValue{Kind: dm.IDValue, ID: id})
		}
	}
	groups := dm.Condition{Field: dm.FieldKeyGroup, Op: dm.OpIn}
	for id, g := range dir.Groups {
		if fits(g.Name) {
			groups.Values = append(groups.Values, dm.ConditionValue{Kind: dm.IDValue, ID: id})
		}
	}
	places := slices.DeleteFunc([]dm.Condition{inboxes, groups}, func(c dm.Condition) bool { return len(c.Values) == 0 })
	switch {
	case len(places) == 0:
		return false
	case op.Not:
		for _, c := range places {
			u.narrow(true, c)
		}
	case len(places) == 1:
		u.narrow(false, places[0])
	default:
		u.filter = dm.And(u.filter, dm.Condition{Any: places})
	}
	return true
}

// wordsOf gives a text as its words with spaces between.
func wordsOf(text string) string {
	var words []string
	for _, w := range search.Words(text) {
		words = append(words, w.Text)
	}
	return strings.Join(words, " ")
}
