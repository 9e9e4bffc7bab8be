package app

import (
	"context"
	"slices"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Limits of snippets.
const (
	maxSnippetName     = 100
	maxSnippetHTML     = 50_000
	maxPrivateSnippets = 200  // of one person
	maxSharedSnippets  = 1000 // of an account
)

// SnippetView is a snippet with the names that explain it.
type SnippetView struct {
	dm.Snippet
	Group      string
	Owner      dm.PersonRef
	Changeable bool
}

// SnippetPatch sets a snippet's properties; nil leaves a value as it is.
type SnippetPatch struct {
	Name    *string
	HTML    *string
	Scope   *dm.SnippetScope
	GroupID *int64 // 0 none
}

// hasSnippet says whether the viewer can use a snippet. Private ones are nobody
// else's business, whatever their permissions.
func hasSnippet(v *access.Viewer, s *dm.Snippet) bool {
	if !v.IsAgent() && !v.IsSystem() {
		return false
	}
	switch s.Scope {
	case dm.SnippetPrivate:
		return s.OwnerID == v.Person()
	case dm.SnippetGroup:
		return slices.Contains(v.Groups(), s.GroupID) || v.Can(dm.SnippetsManage)
	}
	return true
}

// mayKeepSnippets refuses whoever may make no snippets at all. A token's scopes
// name no right to snippets but snippets.manage, so it needs that one.
func mayKeepSnippets(v *access.Viewer) error {
	if !v.IsAgent() || v.ByToken() && !v.Can(dm.SnippetsManage) {
		return dm.ErrForbidden
	}
	return nil
}

// mayChangeSnippet says whether the viewer may change a snippet that they have.
func mayChangeSnippet(v *access.Viewer, s *dm.Snippet) bool {
	return s.Scope == dm.SnippetPrivate || v.Can(dm.SnippetsManage)
}

// Snippets lists the snippets that the viewer can use, by name: those with the
// words of q in their names, in any case. after is the cursor of the page before.
func (a *App) Snippets(ctx context.Context, v *access.Viewer, p Page) ([]SnippetView, string, error) {
	if err := requireAgent(v); err != nil {
		return nil, "", err
	}
	skip := 0
	if p.Cursor != "" {
		var err error
		if skip, err = strconv.Atoi(p.Cursor); err != nil || skip < 1 || skip > maxPrivateSnippets+maxSharedSnippets {
			return nil, "", dm.BadField("cursor", "The cursor does not belong to this list.")
		}
	}
	return fetchPage(ctx, a, func(tx *store.Tx) ([]SnippetView, string, error) {
		names, err := tx.SnippetNames(v.Account(), v.Person(), v.Groups(), v.Can(dm.SnippetsManage))
		if err != nil {
			return nil, "", err
		}
		words := strings.Fields(store.Fold(p.Query))
		names = slices.DeleteFunc(names, func(n store.SnippetName) bool {
			return slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(n.Folded, w) })
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
		list, err := tx.Snippets(v.Account(), ids)
		if err != nil {
			return nil, "", err
		}
		views, err := viewSnippets(tx, v, list)
		return views, next, err
	})
}

func viewSnippets(tx *store.Tx, v *access.Viewer, list []dm.Snippet) ([]SnippetView, error) {
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
	views := make([]SnippetView, len(list))
	for i, s := range list {
		views[i] = SnippetView{Snippet: s, Group: dir.GroupName(s.GroupID), Owner: people[s.OwnerID], Changeable: mayKeepSnippets(v) == nil && mayChangeSnippet(v, &s)}
	}
	return views, nil
}

// Snippet gives one snippet that the viewer can use; else NotFound.
func (a *App) Snippet(ctx context.Context, v *access.Viewer, id int64) (*SnippetView, error) {
	return fetch(ctx, a, func(tx *store.Tx) (*SnippetView, error) {
		s, err := snippetOf(tx, v, id)
		if err != nil {
			return nil, err
		}
		views, err := viewSnippets(tx, v, []dm.Snippet{*s})
		if err != nil {
			return nil, err
		}
		return &views[0], nil
	})
}

func snippetOf(tx *store.Tx, v *access.Viewer, id int64) (*dm.Snippet, error) {
	s, err := tx.Snippet(v.Account(), id)
	if err == nil && !hasSnippet(v, s) {
		return nil, dm.Missing("snippet")
	}
	return s, err
}

// CreateSnippet makes a snippet and gives its id. Every agent may make private
// ones; those for a group or for everyone need snippets.manage.
func (a *App) CreateSnippet(ctx context.Context, v *access.Viewer, p SnippetPatch) (int64, error) {
	var id int64
	err := a.administer(ctx, v, "", func(t *act) error {
		s := &dm.Snippet{OwnerID: t.viewer.Person(), Scope: dm.SnippetPrivate}
		if p.Name == nil {
			p.Name = &s.Name
		}
		if p.HTML == nil {
			p.HTML = &s.HTML
		}
		if err := t.patchSnippet(s, &p); err != nil {
			return err
		}
		if err := t.roomForSnippet(s); err != nil {
			return err
		}
		var err error
		if id, err = t.tx.CreateSnippet(t.account, s); err != nil {
			return err
		}
		return t.logSnippet("snippet.created", s.Scope, id)
	})
	return id, err
}

// UpdateSnippet changes a snippet. Its owner changes a private one; any other
// needs snippets.manage, and so does making one for others.
func (a *App) UpdateSnippet(ctx context.Context, v *access.Viewer, id int64, p SnippetPatch) error {
	return a.administer(ctx, v, "", func(t *act) error {
		s, err := t.changeableSnippet(id)
		if err != nil {
			return err
		}
		old := *s
		if err := t.patchSnippet(s, &p); err != nil || *s == old {
			return err
		}
		if s.Scope == dm.SnippetPrivate {
			s.OwnerID = old.OwnerID
		}
		if (s.Scope == dm.SnippetPrivate) != (old.Scope == dm.SnippetPrivate) {
			if err := t.roomForSnippet(s); err != nil {
				return err
			}
		}
		if err := t.tx.SaveSnippet(t.account, s); err != nil {
			return err
		}
		if old.Scope != dm.SnippetPrivate {
			return t.log("snippet.updated", "snippet", s.ID)
		}
		return t.logSnippet("snippet.updated", s.Scope, s.ID)
	})
}

// DeleteSnippet removes a snippet, for whoever may change it.
func (a *App) DeleteSnippet(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, "", func(t *act) error {
		s, err := t.changeableSnippet(id)
		if err != nil {
			return err
		}
		if err := t.tx.DeleteSnippet(t.account, s.ID); err != nil {
			return err
		}
		return t.logSnippet("snippet.deleted", s.Scope, s.ID)
	})
}

func (t *act) changeableSnippet(id int64) (*dm.Snippet, error) {
	s, err := snippetOf(t.tx, t.viewer, id)
	if err == nil && (mayKeepSnippets(t.viewer) != nil || !mayChangeSnippet(t.viewer, s)) {
		return nil, dm.ErrForbidden
	}
	return s, err
}

// logSnippet notes what others see. What one does to private snippets is nobody
// else's business.
func (t *act) logSnippet(action string, scope dm.SnippetScope, id int64) error {
	if scope == dm.SnippetPrivate {
		t.once.note(id)
		return nil
	}
	return t.log(action, "snippet", id)
}

func (t *act) roomForSnippet(s *dm.Snippet) error {
	shared, private, err := t.tx.CountSnippets(t.account, s.OwnerID)
	switch {
	case err != nil:
		return err
	case s.Scope == dm.SnippetPrivate && private >= maxPrivateSnippets:
		return dm.Errorf(dm.Conflict, "One person can have at most %d private snippets.", maxPrivateSnippets).With("cap")
	case s.Scope != dm.SnippetPrivate && shared >= maxSharedSnippets:
		return dm.Errorf(dm.Conflict, "An account can have at most %d snippets for groups and everyone.", maxSharedSnippets).With("cap")
	}
	return nil
}

// patchSnippet checks a patch and puts it into the snippet.
func (t *act) patchSnippet(s *dm.Snippet, p *SnippetPatch) error {
	if err := mayKeepSnippets(t.viewer); err != nil {
		return err
	}
	if p.Name != nil {
		old := s.Name
		s.Name = t.faults.name("name", *p.Name, maxSnippetName)
		t.changed("name", old, s.Name)
	}
	if p.HTML != nil {
		old := s.HTML
		if s.HTML = t.faults.snippetHTML(*p.HTML); s.HTML != old {
			t.touched("html")
		}
	}
	old := *s
	if p.Scope != nil {
		s.Scope = oneOf(&t.faults, "scope", *p.Scope, dm.SnippetPrivate, dm.SnippetGroup, dm.SnippetEveryone)
	}
	if p.GroupID != nil {
		s.GroupID = *p.GroupID
	} else if s.Scope != dm.SnippetGroup {
		s.GroupID = 0
	}
	if err := t.checkSnippetGroup(s); err != nil {
		return err
	}
	t.changed("scope", string(old.Scope), string(s.Scope))
	t.changedID("group", old.GroupID, s.GroupID)
	if s.Scope == dm.SnippetPrivate && old.Scope != dm.SnippetPrivate && old.ID != 0 && s.OwnerID != t.viewer.Person() {
		t.faults.add("scope", "Only its owner can make a snippet private.")
	}
	if err := t.faults.err(); err != nil {
		return err
	}
	if s.Scope != dm.SnippetPrivate {
		return require(t.viewer, dm.SnippetsManage)
	}
	return nil
}

func (t *act) checkSnippetGroup(s *dm.Snippet) error {
	switch {
	case s.Scope != dm.SnippetGroup && s.GroupID != 0:
		t.faults.add("group", "Only a snippet for a group has a group.")
	case s.Scope == dm.SnippetGroup && s.GroupID == 0:
		t.faults.add("group", "This is needed: whose snippet it is.")
	case s.Scope == dm.SnippetGroup:
		live, err := t.tx.LiveGroups(t.account, []int64{s.GroupID})
		if err != nil {
			return err
		}
		if !live[s.GroupID] {
			t.faults.add("group", "There is no such group.")
		}
	}
	return nil
}

// snippetHTML cleans the text of a snippet and refuses placeholders that nothing
// could be put in for.
func (f *inputFaults) snippetHTML(html string) string {
	if len(html) > maxSnippetHTML {
		f.add("html", "A snippet has at most %d bytes.", maxSnippetHTML)
		return ""
	}
	clean, text := mail.Sanitise(cleanText(html), nil)
	if strings.TrimSpace(text) == "" {
		f.add("html", "A snippet needs a text.")
	}
	if unknown := unknownWords(clean); unknown > 0 {
		f.add("html", "There are placeholders in it that nothing can be put in for. There are %s.", joinTexts(dm.SnippetWords))
	}
	return clean
}
