package seed

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// demoSnippets are the pieces of text that both desks have, made by their owner.
var demoSnippets = []struct{ name, group, html string }{
	{"Thank you for waiting", "", `<p>Hello {{requester.first_name}},</p><p>thank you for waiting. We are still on it and write again by tomorrow at the latest.</p><p>{{agent.name}}<br>{{account.name}}</p>`},
	{"Ask for the order number", "", `<p>Hello {{requester.first_name}},</p><p>could you send us the order number? You find it at the top of the confirmation, and we can look it up at once.</p><p>{{agent.name}}</p>`},
	{"Solved", "", `<p>Hello {{requester.first_name}},</p><p>this should be solved now. If anything is left open about #{{ticket.number}}, simply answer this mail.</p><p>{{agent.name}}<br>{{account.name}}</p>`},
	{"Documents for a new contract", groupHR, `<p>Hello {{requester.first_name}},</p><p>for the new contract we need:</p><ul><li>a copy of your identity card</li><li>your tax number</li><li>your bank details</li></ul><p>{{agent.name}}</p>`},
}

func (w *world) addSnippets(ctx context.Context) error {
	owner, err := w.viewer(ctx, "owner")
	if err != nil {
		return err
	}
	for _, s := range demoSnippets {
		scope, group := dm.SnippetEveryone, w.groups[s.group]
		if group != 0 {
			scope = dm.SnippetGroup
		}
		if _, err := w.app.CreateSnippet(ctx, owner, app.SnippetPatch{Name: &s.name, HTML: &s.html, Scope: &scope, GroupID: &group}); err != nil {
			return err
		}
	}
	return nil
}
