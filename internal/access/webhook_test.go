package access

import (
	"testing"

	dm "github.com/deskmesh/deskmesh"
)

// everything is the reach of a webhook without bounds.
var everything = dm.WebhookReach{AllBrands: true, AllInboxes: true, AllGroups: true, SeeInternal: true}

func hookOf(r dm.WebhookReach) *Viewer {
	return ForWebhook(WebhookProfile{Account: 1, Webhook: 7, Name: "Robot", Reach: r,
		Directory: []InboxBrand{{Inbox: 10, Brand: 1}, {Inbox: 11, Brand: 1}, {Inbox: 20, Brand: 2}}, Rules: Rules{RoleCap: true}})
}

func TestWebhookDecides(t *testing.T) {
	t.Parallel()
	in := func(f Facts) *Facts { f.Account = 1; return &f }
	company := dm.WebhookReach{Brands: []int64{1}, AllInboxes: true, AllGroups: true}
	support := dm.WebhookReach{AllBrands: true, AllInboxes: true, Groups: []int64{5}}
	for _, tc := range []struct {
		name  string
		reach dm.WebhookReach
		facts *Facts
		want  Right
	}{
		{"everything", everything, in(Facts{InboxID: 10}), See | SeeInternal},
		{"public only", dm.WebhookReach{AllBrands: true, AllInboxes: true, AllGroups: true}, in(Facts{InboxID: 10}), See},
		{"another account", everything, &Facts{Account: 2, InboxID: 10}, 0},
		{"private with notes", everything, in(Facts{InboxID: 10, Private: true}), See | SeeInternal},
		{"private without notes", company, in(Facts{InboxID: 10, Private: true}), 0},
		{"its brand", company, in(Facts{InboxID: 11}), See},
		{"another brand", company, in(Facts{InboxID: 20}), 0},
		{"its inbox", dm.WebhookReach{AllBrands: true, Inboxes: []int64{20}, AllGroups: true}, in(Facts{InboxID: 20}), See},
		{"an inbox outside its brand", dm.WebhookReach{Brands: []int64{1}, Inboxes: []int64{20}, AllGroups: true}, in(Facts{InboxID: 20}), 0},
		{"its group", support, in(Facts{InboxID: 20, GroupID: 5}), See},
		{"another group", support, in(Facts{InboxID: 20, GroupID: 6}), 0},
		{"no group", support, in(Facts{InboxID: 20}), 0},
		{"an empty reach", dm.WebhookReach{}, in(Facts{InboxID: 10}), 0},
		{"deleted", everything, in(Facts{InboxID: 10, Deleted: true}), 0},
		{"merged", everything, in(Facts{InboxID: 10, Merged: true}), See | SeeInternal},
		{"nobody's assignment is not its own", dm.WebhookReach{AllBrands: true, AllInboxes: true}, in(Facts{InboxID: 10}), 0},
		{"a share with its group is not its own", support, in(Facts{InboxID: 20, GroupID: 6,
			Shares: []ShareFact{{Target: dm.Target{Kind: dm.TargetGroup, ID: 5}, Terms: dm.Terms{Level: dm.LevelEdit, SeeInternal: true}}}}), 0},
	} {
		if got := Decide(hookOf(tc.reach), tc.facts, 1); got.Rights != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got.Rights.Names(), tc.want.Names())
		}
	}
	gone := in(Facts{InboxID: 10, Deleted: true})
	if d := Decide(hookOf(everything).OfDeleted(), gone, 1); !d.Has(See | SeeTrashed) {
		t.Errorf("the deletion itself: %v", d.Rights.Names())
	}
	if d := Decide(hookOf(support).OfDeleted(), gone, 1); d.Rights != 0 {
		t.Errorf("a deletion outside: %v", d.Rights.Names())
	}
}

// A webhook sees tickets one at a time; no list and no count admits it.
func TestWebhookListsNothing(t *testing.T) {
	t.Parallel()
	v := hookOf(everything)
	for _, where := range []Where{Listed, SharedWithMe, SharedWithMyGroups} {
		if s := v.Scope(See, where); s.Admits() {
			t.Errorf("%d admits %v", where, s)
		}
	}
	if v.Mine().Admits() || v.Scope(SeeTrashed, Open).Admits() {
		t.Error("it has tickets of its own")
	}
	if s := v.Scope(See, Open); !s.Admits() || len(s.Branches()) > 0 {
		t.Errorf("one ticket: %v", s)
	}
	if s := hookOf(dm.WebhookReach{AllBrands: true, AllInboxes: true}).Scope(SeeInternal, Open); s.Admits() {
		t.Error("a public webhook has a scope for notes")
	}
}

func TestCoversWebhook(t *testing.T) {
	t.Parallel()
	agent := func(scope dm.TicketScope, all bool, perms ...dm.Permission) *Viewer {
		return NewViewer(Profile{Account: 1, Person: 3, Kind: dm.Agent, Active: true, Scope: scope, AllBrands: true, AllInboxes: all, Inboxes: []int64{10},
			Groups: []int64{5}, Permissions: dm.PermissionsOf(perms...), Directory: []InboxBrand{{Inbox: 10, Brand: 1}, {Inbox: 20, Brand: 2}}})
	}
	public := everything
	public.SeeInternal = false
	own := dm.WebhookReach{AllBrands: true, Inboxes: []int64{10}, Groups: []int64{5}}
	for _, tc := range []struct {
		name  string
		who   *Viewer
		reach dm.WebhookReach
		want  bool
	}{
		{"the system", System(1, "test"), everything, true},
		{"global, all, with notes", agent(dm.GlobalScope, true, dm.NotesRead), everything, true},
		{"without notes", agent(dm.GlobalScope, true), everything, false},
		{"public", agent(dm.GlobalScope, true), public, true},
		{"one inbox asks for all", agent(dm.GlobalScope, false), public, false},
		{"one inbox asks for it", agent(dm.GlobalScope, false), own, true},
		{"one inbox asks for another", agent(dm.GlobalScope, false), dm.WebhookReach{AllBrands: true, Inboxes: []int64{20}, AllGroups: true}, false},
		{"group scope asks for all groups", agent(dm.GroupScope, true), public, false},
		{"group scope asks for its own", agent(dm.GroupScope, true), own, true},
		{"group scope asks for another", agent(dm.GroupScope, true), dm.WebhookReach{AllBrands: true, AllInboxes: true, Groups: []int64{6}}, false},
		{"restricted", agent(dm.RestrictedScope, true), own, false},
		{"a requester", agent(dm.GlobalScope, true).AsRequester(), own, false},
		{"a webhook", hookOf(everything), own, false},
	} {
		if got := tc.who.CoversWebhook(&tc.reach); got != tc.want {
			t.Errorf("%s: %v", tc.name, got)
		}
	}
}
