package app

import (
	"context"
	"slices"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Limits of macros.
const (
	maxMacroName     = 100
	maxMacroText     = 500 // of a description, in characters
	maxPrivateMacros = 200 // of one person
	maxSharedMacros  = 500 // of an account
)

// MacroView is a macro with the names that explain it.
type MacroView struct {
	dm.Macro
	Group      string
	Owner      dm.PersonRef
	Changeable bool
}

// MacroPatch sets a macro's properties; nil leaves a value as it is.
type MacroPatch struct {
	Name        *string
	Description *string
	Actions     *[]dm.Action // as dm.ParseActions gives them
	Enabled     *bool
	Scope       *dm.SnippetScope
	GroupID     *int64 // 0 none
}

// hasMacro says whether the viewer can use a macro. Private ones are nobody
// else's business, whatever their permissions.
func hasMacro(v *access.Viewer, m *dm.Macro) bool {
	if !v.IsAgent() {
		return false
	}
	switch m.Scope {
	case dm.SnippetPrivate:
		return m.OwnerID == v.Person()
	case dm.SnippetGroup:
		return slices.Contains(v.Groups(), m.GroupID) || v.Can(dm.MacrosManage)
	}
	return true
}

// mayKeepMacros refuses whoever may make no macros at all. A token's scopes
// name no right to macros but macros.manage, so it needs that one.
func mayKeepMacros(v *access.Viewer) error {
	if !v.IsAgent() || v.ByToken() && !v.Can(dm.MacrosManage) {
		return dm.ErrForbidden
	}
	return nil
}

// mayChangeMacro says whether the viewer may change a macro that they have.
func mayChangeMacro(v *access.Viewer, m *dm.Macro) bool {
	return mayKeepMacros(v) == nil && (m.Scope == dm.SnippetPrivate || v.Can(dm.MacrosManage))
}

// Macros lists the macros that the viewer can use, in their order: those with
// the words of the page's query in their names, in any case, and with enabled
// only those that can be run.
func (a *App) Macros(ctx context.Context, v *access.Viewer, p Page, enabled bool) ([]MacroView, string, error) {
	if err := requireAgent(v); err != nil {
		return nil, "", err
	}
	skip := 0
	if p.Cursor != "" {
		var err error
		if skip, err = strconv.Atoi(p.Cursor); err != nil || skip < 1 || skip > maxPrivateMacros+maxSharedMacros {
			return nil, "", dm.BadField("cursor", "The cursor does not belong to this list.")
		}
	}
	return fetchPage(ctx, a, func(tx *store.Tx) ([]MacroView, string, error) {
		names, err := tx.MacroNames(v.Account(), v.Person(), v.Groups(), v.Can(dm.MacrosManage))
		if err != nil {
			return nil, "", err
		}
		words := strings.Fields(store.Fold(p.Query))
		names = slices.DeleteFunc(names, func(n store.MacroName) bool {
			return enabled && !n.Enabled || slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(n.Folded, w) })
		})
		names = names[min(skip, len(names)):]
		next := ""
		if len(names) > p.Limit {
			names, next = names[:p.Limit], strconv.Itoa(skip+p.Limit)
		}
		ids := make([]int64, len(names))
		for i := range names {
			ids[i] = names[i].ID
		}
		list, err := tx.Macros(v.Account(), ids)
		if err != nil {
			return nil, "", err
		}
		views, err := viewMacros(tx, v, list)
		return views, next, err
	})
}

func viewMacros(tx *store.Tx, v *access.Viewer, list []dm.Macro) ([]MacroView, error) {
	dir, err := tx.Directory(v.Account())
	if err != nil {
		return nil, err
	}
	var ids []int64
	for i := range list {
		ids = append(ids, list[i].OwnerID)
	}
	people, err := tx.PeopleRefs(v.Account(), distinct(ids))
	if err != nil {
		return nil, err
	}
	views := make([]MacroView, len(list))
	for i, m := range list {
		views[i] = MacroView{Macro: m, Group: dir.GroupName(m.GroupID), Owner: people[m.OwnerID], Changeable: mayChangeMacro(v, &m)}
	}
	return views, nil
}

// Macro gives one macro that the viewer can use; else NotFound.
func (a *App) Macro(ctx context.Context, v *access.Viewer, id int64) (*MacroView, error) {
	return fetch(ctx, a, func(tx *store.Tx) (*MacroView, error) {
		m, err := macroOf(tx, v, id)
		if err != nil {
			return nil, err
		}
		views, err := viewMacros(tx, v, []dm.Macro{*m})
		if err != nil {
			return nil, err
		}
		return &views[0], nil
	})
}

func macroOf(tx *store.Tx, v *access.Viewer, id int64) (*dm.Macro, error) {
	m, err := tx.Macro(v.Account(), id)
	if err == nil && !hasMacro(v, m) {
		return nil, dm.Missing("macro")
	}
	return m, err
}

// CreateMacro makes a macro, the last one in the order, and gives its id. Every
// agent may make private ones; those for a group or for everyone need
// macros.manage.
func (a *App) CreateMacro(ctx context.Context, v *access.Viewer, p MacroPatch) (int64, error) {
	var id int64
	err := a.administer(ctx, v, "", func(t *act) error {
		m := &dm.Macro{OwnerID: t.viewer.Person(), Scope: dm.SnippetPrivate, Enabled: true}
		if p.Name == nil {
			p.Name = &m.Name
		}
		if p.Actions == nil {
			p.Actions = &m.Actions
		}
		if err := t.patchMacro(m, &p); err != nil {
			return err
		}
		if err := t.roomForMacro(m); err != nil {
			return err
		}
		var err error
		if id, err = t.tx.CreateMacro(t.account, m); err != nil {
			return err
		}
		return t.logMacro("macro.created", m.Scope, id)
	})
	return id, err
}

// UpdateMacro changes a macro. Its owner changes a private one; any other needs
// macros.manage, and so does making one for others.
func (a *App) UpdateMacro(ctx context.Context, v *access.Viewer, id int64, p MacroPatch) error {
	return a.administer(ctx, v, "", func(t *act) error {
		m, err := t.changeableMacro(id)
		if err != nil {
			return err
		}
		old := *m
		if err := t.patchMacro(m, &p); err != nil {
			return err
		}
		if (m.Scope == dm.SnippetPrivate) != (old.Scope == dm.SnippetPrivate) {
			if err := t.roomForMacro(m); err != nil {
				return err
			}
		}
		if err := t.tx.SaveMacro(t.account, m); err != nil {
			return err
		}
		if old.Scope != dm.SnippetPrivate {
			return t.log("macro.updated", "macro", m.ID)
		}
		return t.logMacro("macro.updated", m.Scope, m.ID)
	})
}

// DeleteMacro removes a macro, for whoever may change it. What it did stays.
func (a *App) DeleteMacro(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, "", func(t *act) error {
		m, err := t.changeableMacro(id)
		if err != nil {
			return err
		}
		if err := t.tx.DeleteMacro(t.account, m.ID); err != nil {
			return err
		}
		return t.logMacro("macro.deleted", m.Scope, m.ID)
	})
}

// OrderMacros puts macros that the viewer may change into the given order: they
// take the places that they have among all, so that others stay where they are.
func (a *App) OrderMacros(ctx context.Context, v *access.Viewer, ids []int64) error {
	return a.administer(ctx, v, "", func(t *act) error {
		list := make([]*dm.Macro, len(ids))
		places := make([]int, len(ids))
		shared := false
		for i, id := range ids {
			m, err := t.changeableMacro(id)
			if dm.CodeOf(err) == dm.NotFound || slices.Contains(ids[:i], id) {
				return dm.BadField("ids["+strconv.Itoa(i)+"]", "There is no such macro, or it is named twice.")
			}
			if err != nil {
				return err
			}
			list[i], places[i], shared = m, m.Position, shared || m.Scope != dm.SnippetPrivate
		}
		slices.Sort(places)
		for i, m := range list {
			if err := t.tx.PlaceMacro(t.account, m.ID, places[i]); err != nil {
				return err
			}
		}
		if shared {
			return t.log("macro.ordered", "macro", 0)
		}
		return nil
	})
}

func (t *act) changeableMacro(id int64) (*dm.Macro, error) {
	m, err := macroOf(t.tx, t.viewer, id)
	if err == nil && !mayChangeMacro(t.viewer, m) {
		return nil, dm.ErrForbidden
	}
	return m, err
}

// logMacro notes what others see. What one does to private macros is nobody
// else's business.
func (t *act) logMacro(action string, scope dm.SnippetScope, id int64) error {
	if scope == dm.SnippetPrivate {
		t.once.note(id)
		return nil
	}
	return t.log(action, "macro", id)
}

func (t *act) roomForMacro(m *dm.Macro) error {
	shared, private, err := t.tx.CountMacros(t.account, m.OwnerID)
	switch {
	case err != nil:
		return err
	case m.Scope == dm.SnippetPrivate && private >= maxPrivateMacros:
		return dm.Errorf(dm.Conflict, "One person can have at most %d private macros.", maxPrivateMacros).With("cap")
	case m.Scope != dm.SnippetPrivate && shared >= maxSharedMacros:
		return dm.Errorf(dm.Conflict, "An account can have at most %d macros for groups and everyone.", maxSharedMacros).With("cap")
	}
	return nil
}

// patchMacro checks a patch and puts it into the macro.
func (t *act) patchMacro(m *dm.Macro, p *MacroPatch) error {
	if err := mayKeepMacros(t.viewer); err != nil {
		return err
	}
	if p.Name != nil {
		old := m.Name
		m.Name = t.faults.name("name", *p.Name, maxMacroName)
		t.changed("name", old, m.Name)
	}
	if p.Description != nil {
		old := m.Description
		if m.Description = strings.TrimSpace(cleanText(*p.Description)); len([]rune(m.Description)) > maxMacroText {
			t.faults.add("description", "A description has at most %d characters.", maxMacroText)
		}
		t.changed("description", old, m.Description)
	}
	if p.Enabled != nil {
		t.changed("enabled", boolText(m.Enabled), boolText(*p.Enabled))
		m.Enabled = *p.Enabled
	}
	if err := t.placeMacro(m, p); err != nil {
		return err
	}
	if p.Actions != nil {
		if err := t.setMacroActions(m, *p.Actions); err != nil {
			return err
		}
	}
	if err := t.faults.err(); err != nil {
		return err
	}
	if m.Scope != dm.SnippetPrivate {
		return require(t.viewer, dm.MacrosManage)
	}
	return nil
}

// placeMacro sets whose macro it is.
func (t *act) placeMacro(m *dm.Macro, p *MacroPatch) error {
	old := *m
	if p.Scope != nil {
		m.Scope = oneOf(&t.faults, "scope", *p.Scope, dm.SnippetPrivate, dm.SnippetGroup, dm.SnippetEveryone)
	}
	if p.GroupID != nil {
		m.GroupID = *p.GroupID
	} else if m.Scope != dm.SnippetGroup {
		m.GroupID = 0
	}
	switch {
	case m.Scope != dm.SnippetGroup && m.GroupID != 0:
		t.faults.add("group", "Only a macro for a group has a group.")
	case m.Scope == dm.SnippetGroup && m.GroupID == 0:
		t.faults.add("group", "This is needed: whose macro it is.")
	case m.Scope == dm.SnippetGroup:
		live, err := t.tx.LiveGroups(t.account, []int64{m.GroupID})
		if err != nil {
			return err
		}
		if !live[m.GroupID] {
			t.faults.add("group", "There is no such group.")
		}
	}
	t.changed("scope", string(old.Scope), string(m.Scope))
	t.changedID("group", old.GroupID, m.GroupID)
	if m.Scope == dm.SnippetPrivate && old.Scope != dm.SnippetPrivate && old.ID != 0 && m.OwnerID != t.viewer.Person() {
		t.faults.add("scope", "Only its owner can make a macro private.")
	}
	return nil
}
