package seed

import (
	"context"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// addMacros makes the macros that both desks have, kept by their owner.
func (w *world) addMacros(ctx context.Context) error {
	owner, err := w.viewer(ctx, "owner")
	if err != nil {
		return err
	}
	hr := strconv.FormatInt(w.groups[groupHR], 10)
	for _, m := range []struct{ name, text, actions string }{
		{"Involve HR", "For questions about people and contracts", `[{"do":"share","targets":[{"kind":"group","id":` + hr + `}],"level":"edit","reason":"Please have a look"},
			{"do":"note","html":"<p>HR is asked to help {{requester.first_name}}.</p>"}]`},
		{"Thank and solve", "", `[{"do":"reply","html":"<p>Hello {{requester.first_name}},</p><p>glad that this is settled. Simply answer if anything is left open.</p><p>{{agent.name}}</p>"},
			{"do":"set","field":"status","value":"solved"}]`},
		{"Urgent, in turn", "Whose turn it is in the ticket's group", `[{"do":"set","field":"priority","value":"urgent"},{"do":"assign","how":"round_robin"}]`},
	} {
		actions, err := dm.ParseActions([]byte(m.actions), false)
		if err != nil {
			return err
		}
		scope := dm.SnippetEveryone
		if _, err := w.app.CreateMacro(ctx, owner, app.MacroPatch{Name: &m.name, Description: &m.text, Actions: &actions, Scope: &scope}); err != nil {
			return err
		}
	}
	return nil
}
