package store

import (
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
)

const ruleColumns = `id, kind, name, description, enabled, position, brand_id, hours, calendar_id, performers, events, condition, actions, version, author_id, confined, updated_at, updated_by`

// ruleTexts are the texts in which what a rule does is stored.
type ruleTexts struct{ events, condition, actions string }

// scanRule reads a rule, but for what its texts say.
func scanRule(rows *sql.Rows) (r dm.Rule, said ruleTexts, err error) {
	var performers string
	err = rows.Scan(&r.ID, &r.Kind, &r.Name, &r.Description, flag{&r.Enabled}, &r.Position, opt(&r.BrandID), &r.Hours, opt(&r.CalendarID), &performers, &said.events, &said.condition, &said.actions,
		&r.Version, opt(&r.AuthorID), flag{&r.Confined}, &r.UpdatedAt, opt(&r.UpdatedBy))
	for _, p := range strings.Fields(performers) {
		r.Performers = append(r.Performers, dm.Performer(p))
	}
	return r, said, err
}

// read gives a rule what its texts say. What this program cannot read, as after
// going back to an older one, makes it broken and is no error.
func (t *ruleTexts) read(r *dm.Rule) {
	r.Broken = json.Unmarshal([]byte(t.events), &r.Events) != nil || json.Unmarshal([]byte(t.actions), &r.Actions) != nil
	if t.condition != "" {
		var err error
		r.Condition, err = dm.ReadRuleCondition([]byte(t.condition))
		r.Broken = r.Broken || err != nil
	}
	for i := range r.Actions {
		r.Broken = r.Broken || dm.ShapeOf(r.Actions[i].Do) == nil
	}
}

func (tx *Tx) rules(where string, args ...any) ([]dm.Rule, error) {
	list := []dm.Rule{}
	err := tx.query(`SELECT `+ruleColumns+` FROM rules WHERE `+where, func(rows *sql.Rows) error {
		r, said, err := scanRule(rows)
		if err == nil {
			said.read(&r)
		}
		list = append(list, r)
		return err
	}, args...)
	return list, err
}

// Rules lists the account's rules of a kind, "" for any, in their order.
func (tx *Tx) Rules(account int64, kind dm.RuleKind) ([]dm.Rule, error) {
	if kind == "" {
		return tx.rules(`account_id = ? ORDER BY kind, position, id`, account)
	}
	return tx.rules(`account_id = ? AND kind = ? ORDER BY position, id`, account, kind)
}

// Rule reads one rule; NotFound when there is none.
func (tx *Tx) Rule(account, id int64) (*dm.Rule, error) {
	list, err := tx.rules(`account_id = ? AND id = ?`, account, id)
	if err == nil && len(list) == 0 {
		return nil, dm.Missing("rule")
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// CountRules counts the account's rules.
func (tx *Tx) CountRules(account int64) (int64, error) {
	return tx.number(`SELECT COUNT(*) FROM rules WHERE account_id = ?`, account)
}

// ruleValues are the values of what a person saves, in the order of CreateRule
// and SaveRule.
func ruleValues(r *dm.Rule) ([]any, error) {
	performers := make([]string, len(r.Performers))
	for i, p := range r.Performers {
		performers[i] = string(p)
	}
	condition := ""
	if !r.Condition.Empty() {
		raw, err := json.Marshal(r.Condition)
		if err != nil {
			return nil, err
		}
		condition = string(raw)
	}
	events, err := json.Marshal(append([]dm.RuleEvent{}, r.Events...))
	if err != nil {
		return nil, err
	}
	actions, err := json.Marshal(r.Actions)
	if err != nil {
		return nil, err
	}
	return []any{r.Name, r.Description, bit(r.Enabled), r.Position, none(r.BrandID), r.Hours, none(r.CalendarID), strings.Join(performers, " "), string(events), condition, string(actions),
		r.Version, none(r.AuthorID), bit(r.Confined), none(r.UpdatedBy)}, nil
}

// CreateRule stores a new rule after the others of its kind, with its first
// version, and sets ID, Version and Position.
func (tx *Tx) CreateRule(account int64, r *dm.Rule) (int64, error) {
	last, err := tx.number(`SELECT COALESCE(MAX(position), 0) FROM rules WHERE account_id = ? AND kind = ?`, account, r.Kind)
	if err != nil {
		return 0, err
	}
	r.Position, r.Version, r.UpdatedAt = last+1, 1, tx.now
	values, err := ruleValues(r)
	if err != nil {
		return 0, err
	}
	r.ID, err = tx.insert(`INSERT INTO rules (name, description, enabled, position, brand_id, hours, calendar_id, performers, events, condition, actions, version, author_id, confined, updated_by,
account_id, kind, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, append(values, account, r.Kind, int64(tx.now), int64(tx.now))...)
	if err != nil {
		return 0, err
	}
	if err := tx.keepRuleVersion(account, r); err != nil {
		return 0, err
	}
	return r.ID, tx.bumpAccess(account)
}

// SaveRule stores a rule as given; one whose Version has risen is kept as a
// version too.
func (tx *Tx) SaveRule(account int64, r *dm.Rule) error {
	r.UpdatedAt = tx.now
	values, err := ruleValues(r)
	if err != nil {
		return err
	}
	n, err := tx.exec(`UPDATE rules SET name = ?, description = ?, enabled = ?, position = ?, brand_id = ?, hours = ?, calendar_id = ?, performers = ?, events = ?, condition = ?, actions = ?,
version = ?, author_id = ?, confined = ?, updated_by = ?, updated_at = ? WHERE account_id = ? AND id = ?`, append(values, int64(tx.now), account, r.ID)...)
	if err := one(n, err, "rule"); err != nil {
		return err
	}
	if err := tx.keepRuleVersion(account, r); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// ruleBody is what is kept of a version of a rule.
type ruleBody struct {
	Name        string         `json:"name"`
	Description string         `json:"description,omitempty"`
	BrandID     int64          `json:"brand_id,omitempty"`
	Hours       dm.RuleHours   `json:"hours"`
	CalendarID  int64          `json:"calendar_id,omitempty"`
	Performers  []dm.Performer `json:"performers,omitempty"`
	Events      []dm.RuleEvent `json:"events,omitempty"`
	Condition   *dm.Condition  `json:"condition,omitempty"`
	Actions     []dm.Action    `json:"actions"`
}

// keepRuleVersion keeps the rule's present version, if it is not kept yet, and
// drops the oldest beyond dm.MaxRuleVersions.
func (tx *Tx) keepRuleVersion(account int64, r *dm.Rule) error {
	body := ruleBody{Name: r.Name, Description: r.Description, BrandID: r.BrandID, Hours: r.Hours, CalendarID: r.CalendarID, Performers: r.Performers,
		Events: r.Events, Actions: r.Actions}
	if !r.Condition.Empty() {
		body.Condition = &r.Condition
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if _, err := tx.exec(`INSERT INTO rule_versions (account_id, rule_id, version, author_id, body, created_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account_id, rule_id, version) DO NOTHING`,
		account, r.ID, r.Version, none(r.AuthorID), string(raw), int64(tx.now)); err != nil {
		return err
	}
	_, err = tx.exec(`DELETE FROM rule_versions WHERE account_id = ? AND rule_id = ? AND version <= ?`, account, r.ID, r.Version-dm.MaxRuleVersions)
	return err
}

// RuleVersions lists the versions that are kept of a rule, newest first. One that
// cannot be read has a broken rule.
func (tx *Tx) RuleVersions(account, rule int64) ([]dm.RuleVersion, error) {
	list := []dm.RuleVersion{}
	err := tx.query(`SELECT version, author_id, body, created_at FROM rule_versions WHERE account_id = ? AND rule_id = ? ORDER BY version DESC`, func(rows *sql.Rows) error {
		var v dm.RuleVersion
		var raw string
		if err := rows.Scan(&v.Version, opt(&v.AuthorID), &raw, &v.At); err != nil {
			return err
		}
		v.Rule = readRuleBody(raw)
		v.Rule.ID, v.Rule.Version, v.Rule.AuthorID = rule, v.Version, v.AuthorID
		list = append(list, v)
		return nil
	}, account, rule)
	return list, err
}

func readRuleBody(raw string) dm.Rule {
	var b struct {
		ruleBody
		Condition json.RawMessage `json:"condition"`
	}
	if json.Unmarshal([]byte(raw), &b) != nil {
		return dm.Rule{Broken: true}
	}
	c, err := dm.ReadRuleCondition(b.Condition)
	r := dm.Rule{Name: b.Name, Description: b.Description, BrandID: b.BrandID, Hours: b.Hours, CalendarID: b.CalendarID, Performers: b.Performers, Events: b.Events,
		Condition: c, Actions: b.Actions, Broken: err != nil}
	r.Broken = r.Broken || slices.ContainsFunc(r.Actions, func(a dm.Action) bool { return dm.ShapeOf(a.Do) == nil })
	return r
}

// DeleteRule deletes a rule with its versions, its log and its memory.
func (tx *Tx) DeleteRule(account, id int64) error {
	n, err := tx.exec(`DELETE FROM rules WHERE account_id = ? AND id = ?`, account, id)
	if err := one(n, err, "rule"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// OrderRules gives rules the positions of their places in the list.
func (tx *Tx) OrderRules(account int64, ids []int64) error {
	for i, id := range ids {
		if err := tx.later(`UPDATE rules SET position = ? WHERE account_id = ? AND id = ?`, i+1, account, id); err != nil {
			return err
		}
	}
	return tx.bumpAccess(account)
}
