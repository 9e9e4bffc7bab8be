package store

import (
	"database/sql"
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
)

const policyNameTaken = "Another policy already has this name."

// SLAPolicies lists the account's policies in their order, active or not, without
// those that were deleted.
func (tx *Tx) SLAPolicies(account int64) ([]dm.SLAPolicy, error) {
	list := []dm.SLAPolicy{}
	err := tx.query(`SELECT id, name, description, active, position, condition, calendar_id, targets, pause, version, created_at, updated_at FROM sla_policies
WHERE account_id = ? AND deleted_at IS NULL ORDER BY position, id`, func(rows *sql.Rows) error {
		var p dm.SLAPolicy
		var condition, targets, pause string
		if err := rows.Scan(&p.ID, &p.Name, &p.Description, flag{&p.Active}, &p.Position, &condition, opt(&p.CalendarID), &targets, &pause, &p.Version, &p.CreatedAt, &p.UpdatedAt); err != nil {
			return err
		}
		p.Broken = condition != "" && json.Unmarshal([]byte(condition), &p.Condition) != nil
		if err := json.Unmarshal([]byte(targets), &p.Targets); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(pause), &p.Pause); err != nil {
			return err
		}
		list = append(list, p)
		return nil
	}, account)
	return list, err
}

// policyTexts gives condition, targets and statuses as they are stored.
func policyTexts(p *dm.SLAPolicy) (texts [3]string, err error) {
	for i, value := range []any{p.Condition, p.Targets, p.Pause} {
		raw, err := json.Marshal(value)
		if err != nil {
			return texts, err
		}
		texts[i] = string(raw)
	}
	if p.Condition.Empty() {
		texts[0] = ""
	}
	return texts, nil
}

// CreateSLAPolicy keeps a new policy and gives its id; Conflict where another has
// the name.
func (tx *Tx) CreateSLAPolicy(account int64, p *dm.SLAPolicy) (int64, error) {
	texts, err := policyTexts(p)
	if err != nil {
		return 0, err
	}
	id, err := tx.insert(`INSERT INTO sla_policies (account_id, name, name_folded, description, active, position, condition, calendar_id, targets, pause, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, account, p.Name, foldedName(p.Name), p.Description, bit(p.Active), p.Position, texts[0], none(p.CalendarID), texts[1], texts[2],
		int64(tx.now), int64(tx.now))
	if err != nil {
		return 0, duplicate(err, "name", policyNameTaken)
	}
	return id, tx.bumpAccess(account)
}

// SaveSLAPolicy saves a policy and raises its version.
func (tx *Tx) SaveSLAPolicy(account int64, p *dm.SLAPolicy) error {
	texts, err := policyTexts(p)
	if err != nil {
		return err
	}
	n, err := tx.exec(`UPDATE sla_policies SET name = ?, name_folded = ?, description = ?, active = ?, position = ?, condition = ?, calendar_id = ?, targets = ?, pause = ?,
version = version + 1, updated_at = ? WHERE account_id = ? AND id = ? AND deleted_at IS NULL`, p.Name, foldedName(p.Name), p.Description, bit(p.Active), p.Position, texts[0],
		none(p.CalendarID), texts[1], texts[2], int64(tx.now), account, p.ID)
	if err := one(n, duplicate(err, "name", policyNameTaken), "policy"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// PlaceSLAPolicy gives a policy its place in the order.
func (tx *Tx) PlaceSLAPolicy(account, id, position int64) error {
	n, err := tx.exec(`UPDATE sla_policies SET position = ? WHERE account_id = ? AND id = ? AND deleted_at IS NULL`, position, account, id)
	if err := one(n, err, "policy"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// DeleteSLAPolicy takes a policy away. Its row stays, without calendar, for the
// clocks and the history that name it.
func (tx *Tx) DeleteSLAPolicy(account, id int64) error {
	n, err := tx.exec(`UPDATE sla_policies SET deleted_at = ?, calendar_id = NULL WHERE account_id = ? AND id = ? AND deleted_at IS NULL`, int64(tx.now), account, id)
	if err := one(n, err, "policy"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// dirPolicies keeps calendars and active policies, so that a change in an account
// without any costs nothing.
func (tx *Tx) dirPolicies(d *Directory, account int64) error {
	list, err := tx.Calendars(account)
	if err != nil {
		return err
	}
	d.Calendars = make(map[int64]dm.Calendar, len(list))
	for _, c := range list {
		d.Calendars[c.ID] = c
	}
	policies, err := tx.SLAPolicies(account)
	for _, p := range policies {
		if p.Active && !p.Broken {
			d.Policies = append(d.Policies, p)
		}
	}
	return err
}

// Policy gives an active policy; nil where there is none.
func (d *Directory) Policy(id int64) *dm.SLAPolicy {
	for i := range d.Policies {
		if d.Policies[i].ID == id {
			return &d.Policies[i]
		}
	}
	return nil
}
