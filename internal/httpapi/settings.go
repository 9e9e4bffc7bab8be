package httpapi

import (
	"context"
	"net/http"

	dm "github.com/deskmesh/deskmesh"
)

type settingsOutput struct {
	Body map[string]any `doc:"Every setting by its key, such as sharing.enabled."`
}

type settingsInput struct {
	Body map[string]any `maxProperties:"100" doc:"The settings to change, by key. All are changed or none."`
}

type settingJSON struct {
	Key     string        `json:"key"`
	Kind    string        `json:"kind" enum:"boolean,integer,choice,text"`
	Choices []string      `json:"choices" doc:"What a choice is one of."`
	Min     orNull[int64] `json:"min" doc:"Of an integer."`
	Max     orNull[int64] `json:"max" doc:"Of an integer."`
	Default any           `json:"default" doc:"What a new account has."`
	Help    string        `json:"help"`
}

func settingOf(d *dm.Setting) settingJSON {
	fresh := dm.DefaultSettings()
	j := settingJSON{Key: d.Key, Kind: d.Kind, Choices: filled(d.Choices), Default: d.Get(&fresh), Help: d.Help}
	if d.Kind == "integer" {
		j.Min, j.Max = some(int64(d.Min)), some(int64(d.Max))
	}
	return j
}

// settingRoutes are the account's settings, as one object with flat keys.
func settingRoutes(a *API) {
	route(a, operation(http.MethodGet, "/settings", "show-settings", "Every setting of the account", "settings"), agents,
		func(ctx context.Context, c *caller, _ *struct{}) (*settingsOutput, error) {
			values, err := a.app.Settings(ctx, c.Viewer)
			return &settingsOutput{values}, err
		})
	route(a, operation(http.MethodGet, "/settings/schema", "list-settings", "What each setting is for and what it may be", "settings"), agents,
		func(context.Context, *caller, *struct{}) (*pageAnswer[settingJSON], error) {
			return &pageAnswer[settingJSON]{pageOf(each(dm.SettingList, settingOf), "")}, nil
		})
	route(a, operation(http.MethodPatch, "/settings", "change-settings", "Change settings by their keys", "settings"), permission(dm.SettingsManage),
		func(ctx context.Context, c *caller, in *settingsInput) (*settingsOutput, error) {
			if err := checkKeys(in.Body); err != nil {
				return nil, err
			}
			values, err := a.app.SetSettings(ctx, c.Viewer, in.Body)
			return &settingsOutput{values}, err
		})
}

const maxKey = 100

// checkKeys refuses keys of a free object that are too long to be named.
func checkKeys[K ~string, T any](object map[K]T) error {
	for key := range object {
		if len(key) > maxKey {
			return dm.BadField("body", "A key has at most %d bytes.", maxKey)
		}
	}
	return nil
}
