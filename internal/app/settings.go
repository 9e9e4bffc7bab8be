package app

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Settings reads the account's settings by key. Every agent may.
func (a *App) Settings(ctx context.Context, v *access.Viewer) (map[string]any, error) {
	if err := requireAgent(v); err != nil {
		return nil, err
	}
	s, err := fetch(ctx, a, func(tx *store.Tx) (dm.Settings, error) { return tx.Settings(v.Account()) })
	if err != nil {
		return nil, err
	}
	return flatSettings(&s), nil
}

func flatSettings(s *dm.Settings) map[string]any {
	flat := make(map[string]any, len(dm.SettingList))
	for i := range dm.SettingList {
		flat[dm.SettingList[i].Key] = dm.SettingList[i].Get(s)
	}
	return flat
}

// SetSettings changes settings by key, all or none, and gives them as they are
// now. It needs settings.manage; every wrong key and value is named.
func (a *App) SetSettings(ctx context.Context, v *access.Viewer, values map[string]any) (map[string]any, error) {
	var flat map[string]any
	err := a.administer(ctx, v, dm.SettingsManage, func(t *act) error {
		s, err := t.setSettings(values)
		flat = flatSettings(&s)
		return err
	})
	if err != nil {
		return nil, err
	}
	return flat, nil
}

func (t *act) setSettings(values map[string]any) (dm.Settings, error) {
	old, err := t.tx.Settings(t.account)
	if err != nil {
		return old, err
	}
	s := old
	keys := slices.Sorted(maps.Keys(values))
	for _, key := range keys {
		known := dm.SettingByKey(key)
		if known == nil {
			t.faults.add(key, "There is no such setting.")
		} else if text, ok := values[key].(string); ok && strings.ContainsFunc(text, unicode.IsControl) {
			t.faults.add(key, "This must not hold control characters.")
		} else if err := t.faults.take(known.Set(&s, values[key])); err != nil {
			return old, err
		}
	}
	if s.MaxExpiryDays > 0 && s.DefaultExpiryDays > s.MaxExpiryDays {
		t.faults.add("sharing.default_expiry_days", "The default must not be longer than sharing.max_expiry_days.")
	}
	if old.PasswordSignIn && !s.PasswordSignIn {
		enabled, err := enabledProviders(t.tx, t.account)
		if err != nil {
			return old, err
		}
		if len(enabled) == 0 {
			t.faults.add("security.password_sign_in", "Enable a sign-in provider first: agents could not sign in any more.")
		}
	}
	if err := t.faults.err(); err != nil {
		return old, err
	}
	for _, key := range keys {
		known := dm.SettingByKey(key)
		was, is := known.Text(&old), known.Text(&s)
		if was == is {
			continue
		}
		if err := t.tx.SetSetting(t.account, key, is); err != nil {
			return old, err
		}
		t.changed(key, was, is)
	}
	if len(t.changes) == 0 {
		return s, nil
	}
	return s, t.log("settings.updated", "settings", 0)
}
