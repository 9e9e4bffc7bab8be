package app

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// ShareTemplateView is a share template with its targets as they are now.
type ShareTemplateView struct {
	dm.ShareTemplate
	Targets []TemplateTarget
}

// TemplateTarget is a target of a template. One that is not Active cannot be
// shared with now: it was deactivated or deleted, or its kind is not offered.
type TemplateTarget struct {
	store.TargetRow
	Active bool
}

// ShareTemplatePatch sets a template's properties; nil leaves a value as it is.
// A flag that points at nil takes the account's default.
type ShareTemplatePatch struct {
	Name        *string
	Targets     *[]dm.Target
	Level       *dm.Level // "" the account's default
	SeeInternal **bool
	ReplyPublic **bool
	Forward     **bool
	CanReshare  **bool
	ExpiryHours *int // 0 the account's default
	Reason      *string
	Note        *string
}

// maySeeTemplates refuses whoever could not use a share template anyway.
func maySeeTemplates(v *access.Viewer) error {
	if v == nil || !v.IsAgent() || !v.Can(dm.TicketsShare) && !v.Can(dm.SharesManage) {
		return dm.ErrForbidden
	}
	return nil
}

// ShareTemplates lists the share templates by name, for everybody who shares.
func (a *App) ShareTemplates(ctx context.Context, v *access.Viewer) ([]ShareTemplateView, error) {
	if err := maySeeTemplates(v); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]ShareTemplateView, error) {
		list, err := tx.ShareTemplates(v.Account())
		if err != nil {
			return nil, err
		}
		return a.viewTemplates(tx, v, list)
	})
}

// ShareTemplate gives one share template; NotFound when there is none.
func (a *App) ShareTemplate(ctx context.Context, v *access.Viewer, id int64) (*ShareTemplateView, error) {
	if err := maySeeTemplates(v); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*ShareTemplateView, error) {
		t, err := tx.ShareTemplate(v.Account(), id)
		if err != nil {
			return nil, err
		}
		views, err := a.viewTemplates(tx, v, []dm.ShareTemplate{*t})
		if err != nil {
			return nil, err
		}
		return &views[0], nil
	})
}

func (a *App) viewTemplates(tx *store.Tx, v *access.Viewer, list []dm.ShareTemplate) ([]ShareTemplateView, error) {
	var all []dm.Target
	for i := range list {
		all = append(all, list[i].Targets...)
	}
	known, err := a.resolve(tx, v, all)
	if err != nil {
		return nil, err
	}
	dir, err := tx.Directory(v.Account())
	if err != nil {
		return nil, err
	}
	people, err := tx.PeopleRefs(v.Account(), distinct(idsOfPeople(all)))
	if err != nil {
		return nil, err
	}
	views := make([]ShareTemplateView, len(list))
	for i := range list {
		views[i].ShareTemplate = list[i]
		for _, t := range list[i].Targets {
			row, active := known[t]
			if !active {
				row = store.TargetRow{Target: t}
				switch p := dir.Partners[t.ID]; t.Kind {
				case dm.TargetPartner:
					row.Name, row.Address = p.Label(), p.Host
				case dm.TargetGroup:
					if row.Name, err = tx.AnyGroupName(v.Account(), t.ID); err != nil {
						return nil, err
					}
				default:
					row.Name = people[t.ID].Name
				}
			}
			views[i].Targets = append(views[i].Targets, TemplateTarget{TargetRow: row, Active: active})
		}
	}
	return views, nil
}

func idsOfPeople(list []dm.Target) []int64 {
	var ids []int64
	for _, t := range list {
		if t.Kind == dm.TargetAgent || t.Kind == dm.TargetRequester {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// resolve finds those of the targets that can be shared with now.
func (a *App) resolve(tx *store.Tx, v *access.Viewer, list []dm.Target) (map[dm.Target]store.TargetRow, error) {
	dir, err := tx.Directory(v.Account())
	if err != nil {
		return nil, err
	}
	byKind := map[dm.TargetKind][]int64{}
	for _, t := range list {
		if !slices.Contains(byKind[t.Kind], t.ID) {
			byKind[t.Kind] = append(byKind[t.Kind], t.ID)
		}
	}
	known := map[dm.Target]store.TargetRow{}
	for kind, ids := range byKind {
		p := a.provider(kind)
		if p == nil {
			continue
		}
		for some := range slices.Chunk(ids, 500) {
			found, err := p.Resolve(&TargetAsk{Tx: tx, Dir: dir, Viewer: v}, some)
			if err != nil {
				return nil, err
			}
			for id, row := range found {
				known[dm.Target{Kind: kind, ID: id}] = row
			}
		}
	}
	return known, nil
}

// CreateShareTemplate makes a share template. It needs shares.manage. Conflict
// for a name that is taken, and where the account has as many as it may.
func (a *App) CreateShareTemplate(ctx context.Context, v *access.Viewer, p ShareTemplatePatch) error {
	return a.administer(ctx, v, dm.SharesManage, func(t *act) error {
		n, err := t.tx.CountShareTemplates(t.account)
		if err != nil {
			return err
		}
		if n >= dm.MaxShareTemplates {
			return dm.Errorf(dm.Conflict, "An account has at most %d share templates.", dm.MaxShareTemplates).With("cap")
		}
		next := &dm.ShareTemplate{}
		if p.Name == nil {
			p.Name = &next.Name
		}
		if p.Targets == nil {
			p.Targets = &next.Targets
		}
		if err := t.patchTemplate(next, &p); err != nil {
			return err
		}
		id, err := t.tx.CreateShareTemplate(t.account, next)
		if err != nil {
			return err
		}
		return t.log("share_template.created", "share_template", id)
	})
}

// UpdateShareTemplate changes a share template. It needs shares.manage.
func (a *App) UpdateShareTemplate(ctx context.Context, v *access.Viewer, id int64, p ShareTemplatePatch) error {
	return a.administer(ctx, v, dm.SharesManage, func(t *act) error {
		next, err := t.tx.ShareTemplate(t.account, id)
		if err != nil {
			return err
		}
		if err := t.patchTemplate(next, &p); err != nil || len(t.changes) == 0 {
			return err
		}
		if err := t.tx.SaveShareTemplate(t.account, next); err != nil {
			return err
		}
		return t.log("share_template.updated", "share_template", id)
	})
}

// DeleteShareTemplate removes a share template; what was shared by it stays. It
// needs shares.manage. Conflict where a rule, or a macro that is not private,
// shares by it.
func (a *App) DeleteShareTemplate(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.SharesManage, func(t *act) error {
		old, err := t.tx.ShareTemplate(t.account, id)
		if err != nil {
			return err
		}
		if err := t.templateInUse(id); err != nil {
			return err
		}
		if err := t.tx.DeleteShareTemplate(t.account, id); err != nil {
			return err
		}
		t.changed("name", old.Name, "")
		return t.log("share_template.deleted", "share_template", id)
	})
}

// templateInUse refuses where rules or macros share by a template. A private macro
// is nobody else's business: it says that something is gone when it is run.
func (t *act) templateInUse(id int64) error {
	by := func(list []dm.Action) bool {
		return slices.ContainsFunc(list, func(a dm.Action) bool { return a.TemplateID == id })
	}
	rules, err := t.tx.Rules(t.account, "")
	if err != nil {
		return err
	}
	for i := range rules {
		if !by(rules[i].Actions) {
			continue
		}
		if !t.viewer.Can(dm.RulesManage) {
			return dm.Errorf(dm.Conflict, "A rule shares by this template. It has to share in another way first.").With("in_use")
		}
		return dm.Errorf(dm.Conflict, "The rule %s shares by this template. Let it share in another way first.", rules[i].Name).With("in_use")
	}
	names, err := t.tx.MacroNames(t.account, 0, nil, true)
	if err != nil {
		return err
	}
	ids := make([]int64, len(names))
	for i := range names {
		ids[i] = names[i].ID
	}
	macros, err := t.tx.Macros(t.account, ids)
	for i := range macros {
		if by(macros[i].Actions) {
			return dm.Errorf(dm.Conflict, "The macro %s shares by this template. Let it share in another way first.", macros[i].Name).With("in_use")
		}
	}
	return err
}

// patchTemplate checks a patch and puts it into a template.
func (t *act) patchTemplate(to *dm.ShareTemplate, p *ShareTemplatePatch) error {
	old := *to
	if p.Name != nil {
		to.Name = t.faults.name("name", *p.Name, dm.MaxTemplateNameText)
	}
	if err := t.templateTargets(to, p.Targets); err != nil {
		return err
	}
	if p.Level != nil {
		to.Level = oneOf(&t.faults, "level", *p.Level, "", dm.LevelView, dm.LevelComment, dm.LevelEdit)
	}
	for _, f := range []struct {
		name string
		to   **bool
		set  **bool
	}{
		{"see_internal", &to.SeeInternal, p.SeeInternal}, {"reply_public", &to.ReplyPublic, p.ReplyPublic},
		{"forward", &to.Forward, p.Forward}, {"can_reshare", &to.CanReshare, p.CanReshare},
	} {
		if f.set != nil {
			t.changed(f.name, flagText(*f.to), flagText(*f.set))
			*f.to = *f.set
		}
	}
	if p.ExpiryHours != nil {
		to.ExpiryHours = *p.ExpiryHours
		if to.ExpiryHours < 0 || to.ExpiryHours > dm.MaxTemplateExpiry {
			t.faults.add("expiry_hours", "This is a number from 0 to %d.", dm.MaxTemplateExpiry)
		}
	}
	if p.Reason != nil {
		to.Reason = t.templateText("reason", *p.Reason, 1000)
	}
	if p.Note != nil {
		to.Note = t.templateText("note", *p.Note, dm.MaxTemplateNote)
	}
	t.changed("name", old.Name, to.Name)
	if !slices.Equal(old.Targets, to.Targets) {
		t.touched("targets")
	}
	t.changed("level", string(old.Level), string(to.Level))
	t.changed("expiry_hours", strconv.Itoa(old.ExpiryHours), strconv.Itoa(to.ExpiryHours))
	if old.Reason != to.Reason {
		t.touched("reason")
	}
	if old.Note != to.Note {
		t.touched("note")
	}
	return t.faults.err()
}

func (t *act) templateText(field, text string, most int) string {
	text = strings.TrimSpace(cleanText(text))
	if utf8.RuneCountInString(text) > most {
		t.faults.add(field, "This may have at most %d characters.", most)
	}
	return text
}

// flagText writes a flag for the log; "" for the account's default.
func flagText(flag *bool) string {
	if flag == nil {
		return ""
	}
	return strconv.FormatBool(*flag)
}

// templateTargets sets the targets of a template, each once. Those that it had
// before may be out of service now.
func (t *act) templateTargets(to *dm.ShareTemplate, set *[]dm.Target) error {
	if set == nil {
		return nil
	}
	if len(*set) == 0 || len(*set) > dm.MaxTemplateTargets {
		t.faults.add("targets", "A share template has 1 to %d targets.", dm.MaxTemplateTargets)
		return nil
	}
	known, err := t.app.resolve(t.tx, t.viewer, *set)
	if err != nil {
		return err
	}
	var list []dm.Target
	for i, target := range *set {
		if _, ok := known[target]; !ok && !slices.Contains(to.Targets, target) {
			t.faults.add("targets["+strconv.Itoa(i)+"]", "There is no such agent, group or partner.")
		}
		if !slices.Contains(list, target) {
			list = append(list, target)
		}
	}
	to.Targets = list
	return nil
}
