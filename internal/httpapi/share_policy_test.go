package httpapi_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/store"
)

// policy is the sharing policy of acme in a test.
type policy struct{ *world }

// is puts these entries in place of what there is.
func (p policy) is(entries ...map[string]any) []int64 {
	p.Helper()
	owner := p.as("owner")
	list := owner.get("/share-policy").ok()
	for i := range list.list("items") {
		owner.delete(fmt.Sprint("/share-policy/", list.number(fmt.Sprintf("items.%d.id", i)))).ok()
	}
	var ids []int64
	for _, e := range entries {
		ids = append(ids, owner.post("/share-policy", e).is(201).number("id"))
	}
	return ids
}

func deny(parts ...any) map[string]any  { return entry(false, parts) }
func allow(parts ...any) map[string]any { return entry(true, parts) }

func entry(allow bool, parts []any) map[string]any {
	e := map[string]any{"allow": allow}
	for i := 0; i < len(parts); i += 2 {
		e[parts[i].(string)] = parts[i+1]
	}
	return e
}

// finds gives the names that the picker offers somebody for a ticket; 0 is none.
func (p policy) finds(who, q string, ticket int64) []string {
	p.Helper()
	path := "/share-targets?limit=20&q=" + q
	if ticket != 0 {
		path += "&ticket=" + strconv.FormatInt(ticket, 10)
	}
	return names(p.as(who).get(path).ok())
}

func (p policy) shares(who string, n int64, targets ...map[string]any) *answer {
	return p.as(who).post(at(n, "shares"), terms(targets))
}

// topic sets an own field of a ticket.
func (p policy) topic(n, field int64, value string) {
	p.Helper()
	p.as("owner").patch(at(n), map[string]any{"fields": map[string]any{fmt.Sprint(field): value}}).ok()
}

func idsIn(a *answer) []int64 {
	ids := []int64{}
	for i := range a.list("items") {
		ids = append(ids, a.number(fmt.Sprintf("items.%d.id", i)))
	}
	return ids
}

func TestSharePolicy(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		d := w.acme()
		own := w.as("owner").post("/ticket-fields", map[string]any{"name": "Topic", "kind": "choice", "options": []string{"pay", "health"}}).ok().number("id")
		health := cond(fmt.Sprint("field:", own), "is", "health")
		agents := d.roles["agent"]
		n := w.file("accounts", "Invoice missing")

		t.Run("S4-29 administrators limit which targets an agent may choose at all", func(t *testing.T) {
			w := w.in(t)
			p := policy{w}
			p.is(allow("roles", []int64{agents}, "to_groups", []int64{d.groups["HR"]}), deny("roles", []int64{agents}))
			same(t, "offered", p.finds("accounts.agent", "h", n), []string{"HR"})
			same(t, "offered without a ticket", p.finds("accounts.agent", "h", 0), []string{"HR"})
			same(t, "others", p.finds("owner", "h", n), []string{"Hr Agent", "Hr Second", "HR"})
			before := w.fingerprint()
			p.shares("accounts.agent", n, w.group("HR"), w.agent("hr.agent")).refused(422, "targets[1]").reason("target_not_allowed")
			p.shares("accounts.agent", n, w.agent("hr.second"), w.agent("hr.agent")).is(422).reason("target_not_allowed")
			same(t, "changed by what was refused", w.fingerprint() == before, true)
			p.shares("accounts.agent", n, w.group("HR")).is(201)
			p.shares("owner", n, w.agent("hr.agent")).is(201)
		})
		t.Run("S4-28 whom a ticket may be shared with follows one of its own fields", func(t *testing.T) {
			w := w.in(t)
			p := policy{w}
			n := w.file("accounts", "About a field")
			p.is(allow("condition", health, "members_of_groups", []int64{d.groups["HR"]}), deny("condition", health))
			same(t, "no value", p.finds("accounts.agent", "second", n), []string{"Accounts Second", "Hr Second"})
			p.topic(n, own, "health")
			same(t, "health", p.finds("accounts.agent", "second", n), []string{"Hr Second"})
			same(t, "a group is no member", p.finds("accounts.agent", "HR", n), []string{"Hr Agent", "Hr Second"})
			p.shares("accounts.agent", n, w.agent("accounts.second")).refused(422, "targets[0]").reason("target_not_allowed")
			p.shares("accounts.agent", n, w.agent("hr.second")).is(201)
			p.topic(n, own, "pay")
			p.shares("accounts.agent", n, w.agent("accounts.second")).is(201)
			same(t, "a share that stands stays", w.sees("hr.second", n), true)
		})
		t.Run("S4-28 the value counts that the same change sets", func(t *testing.T) {
			w := w.in(t)
			p := policy{w}
			n := w.file("accounts", "One change")
			p.is(deny("condition", health))
			ch := dm.Change{Number: n, Share: []dm.NewShare{{Target: dm.Target{Kind: dm.TargetGroup, ID: d.groups["HR"]}}},
				Set: dm.TicketPatch{Fields: map[int64]*string{own: ptr("health")}}}
			_, err := w.app.Apply(t.Context(), w.viewer("accounts.agent"), ch)
			same(t, "reason", dm.ReasonOf(err), "target_not_allowed")
		})
		t.Run("the first entry that fits decides, and the default where none does", func(t *testing.T) {
			w := w.in(t)
			p := policy{w}
			ids := p.is(deny("all_agents", true), allow("agents", []int64{w.id("hr.agent")}))
			same(t, "denied first", p.finds("accounts.agent", "hr", n), []string{"HR"})
			w.as("owner").patch(fmt.Sprint("/share-policy/", ids[1]), map[string]any{"position": 1}).ok()
			same(t, "order", idsIn(w.as("owner").get("/share-policy").ok()), []int64{ids[1], ids[0]})
			same(t, "allowed first", p.finds("accounts.agent", "hr", n), []string{"Hr Agent", "HR"})
			w.set("sharing.policy_default", "deny")
			same(t, "default deny", p.finds("accounts.agent", "hr", n), []string{"Hr Agent"})
			p.is()
			same(t, "nothing but the default", p.finds("accounts.agent", "hr", n), []string{})
			same(t, "limited", w.as("accounts.agent").get("/share-targets?q=hr").ok().at("limited"), true)
			w.set("sharing.policy_default", "allow")
			same(t, "not limited", w.as("accounts.agent").get("/share-targets?q=hr").ok().at("limited"), false)
		})
		t.Run("where: brand and group of the ticket", func(t *testing.T) {
			w := w.in(t)
			p := policy{w}
			hr := w.file("hr", "Salary")
			p.is(deny("brands", []int64{d.brands["People"]}, "agents_of_brands", []int64{d.brands["Company"]}), deny("groups", []int64{d.groups["HR"]}, "to_groups", []int64{d.groups["Legal"]}))
			same(t, "agents of the other brand", p.finds("owner", "second", hr), []string{"Hr Second"})
			same(t, "another ticket", p.finds("owner", "second", n), []string{"Accounts Second", "Hr Second"})
			group := w.as("owner").get(at(hr)).ok().at("group")
			same(t, "has its group", group != nil, true)
			same(t, "group of the ticket", p.finds("owner", "legal", hr), []string{})
			same(t, "another group", p.finds("owner", "legal", n), []string{"Legal"})
			same(t, "no ticket: some may be", p.finds("owner", "legal", 0), []string{"Legal"})
		})
		t.Run("the picker looks on until it has enough", func(t *testing.T) {
			w := w.in(t)
			p := policy{w}
			p.is(allow("agents", []int64{w.id("restricted.agent")}), deny("all_agents", true))
			same(t, "one of many", names(w.as("owner").get("/share-targets?limit=1&q=agent&ticket="+fmt.Sprint(n)).ok()), []string{"Restricted Agent"})
		})
		t.Run("who: a requester, who hears no more than of nobody", func(t *testing.T) {
			w := w.in(t)
			p := policy{w}
			w.set("portal.share_scope", "anyone")
			w.set("portal.people_search", "directory")
			n := w.file("support", "Mine")
			p.is(deny("requesters", true, "agents", []int64{w.id("hr.agent")}))
			v := w.viewer("staff.one")
			let := func(who string) error {
				_, err := w.app.Apply(t.Context(), v, dm.Change{Number: n, LetIn: &dm.LetIn{Addresses: []string{w.address(who)}}})
				return err
			}
			same(t, "refused", dm.ReasonOf(let("hr.agent")), "unknown_guest")
			found, err := w.app.FindGuests(t.Context(), v, n, "hr.")
			w.must(err)
			same(t, "found", slices.ContainsFunc(found, func(g app.Guest) bool { return g.ID == w.id("hr.agent") }), false)
			w.must(let("hr.second"))
			p.shares("owner", n, w.agent("hr.agent")).is(201)
		})
		t.Run("every door that lets in asks: bulk, a request, a merge, keeping access, giving more", func(t *testing.T) {
			w := w.in(t)
			p := policy{w}
			p.is()
			a, b := w.file("accounts", "First"), w.file("accounts", "Second")
			id := w.share(a, w.agent("hr.agent")).number("items.0.id")
			w.as("owner").patch(at(a, "shares", fmt.Sprint(id)), map[string]any{"level": "view"}).ok()
			w.as("hr.agent").post(at(a, "access-requests"), map[string]any{"level": "edit", "reason": "please"}).ok()
			w.drain()
			asked := w.as("owner").get(at(a, "access-requests")).ok().number("items.0.id")
			p.is(deny("agents", []int64{w.id("hr.agent"), w.id("accounts.agent")}))
			w.as("owner").patch(at(a, "shares", fmt.Sprint(id)), map[string]any{"level": "edit"}).refused(422, "level").reason("target_not_allowed")
			w.as("owner").patch(at(a, "shares", fmt.Sprint(id)), map[string]any{"see_internal": false}).ok()
			w.as("owner").post(fmt.Sprintf("/access-requests/%d/grant", asked), map[string]any{"level": "edit"}).is(422).reason("target_not_allowed")
			bulk := w.as("owner").post("/bulk", map[string]any{"tickets": []int64{b}, "share": map[string]any{"targets": []any{w.agent("hr.agent")}}}).ok()
			same(t, "bulk", bulk.number("failed"), 1)
			w.as("owner").post(at(a, "merge"), map[string]any{"into": b, "carry_shares": true, "accept_widening": true}).refused(422, "carry_shares").reason("target_not_allowed")
			w.as("accounts.agent").patch(at(b), map[string]any{"group_id": d.groups["Support"], "keep_access": true}).refused(422, "keep_access").reason("target_not_allowed")
			same(t, "nobody came in", w.sees("hr.agent", b), false)
			w.as("owner").post(at(a, "merge"), map[string]any{"into": b, "accept_widening": true}).ok()
		})
		t.Run("the program itself, and rules, are not asked", func(t *testing.T) {
			w := w.in(t)
			p := policy{w}
			p.is(deny())
			n := w.file("accounts", "By a rule")
			_, err := w.app.Apply(t.Context(), w.system("acme"), dm.Change{Number: n, Cause: dm.Cause{Kind: dm.CauseRule, ID: 1},
				Share: []dm.NewShare{{Target: dm.Target{Kind: dm.TargetGroup, ID: d.groups["HR"]}}}})
			w.must(err)
		})
		t.Run("an entry whose condition is broken allows nothing, and denies", func(t *testing.T) {
			w := w.in(t)
			p := policy{w}
			field := w.as("owner").post("/ticket-fields", map[string]any{"name": "Short", "kind": "text"}).ok().number("id")
			gone := cond(fmt.Sprint("field:", field), "is", "x")
			p.is(allow("condition", gone, "to_groups", []int64{d.groups["HR"]}), deny("condition", gone, "to_groups", []int64{d.groups["Legal"]}))
			same(t, "before", p.finds("owner", "legal", n), []string{"Legal"})
			w.as("owner").patch(fmt.Sprintf("/ticket-fields/%d", field), map[string]any{"active": false}).ok()
			same(t, "denies", p.finds("owner", "legal", n), []string{})
			w.set("sharing.policy_default", "deny")
			same(t, "allows nothing", p.finds("owner", "hr", n), []string{})
			w.set("sharing.policy_default", "allow")
			same(t, "said", w.as("owner").get("/share-policy").ok().at("items.0.broken"), true)
		})
		t.Run("what an entry names stays", func(t *testing.T) {
			w := w.in(t)
			p := policy{w}
			role := w.role("Named", "tickets.share")
			p.is(deny("roles", []int64{role}))
			w.as("owner").delete(fmt.Sprint("/roles/", role)).is(409)
			p.is()
			w.as("owner").delete(fmt.Sprint("/roles/", role)).is(204)
		})
	})
}

func TestSharePolicyKeeping(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		d := w.acme()
		n := w.file("accounts", "Invoice missing")
		t.Run("it needs settings.manage", func(t *testing.T) {
			w := w.in(t)
			p := policy{w}
			id := p.is(deny("all_groups", true))[0]
			path := fmt.Sprint("/share-policy/", id)
			check := fmt.Sprintf("/share-check?person=%d&ticket=%d&kind=group&target=%d", w.id("owner"), n, d.groups["HR"])
			for _, who := range []string{"manager", "hr.agent", "staff.one"} {
				c := w.as(who)
				c.get("/share-policy").is(403)
				c.get(path).is(403)
				c.post("/share-policy", deny()).is(403)
				c.patch(path, map[string]any{"allow": true}).is(403)
				c.delete(path).is(403)
				c.get(check).is(403)
			}
			w.as("globex/owner").get(path).is(404)
			w.as("globex/owner").patch(path, map[string]any{"allow": true}).is(404)
			w.as("globex/owner").delete(path).is(404)
		})
		t.Run("what is wrong is named", func(t *testing.T) {
			w := w.in(t)
			owner := w.as("owner")
			before := w.fingerprint()
			for field, e := range map[string]map[string]any{
				"roles[0]": deny("roles", []int64{999999}), "agents[1]": deny("agents", []int64{w.id("hr.agent"), w.id("staff.one")}), "brands[0]": deny("brands", []int64{w.desks["globex"].brands["Company"] + 1000}),
				"to_groups[0]": deny("to_groups", []int64{w.desks["globex"].groups["HR"]}), "condition": deny("condition", cond("wishes", "is", 1)), "position": deny("position", 0),
			} {
				owner.post("/share-policy", e).refused(422, field)
			}
			owner.post("/share-policy", map[string]any{}).refused(422, "allow")
			same(t, "changed", w.fingerprint() == before, true)
		})
		t.Run("entries are changed, moved and removed, and the log says so", func(t *testing.T) {
			w := w.in(t)
			p, owner := policy{w}, w.as("owner")
			ids := p.is(deny("all_groups", true), allow("to_groups", []int64{d.groups["HR"]}), deny("requesters", true))
			owner.patch(fmt.Sprint("/share-policy/", ids[2]), map[string]any{"position": 1, "requesters": false, "roles": []int64{d.roles["agent"]}}).is(200)
			a := owner.get("/share-policy").ok()
			same(t, "order", idsIn(a), []int64{ids[2], ids[0], ids[1]})
			same(t, "role", a.text("items.0.roles.0.name"), "Agent")
			same(t, "group", a.text("items.2.to_groups.0.name"), "HR")
			owner.delete(fmt.Sprint("/share-policy/", ids[0])).is(204)
			a = owner.get("/share-policy").ok()
			same(t, "positions", []int64{a.number("items.0.position"), a.number("items.1.position")}, []int64{1, 2})
			log := each(owner.get("/audit?limit=10").ok(), "action")
			same(t, "log", log[:2], []string{"share_policy.deleted", "share_policy.updated"})
		})
		t.Run("a check says what decides", func(t *testing.T) {
			w := w.in(t)
			p, owner := policy{w}, w.as("owner")
			ids := p.is(deny("roles", []int64{d.roles["agent"]}, "to_groups", []int64{d.groups["HR"]}))
			check := func(who, kind string, target int64) *answer {
				return owner.get(fmt.Sprintf("/share-check?person=%d&ticket=%d&kind=%s&target=%d", w.id(who), n, kind, target))
			}
			before := w.fingerprint()
			a := check("accounts.agent", "group", d.groups["HR"]).is(200)
			same(t, "denied", []any{a.at("allowed"), a.text("reason"), a.number("entry")}, []any{false, "policy", ids[0]})
			a = check("accounts.agent", "group", d.groups["Legal"]).is(200)
			same(t, "default", []any{a.at("allowed"), a.text("reason"), a.at("entry")}, []any{true, "policy", nil})
			same(t, "owner", check("owner", "group", d.groups["HR"]).is(200).at("allowed"), true)
			same(t, "no right", check("noshare.agent", "group", d.groups["Legal"]).is(200).text("reason"), "no_right")
			same(t, "not visible", check("hr.agent", "group", d.groups["Legal"]).is(200).text("reason"), "not_visible")
			same(t, "no target", check("owner", "group", 999999).is(200).text("reason"), "no_target")
			same(t, "self", check("owner", "agent", w.id("owner")).is(200).text("reason"), "self")
			owner.get(fmt.Sprintf("/share-check?person=999999&ticket=%d&kind=group&target=1", n)).refused(422, "person")
			same(t, "nothing was shared", w.fingerprint() == before, true)
			keeper := w.role("Settings alone", "settings.manage")
			owner.patch(w.person("hr.second"), map[string]any{"roles": []int64{keeper}}).ok()
			w.as("hr.second").get(fmt.Sprintf("/share-check?person=%d&ticket=%d&kind=group&target=%d", w.id("owner"), n, d.groups["HR"])).is(404)
			p.is()
		})
	})
}

// roomTargets stands for a kind of target that this program does not know.
type roomTargets struct{}

func (roomTargets) Kind() dm.TargetKind { return "room" }

func (roomTargets) Search(_ *app.TargetAsk, q string, _ int) ([]store.TargetRow, error) {
	return []store.TargetRow{{Target: dm.Target{Kind: "room", ID: 7}, Name: "Room of " + q}}, nil
}

func (roomTargets) Resolve(*app.TargetAsk, []int64) (map[int64]store.TargetRow, error) {
	return nil, nil
}

func (roomTargets) Check(_ *app.TargetAsk, _ int64, place string) (store.TargetRow, error) {
	return store.TargetRow{}, dm.BadField(place, "Not today.").With("room_asleep")
}

// fewerAgents is a narrower list: of the agents it offers only some.
type fewerAgents struct {
	app.TargetProvider
	only int64
}

func (f fewerAgents) Search(ask *app.TargetAsk, q string, limit int) ([]store.TargetRow, error) {
	rows, err := f.TargetProvider.Search(ask, q, limit)
	return slices.DeleteFunc(rows, func(r store.TargetRow) bool { return r.Target.ID != f.only }), err
}

func (f fewerAgents) Check(ask *app.TargetAsk, id int64, place string) (store.TargetRow, error) {
	if id != f.only {
		return store.TargetRow{}, dm.BadField(place, "There is no such agent or group.")
	}
	return f.TargetProvider.Check(ask, id, place)
}

func TestTargetProviders(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing")
		find := func() []string {
			return names(w.as("accounts.agent").get("/share-targets?q=hr&ticket=" + fmt.Sprint(n)).ok())
		}
		t.Run("S4-30 a new kind of target plugs in without a change to the picker", func(t *testing.T) {
			w.app.Targets = append(app.DefaultTargets(), roomTargets{})
			same(t, "offered", find(), []string{"Hr Agent", "Hr Second", "HR", "Room of hr"})
			_, err := w.app.Apply(t.Context(), w.viewer("accounts.agent"), dm.Change{Number: n, Share: []dm.NewShare{{Target: dm.Target{Kind: "room", ID: 7}}}})
			same(t, "reason", dm.ReasonOf(err), "room_asleep")
		})
		t.Run("S4-30 a narrower list plugs in, for the picker and for every share", func(t *testing.T) {
			list := app.DefaultTargets()
			list[0] = fewerAgents{list[0], w.id("hr.second")}
			w.app.Targets = list
			same(t, "offered", find(), []string{"Hr Second", "HR"})
			w.as("accounts.agent").post(at(n, "shares"), terms([]map[string]any{w.agent("hr.agent")})).refused(422, "targets[0]")
			w.as("accounts.agent").post(at(n, "shares"), terms([]map[string]any{w.agent("hr.second")})).is(201)
		})
	})
}
