package seed

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// demoTemplates are the share templates that both desks have, made by their owner.
var demoTemplates = []struct {
	name, group  string
	level        dm.Level
	hours        int
	reason, note string
}{
	{"Involve HR", groupHR, dm.LevelEdit, 0, "A personnel matter", "HR, please take a look: what may we say here?"},
	{"Ask Legal for a look", groupLegal, dm.LevelComment, 7 * 24, "Needs a legal opinion", "Legal, please say whether we can answer this as it stands."},
}

func (w *world) addShareTemplates(ctx context.Context) error {
	owner, err := w.viewer(ctx, "owner")
	if err != nil {
		return err
	}
	internal := true
	see := &internal
	for _, s := range demoTemplates {
		targets := []dm.Target{{Kind: dm.TargetGroup, ID: w.groups[s.group]}}
		err := w.app.CreateShareTemplate(ctx, owner, app.ShareTemplatePatch{Name: &s.name, Targets: &targets, Level: &s.level, SeeInternal: &see,
			ExpiryHours: &s.hours, Reason: &s.reason, Note: &s.note})
		if err != nil {
			return err
		}
	}
	return nil
}
