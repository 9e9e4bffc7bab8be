package site_test

import (
	"fmt"
	"net/http"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/store"
)

// TestPortalEntry is where requesters' sharing begins: with a setting of its own,
// and in every brand.
func TestPortalEntry(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			portalEntry(t, portalDeskOn(t, engine))
		})
	}
}

func portalEntry(t *testing.T, d *desk) {
	account, owner := d.person(t, "owner@acme.example")
	_, two := d.person(t, "staff.two@acme.example")
	_, agent := d.person(t, "hr.agent@acme.example")
	one := d.enter(t, "staff.one")
	t.Run("S2-01 sharing by agents and by requesters have settings of their own", func(t *testing.T) {
		v := *one
		v.T = t
		d.set(t, map[string]any{"sharing.agents_may_share_with_requesters": true})
		for i, portal := range []string{"off", "anyone"} {
			d.set(t, map[string]any{"portal.share_scope": portal, "portal.cc": false, "portal.links": false})
			subject := fmt.Sprint("A lamp ", i)
			path := v.file("type", "question", "inbox", v.inbox(), "subject", subject, "text", "It flickers.")
			byAgent := dm.Change{Number: d.numberOf(t, subject), Share: []dm.NewShare{{Target: dm.Target{Kind: dm.TargetAgent, ID: agent.Person()}}, {Target: dm.Target{Kind: dm.TargetRequester, ID: two.Person()}}}}
			if _, err := d.app.Apply(t.Context(), owner, byAgent); err != nil {
				t.Errorf("an agent, with the portal's setting %s: %v", portal, err)
			}
			if page := v.get(path).want(http.StatusOK); portal == "off" {
				page.without(path + "/share")
				v.share(path, "share", "staff.three@acme.example").want(http.StatusForbidden)
			} else {
				page.want(http.StatusOK, path+"/share")
				v.share(path, "share", "staff.three@acme.example").want(http.StatusSeeOther)
			}
		}
		// The agents' own setting about requesters leaves the portal alone.
		d.set(t, map[string]any{"sharing.agents_may_share_with_requesters": false})
		path := v.file("type", "question", "inbox", v.inbox(), "subject", "A third lamp", "text", "It flickers.")
		if _, err := d.app.Apply(t.Context(), owner, dm.Change{Number: d.numberOf(t, "A third lamp"), Share: []dm.NewShare{{Target: dm.Target{Kind: dm.TargetRequester, ID: two.Person()}}}}); err == nil {
			t.Error("an agent lets a requester in where the setting says no")
		}
		v.share(path, "share", "staff.two@acme.example").want(http.StatusSeeOther)
	})
	t.Run("S2-09 the control stands in every brand's pages", func(t *testing.T) {
		brands, _, err := d.app.Brands(t.Context(), owner, app.Page{})
		if err != nil || len(brands) < 2 {
			t.Fatalf("%d brands, %v", len(brands), err)
		}
		for i := range brands {
			host := fmt.Sprintf("brand%d.localhost", i)
			err := d.db.Write(t.Context(), store.Urgent, func(tx *store.Tx) error {
				return tx.AddHost(dm.Host{Name: host, AccountID: account.ID, BrandID: brands[i].ID})
			})
			if err != nil {
				t.Fatal(err)
			}
			places, err := d.app.PortalInboxes(t.Context(), two.AsRequester(), brands[i].ID)
			if err != nil {
				t.Fatal(err)
			}
			v := d.visitor(t, host)
			v.post("/sign-in", "address", "staff.one@acme.example", "password", "deskmesh-demo").want(http.StatusSeeOther)
			for _, place := range places {
				path := v.file("type", "service_request", "inbox", fmt.Sprint(place.ID), "subject", "For "+place.Name, "text", "Please.")
				v.get(path).want(http.StatusOK, `href="`+path+`/share"`)
				v.get(path+"/share").want(http.StatusOK, `value="share"`)
			}
		}
	})
}
