package store

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/rules"
)

// TestRuleConditions compares what the conditions of rules say of tickets, read as
// time rules read them, with lists by SQL: over at least 2,000 random pairs of
// condition and ticket on each engine. What only rules ask is compared with what
// is counted from the rows, and an operator about changes with where its value is
// listed before and after.
func TestRuleConditions(t *testing.T) {
	compareRules(t, 3, 10)
}

// TestProveRuleConditions does so over 100,000 pairs on each engine.
func TestProveRuleConditions(t *testing.T) {
	if os.Getenv("DESKMESH_PROVE") == "" {
		t.Skip("takes minutes: set DESKMESH_PROVE=1")
	}
	compareRules(t, 50, 20)
}

func compareRules(t *testing.T, worlds, conditions int) {
	seed, _ := strconv.ParseUint(os.Getenv("DESKMESH_SEED"), 10, 32)
	onBothEngines(t, func(d *jobDesk) {
		d.now.Store(int64(filterNow))
		pairs, held := 0, 0
		for i := range uint64(worlds) {
			w := &ruleWorld{filterWorld: newFilterWorld(d, d.db, seed+500+i), lists: map[string]map[int64]bool{}}
			w.write()
			list := w.each()
			for range conditions {
				list = append(list, w.condition())
			}
			for _, c := range list {
				p, h := w.compare(c)
				pairs, held = pairs+p, held+h
			}
		}
		d.Logf("%d pairs of condition and ticket, %d of which hold", pairs, held)
		if held < pairs/20 || held > pairs*19/20 {
			d.Error("nearly everything is the same: the comparison says little")
		}
	})
}

// ruleWorld is a world whose messages have authors and times, and whose shares were
// opened or not.
type ruleWorld struct {
	*filterWorld
	open    []*filterTicket                // neither spam nor deleted
	updates map[int64]*rules.Update        // what is told of each
	before  map[int64]*filterTicket        // what each was before
	counted map[string]map[int64]ruleCount // of fields that only rules have
	lists   map[string]map[int64]bool      // what SQL lists for a leaf
}

// ruleCount is a number that was counted; known is false where hours are counted
// from what never was.
type ruleCount struct {
	n     int64
	known bool
}

// write gives messages their authors, shares their readers, and each ticket a
// change by which it became what another one is.
func (w *ruleWorld) write() {
	err := w.db.Write(w.t.Context(), Urgent, func(tx *Tx) error {
		for _, x := range w.tickets {
			ids := w.numbers(tx, `SELECT id FROM messages WHERE account_id = ? AND ticket_id = ? ORDER BY id`, w.account, x.snap.Ticket.ID)
			at := filterNow.Add(-90 * time.Hour)
			for _, id := range ids {
				author := []any{w.agent(false), w.requester(), x.snap.Ticket.RequesterID, nil}[w.rng.IntN(4)]
				at = at.Add(time.Duration(w.rng.IntN(20*60)) * time.Minute)
				if _, err := tx.exec(`UPDATE messages SET author_id = ?, created_at = ? WHERE account_id = ? AND id = ?`, author, int64(at), w.account, id); err != nil {
					return err
				}
			}
			for _, s := range x.shares {
				if w.coin() {
					if _, err := tx.exec(`UPDATE shares SET opened_at = 1 WHERE account_id = ? AND id = ?`, w.account, s.ID); err != nil {
						return err
					}
				}
			}
			if !x.snap.Ticket.Spam && !x.snap.Ticket.Deleted {
				w.open = append(w.open, x)
			}
		}
		w.count(tx)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.updates, w.before = map[int64]*rules.Update{}, map[int64]*filterTicket{}
	for _, x := range w.open {
		b := pickOf(w.rng, w.open)
		u := &rules.Update{Before: b.snap.Ticket, BrandBefore: b.snap.BrandID, Performer: pickOf(w.rng, dm.Performers), Via: pickOf(w.rng, []dm.Via{dm.ViaAPI, dm.ViaMail, dm.ViaRule}), ViaSharing: w.coin()}
		u.Created = w.rng.IntN(6) == 0
		w.updates[x.snap.Ticket.ID], w.before[x.snap.Ticket.ID] = u, b
	}
}

func (w *ruleWorld) numbers(tx *Tx, query string, args ...any) (list []int64) {
	w.t.Helper()
	list, err := tx.ids(query, args...)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// count counts what only rules ask, each by a statement of its own.
func (w *ruleWorld) count(tx *Tx) {
	const wrote = `SELECT m.created_at FROM messages m LEFT JOIN people p ON p.account_id = m.account_id AND p.id = m.author_id JOIN tickets t ON t.account_id = m.account_id AND t.id = m.ticket_id
WHERE m.account_id = ? AND m.ticket_id = ? AND m.kind = 'reply'`
	const byRequester, byAgent = ` AND (p.kind = 'requester' OR m.author_id = t.requester_id)`, ` AND p.kind = 'agent' AND m.author_id <> t.requester_id`
	const later = ` AND m.id > (SELECT MIN(f.id) FROM messages f WHERE f.account_id = m.account_id AND f.ticket_id = m.ticket_id)`
	const live = `SELECT s.id FROM shares s WHERE s.account_id = ? AND s.ticket_id = ? AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > 1800000000000000)`
	w.counted = map[string]map[int64]ruleCount{}
	for _, f := range dm.RuleFields {
		w.counted[f.Key] = map[int64]ruleCount{}
	}
	for _, x := range w.tickets {
		id := x.snap.Ticket.ID
		rows := func(query string) []int64 { return w.numbers(tx, query, w.account, id) }
		many := func(key, query string) { w.counted[key][id] = ruleCount{int64(len(rows(query))), true} }
		since := func(key string, at ...int64) {
			if len(at) > 0 {
				past := int64(filterNow) - at[len(at)-1]
				hour := time.Hour.Microseconds()
				whole := past / hour
				if past%hour < 0 {
					whole--
				}
				w.counted[key][id] = ruleCount{whole, true}
			}
		}
		many(dm.FieldKeyRequesterReplies, wrote+later+byRequester)
		many(dm.FieldKeyAgentReplies, wrote+later+byAgent)
		many(dm.FieldKeyShareCount, live)
		many(dm.FieldKeySharedByRule, live+` AND s.cause_kind = 'rule'`)
		many(dm.FieldKeyOpened, live+` AND s.opened_at IS NOT NULL`)
		since(dm.FieldKeyHoursCreated, int64(x.snap.Ticket.CreatedAt))
		since(dm.FieldKeyHoursUpdated, int64(x.snap.Ticket.UpdatedAt))
		since(dm.FieldKeyHoursReply, rows(wrote+` ORDER BY m.id`)...)
		since(dm.FieldKeyHoursRequester, rows(wrote+byRequester+` ORDER BY m.id`)...)
		since(dm.FieldKeyHoursAgent, rows(wrote+byAgent+` ORDER BY m.id`)...)
	}
}

// each makes a condition of one leaf for each field that only rules have, and for
// each operator about changes.
func (w *ruleWorld) each() (list []dm.Condition) {
	for i := range dm.RuleFields {
		list = append(list, w.ownLeaf(&dm.RuleFields[i]))
	}
	for _, f := range w.directory().ConditionFields(w.viewers[0]) {
		for _, op := range dm.ChangeOps(f.Key) {
			leaf := dm.Condition{Field: f.Key, Op: op}
			if op == dm.OpChangedTo || op == dm.OpChangedFrom {
				if leaf.Values = []dm.ConditionValue{w.value(&f, dm.OpIs)}; leaf.Values[0].Kind == dm.SelfValue {
					continue
				}
			}
			list = append(list, leaf)
		}
	}
	return list
}

// ownLeaf makes a leaf about a field that only rules have.
func (w *ruleWorld) ownLeaf(f *dm.ConditionField) dm.Condition {
	leaf := w.leaf(*f)
	for i := range leaf.Values {
		if strings.HasPrefix(f.Key, "hours_") {
			leaf.Values[i].Number = float64(w.rng.IntN(120) - 10)
		} else if f.Type == dm.NumberField {
			leaf.Values[i].Number = float64(w.rng.IntN(4))
		}
	}
	return leaf
}

// condition makes a random condition that a rule may have.
func (w *ruleWorld) condition() dm.Condition {
	fields := w.directory().ConditionFields(w.viewers[0])
	var node func(depth int) dm.Condition
	node = func(depth int) dm.Condition {
		if depth == 0 || w.rng.IntN(3) > 0 {
			return w.ruleLeaf(fields)
		}
		var list []dm.Condition
		for range 1 + w.rng.IntN(3) {
			list = append(list, node(depth-1))
		}
		if w.coin() {
			return dm.Condition{Any: list}
		}
		return dm.Condition{All: list}
	}
	for {
		raw, err := json.Marshal(node(3))
		if err != nil {
			w.t.Fatal(err)
		}
		if c, err := dm.ParseRuleCondition(raw); err == nil {
			return c
		} else if !strings.Contains(err.Error(), "me and mine") {
			w.t.Fatalf("%s: %v", raw, err)
		}
	}
}

func (w *ruleWorld) ruleLeaf(fields []dm.ConditionField) dm.Condition {
	switch w.rng.IntN(4) {
	case 0:
		return w.ownLeaf(&dm.RuleFields[w.rng.IntN(len(dm.RuleFields))])
	case 1:
		f := pickOf(w.rng, fields)
		ops := dm.ChangeOps(f.Key)
		if len(ops) == 0 {
			return w.leaf(f)
		}
		leaf := dm.Condition{Field: f.Key, Op: pickOf(w.rng, ops)}
		if leaf.Op == dm.OpChangedTo || leaf.Op == dm.OpChangedFrom {
			leaf.Values = []dm.ConditionValue{w.value(&f, dm.OpIs)}
		}
		return leaf
	}
	return w.leaf(pickOf(w.rng, fields))
}

// compare asks the condition of every ticket in both ways.
func (w *ruleWorld) compare(c dm.Condition) (pairs, held int) {
	w.t.Helper()
	needs := rules.NeedsOf(&c)
	err := w.db.Read(w.t.Context(), func(tx *Tx) error {
		tx.now = filterNow
		var found []*rules.Snapshot
		for after := int64(0); ; {
			some, last, err := tx.RuleTickets(w.account, after, 10, needs)
			if err != nil {
				return err
			}
			if found = append(found, some...); last == 0 {
				break
			}
			after = last
		}
		if len(found) != len(w.open) {
			return fmt.Errorf("%d tickets are looked at, not %d", len(found), len(w.open))
		}
		reader := &rules.Reader{Internal: true, Now: filterNow}
		for _, s := range found {
			s.Update = w.updates[s.Ticket.ID]
			got, want := rules.Match(&c, s, reader), w.holds(tx, &c, s.Ticket.ID)
			if got != want {
				raw, _ := json.Marshal(c)
				return fmt.Errorf("ticket %d: the evaluator says %v, the rows %v: %s", s.Ticket.ID-w.base, got, want, raw)
			}
			if pairs++; got {
				held++
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return pairs, held
}

// holds decides a condition by the definitions.
func (w *ruleWorld) holds(tx *Tx, c *dm.Condition, id int64) bool {
	is := func(part dm.Condition) bool { return w.holds(tx, &part, id) }
	switch {
	case len(c.Any) > 0:
		return slices.ContainsFunc(c.Any, is)
	case !c.Leaf():
		return !slices.ContainsFunc(c.All, func(part dm.Condition) bool { return !is(part) })
	case c.Op.Changes():
		return w.changed(tx, c, id)
	case w.counted[c.Field] != nil:
		return w.counts(c, id)
	}
	return w.listed(tx, c)[id]
}

// changed decides an operator about changes by where its value is listed: the
// ticket was another one of this world before.
func (w *ruleWorld) changed(tx *Tx, c *dm.Condition, id int64) bool {
	u, was := w.updates[id], w.before[id].snap.Ticket.ID
	switch c.Op {
	case dm.OpChanged:
		return !u.Created && w.written(c.Field, id) != w.written(c.Field, was)
	case dm.OpNotChanged:
		return u.Created || w.written(c.Field, id) == w.written(c.Field, was)
	}
	leaf := *c
	leaf.Op = dm.OpIs
	list := w.listed(tx, &leaf)
	if c.Op == dm.OpChangedTo {
		return !u.Created && list[id] && !list[was]
	}
	return !u.Created && !list[id] && list[was]
}

// written writes the value that a ticket has of a field.
func (w *ruleWorld) written(field string, id int64) string {
	at := slices.IndexFunc(w.tickets, func(x *filterTicket) bool { return x.snap.Ticket.ID == id })
	s := &w.tickets[at].snap
	t := &s.Ticket
	sorted := func(ids []int64) []int64 { return slices.Sorted(slices.Values(ids)) }
	leaf := dm.Condition{Field: field}
	for _, v := range t.Fields {
		if v.FieldID == leaf.OwnField() {
			return v.Value
		}
	}
	value, known := map[string]any{
		"status": t.Status, "own_status": t.StatusID, "state": t.Status.Done(), "priority": t.Priority, "type": t.Type, "private": t.Private, "inbox": t.InboxID, "brand": s.BrandID,
		"group": t.GroupID, "assignee": t.AssigneeID, "requester": t.RequesterID, "department": t.DepartmentID, "subject": t.Subject,
		"tags": slices.Sorted(slices.Values(t.Tags)), "cc": sorted(t.CCs), "follower": sorted(t.Followers),
	}[field]
	if !known && leaf.OwnField() == 0 {
		w.t.Fatalf("nothing is known of changes of %s", field)
	}
	return fmt.Sprint(value)
}

// counts decides a leaf about what only rules ask.
func (w *ruleWorld) counts(c *dm.Condition, id int64) bool {
	op, negative := c.Op.Opposite()
	if !negative {
		op = c.Op
	}
	u, n := w.updates[id], w.counted[c.Field][id]
	one := func(v dm.ConditionValue) bool {
		switch c.Field {
		case dm.FieldKeyPerformer:
			return v.Text == string(u.Performer)
		case dm.FieldKeyUpdateVia:
			return v.Text == string(u.Via)
		case dm.FieldKeyViaSharing:
			return v.Flag == u.ViaSharing
		case dm.FieldKeySharedByRule, dm.FieldKeyOpened:
			return v.Flag == (n.n > 0)
		}
		have := float64(n.n)
		return n.known && map[dm.ConditionOp]bool{dm.OpIs: have == v.Number, dm.OpIn: have == v.Number, dm.OpLess: have < v.Number, dm.OpAtMost: have <= v.Number,
			dm.OpMore: have > v.Number, dm.OpAtLeast: have >= v.Number}[op]
	}
	return slices.ContainsFunc(c.Values, one) != negative
}

// listed gives the tickets that somebody who reaches everything lists by a leaf.
func (w *ruleWorld) listed(tx *Tx, leaf *dm.Condition) map[int64]bool {
	raw, err := json.Marshal(leaf)
	if err != nil {
		w.t.Fatal(err)
	}
	if list := w.lists[string(raw)]; list != nil {
		return list
	}
	c, err := dm.ParseCondition(raw)
	if err != nil {
		w.t.Fatalf("%s: %v", raw, err)
	}
	list, _, err := tx.Tickets(w.viewers[0], ListQuery{View: ViewAll, Filter: c, Limit: 100})
	if err != nil {
		w.t.Fatalf("%s: %v", raw, err)
	}
	ids := map[int64]bool{}
	for i := range list {
		ids[list[i].ID] = true
	}
	w.lists[string(raw)] = ids
	return ids
}
