package store

import (
	"database/sql"
	"encoding/json"
	"slices"

	dm "github.com/deskmesh/deskmesh"
)

// CreatePerson keeps a new person with a primary address and gives the id. Of p
// it reads kind, name, address, scope, the two All flags, department, sight of it, company
// and language. Conflict when the address belongs to somebody already. A new
// agent raises the access version, a new requester does not.
func (tx *Tx) CreatePerson(account int64, p *dm.Person) (int64, error) {
	scope := p.Scope
	if scope == "" {
		scope = dm.RestrictedScope
	}
	id, err := tx.insert(`INSERT INTO people (account_id, kind, name, name_folded, address, scope, all_brands, all_inboxes, department_id, company_id, department_tickets, department_changes, language, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, account, p.Kind, p.Name, foldedName(p.Name), p.Address, scope,
		bit(p.AllBrands), bit(p.AllInboxes), none(p.DepartmentID), none(p.CompanyID), sightText(p.Sight.Tickets), sightText(p.Sight.Changes), p.Language, tx.now, tx.now)
	if err != nil {
		return 0, err
	}
	if err := tx.insertAddress(account, id, p.Address, true); err != nil {
		return 0, err
	}
	if err := tx.indexPerson(account, id); err != nil {
		return 0, err
	}
	if p.Kind == dm.Agent {
		return id, tx.bumpAccess(account)
	}
	return id, nil
}

// sightText writes a sight; "" is none.
func sightText(s dm.Sight) string {
	if s == "" {
		s = dm.SightNone
	}
	return string(s)
}

// foldedName is a person's name as it is searched and sorted.
func foldedName(name string) string { return clip(Fold(name), 400) }

// SavePerson saves name, kind, scope, the two All flags, department, sight of it,
// company and language of a person who has not been erased.
func (tx *Tx) SavePerson(account int64, p *dm.Person) error {
	n, err := tx.exec(`UPDATE people SET kind = ?, name = ?, name_folded = ?, scope = ?, all_brands = ?, all_inboxes = ?,
department_id = ?, company_id = ?, department_tickets = ?, department_changes = ?, language = ?, updated_at = ? WHERE account_id = ? AND id = ? AND erased = 0`,
		p.Kind, p.Name, foldedName(p.Name), p.Scope, bit(p.AllBrands), bit(p.AllInboxes),
		none(p.DepartmentID), none(p.CompanyID), sightText(p.Sight.Tickets), sightText(p.Sight.Changes), p.Language, tx.now, account, p.ID)
	if err := one(n, err, "person"); err != nil {
		return err
	}
	if err := tx.indexPerson(account, p.ID); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// SetPreferences keeps what a person likes.
func (tx *Tx) SetPreferences(account, person int64, p dm.Preferences) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	n, err := tx.exec(`UPDATE people SET preferences = ?, updated_at = ? WHERE account_id = ? AND id = ? AND erased = 0`, string(text), tx.now, account, person)
	return one(n, err, "person")
}

// SetPersonActive turns a person off or on again. Turning off ends sessions,
// API tokens and setup links for good.
func (tx *Tx) SetPersonActive(account, person int64, active bool) error {
	n, err := tx.exec(`UPDATE people SET active = ?, updated_at = ? WHERE account_id = ? AND id = ? AND erased = 0`, bit(active), tx.now, account, person)
	if err := one(n, err, "person"); err != nil {
		return err
	}
	if !active {
		if err := tx.endCredentials(account, person); err != nil {
			return err
		}
	}
	return tx.bumpAccess(account)
}

// endCredentials ends everything a person could still prove themselves with,
// apart from the password.
func (tx *Tx) endCredentials(account, person int64) error {
	if err := tx.DeleteSessions(account, person, ""); err != nil {
		return err
	}
	if err := tx.DeleteSetupLinks(account, person); err != nil {
		return err
	}
	if err := tx.deleteSignInLinks(account, person); err != nil {
		return err
	}
	_, err := tx.exec(`UPDATE api_tokens SET revoked_at = ? WHERE account_id = ? AND person_id = ? AND revoked_at IS NULL`, tx.now, account, person)
	return err
}

// Person reads a person with addresses, roles, reach and groups; NotFound when
// there is none. Somebody erased is inactive and has neither name nor address.
func (tx *Tx) Person(account, id int64) (*dm.Person, error) {
	found, err := tx.people(account, []int64{id})
	if err != nil {
		return nil, err
	}
	if found[id] == nil {
		return nil, dm.Missing("person")
	}
	return found[id], nil
}

// PersonErased says whether a person exists who has been erased.
func (tx *Tx) PersonErased(account, id int64) (bool, error) {
	ids, err := tx.ids(`SELECT id FROM people WHERE account_id = ? AND id = ? AND erased = 1`, account, id)
	return len(ids) > 0, err
}

// people reads whole people by id.
func (tx *Tx) people(account int64, ids []int64) (map[int64]*dm.Person, error) {
	found := make(map[int64]*dm.Person, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	args := append([]any{account}, padded(ids)...)
	in := `(` + marks(len(ids)) + `)`
	err := tx.query(`SELECT id, kind, name, address, scope, all_brands, all_inboxes, department_id, company_id, department_tickets, department_changes, active,
CASE WHEN password_hash <> '' THEN 1 ELSE 0 END,
CASE WHEN EXISTS (SELECT 1 FROM totp t WHERE t.account_id = people.account_id AND t.person_id = people.id AND t.confirmed_at IS NOT NULL) THEN 1 ELSE 0 END,
language, preferences, created_at, updated_at FROM people WHERE account_id = ? AND id IN `+in, func(rows *sql.Rows) error {
		p := &dm.Person{}
		var preferences string
		err := rows.Scan(&p.ID, &p.Kind, &p.Name, &p.Address, &p.Scope, flag{&p.AllBrands}, flag{&p.AllInboxes}, opt(&p.DepartmentID), opt(&p.CompanyID), &p.Sight.Tickets, &p.Sight.Changes,
			flag{&p.Active}, flag{&p.HasPassword}, flag{&p.HasTOTP}, &p.Language, &preferences, &p.CreatedAt, &p.UpdatedAt)
		if err != nil {
			return err
		}
		found[p.ID] = p
		p.Preferences, err = dm.ParsePreferences(preferences)
		return err
	}, args...)
	if err != nil {
		return nil, err
	}
	err = tx.query(`SELECT person_id, address FROM addresses WHERE account_id = ? AND person_id IN `+in+` AND is_primary = 0 ORDER BY id`, func(rows *sql.Rows) error {
		var id int64
		var address string
		if err := rows.Scan(&id, &address); err != nil {
			return err
		}
		if p := found[id]; p != nil {
			p.Others = append(p.Others, address)
		}
		return nil
	}, args...)
	if err != nil {
		return nil, err
	}
	return found, tx.agentLists(found, in, args)
}

// agentLists reads the lists that only agents have, if there is an agent.
func (tx *Tx) agentLists(found map[int64]*dm.Person, in string, args []any) error {
	agent := false
	for _, p := range found {
		agent = agent || p.Kind == dm.Agent
	}
	if !agent {
		return nil
	}
	lists := []struct {
		query string
		of    func(*dm.Person) *[]int64
	}{
		{`SELECT person_id, brand_id FROM person_brands WHERE account_id = ? AND person_id IN ` + in, func(p *dm.Person) *[]int64 { return &p.Brands }},
		{`SELECT person_id, inbox_id FROM person_inboxes WHERE account_id = ? AND person_id IN ` + in, func(p *dm.Person) *[]int64 { return &p.Inboxes }},
		{`SELECT person_id, role_id FROM person_roles WHERE account_id = ? AND person_id IN ` + in, func(p *dm.Person) *[]int64 { return &p.Roles }},
		{`SELECT m.person_id, m.group_id FROM group_members m JOIN groups g ON g.account_id = m.account_id AND g.id = m.group_id
WHERE m.account_id = ? AND m.person_id IN ` + in + ` AND g.deleted_at IS NULL`, func(p *dm.Person) *[]int64 { return &p.Groups }},
	}
	for _, l := range lists {
		err := tx.query(l.query, func(rows *sql.Rows) error {
			var person, id int64
			if err := rows.Scan(&person, &id); err != nil {
				return err
			}
			if p := found[person]; p != nil {
				to := l.of(p)
				*to = append(*to, id)
			}
			return nil
		}, args...)
		if err != nil {
			return err
		}
		for _, p := range found {
			slices.Sort(*l.of(p))
		}
	}
	return nil
}
