package store

import (
	"database/sql"
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
)

// SharePolicy reads the account's sharing policy, in the order in which it is
// read. Whether a condition names what is there no more is decided by whoever
// has the directory.
func (tx *Tx) SharePolicy(account int64) ([]dm.SharePolicyEntry, error) {
	var list []dm.SharePolicyEntry
	err := tx.query(`SELECT id, position, allow, any_person, requesters, any_brand, any_group, condition, any_target, all_agents, all_groups, all_requesters, all_partners
FROM share_policy WHERE account_id = ? ORDER BY position, id`, func(rows *sql.Rows) error {
		var e dm.SharePolicyEntry
		var condition string
		err := rows.Scan(&e.ID, &e.Position, flag{&e.Allow}, flag{&e.Who.Anybody}, flag{&e.Who.Requesters}, flag{&e.Where.AnyBrand}, flag{&e.Where.AnyGroup}, &condition,
			flag{&e.Whom.Anyone}, flag{&e.Whom.AllAgents}, flag{&e.Whom.AllGroups}, flag{&e.Whom.AllRequesters}, flag{&e.Whom.AllPartners})
		e.Where.Broken = condition != "" && json.Unmarshal([]byte(condition), &e.Where.Condition) != nil
		list = append(list, e)
		return err
	}, account)
	if err != nil || len(list) == 0 {
		return list, err
	}
	return list, tx.policyNames(account, list)
}

// policyPart gives the list of an entry that a part of share_policy_names holds.
func policyPart(e *dm.SharePolicyEntry, part string) *[]int64 {
	switch part {
	case "role":
		return &e.Who.Roles
	case "brand":
		return &e.Where.Brands
	case "group":
		return &e.Where.Groups
	case "agent":
		return &e.Whom.Agents
	case "to_group":
		return &e.Whom.Groups
	case "agents_of":
		return &e.Whom.AgentsOf
	case "partner":
		return &e.Whom.Partners
	}
	return &e.Whom.Members
}

func (tx *Tx) policyNames(account int64, list []dm.SharePolicyEntry) error {
	at := make(map[int64]*dm.SharePolicyEntry, len(list))
	for i := range list {
		at[list[i].ID] = &list[i]
	}
	return tx.query(`SELECT entry_id, part, coalesce(role_id, brand_id, group_id, person_id, partner_id) FROM share_policy_names WHERE account_id = ? ORDER BY id`, func(rows *sql.Rows) error {
		var entry, id int64
		var part string
		if err := rows.Scan(&entry, &part, &id); err != nil {
			return err
		}
		if e := at[entry]; e != nil {
			l := policyPart(e, part)
			*l = append(*l, id)
		}
		return nil
	}, account)
}

// policyColumns gives what is stored of an entry itself, in the order of both
// statements below.
func policyColumns(e *dm.SharePolicyEntry) ([]any, error) {
	condition := ""
	if !e.Where.Condition.Empty() {
		raw, err := json.Marshal(&e.Where.Condition)
		if err != nil {
			return nil, err
		}
		condition = string(raw)
	}
	return []any{bit(e.Allow), bit(e.Who.Anybody), bit(e.Who.Requesters), bit(e.Where.AnyBrand), bit(e.Where.AnyGroup), condition,
		bit(e.Whom.Anyone), bit(e.Whom.AllAgents), bit(e.Whom.AllGroups), bit(e.Whom.AllRequesters), bit(e.Whom.AllPartners)}, nil
}

// CreatePolicyEntry keeps a new entry at its position and gives its id; NotFound
// for something it names that the account does not have.
func (tx *Tx) CreatePolicyEntry(account int64, e *dm.SharePolicyEntry) (int64, error) {
	columns, err := policyColumns(e)
	if err != nil {
		return 0, err
	}
	e.ID, err = tx.insert(`INSERT INTO share_policy (account_id, position, allow, any_person, requesters, any_brand, any_group, condition, any_target, all_agents, all_groups,
all_requesters, all_partners, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		append(append([]any{account, e.Position}, columns...), int64(tx.now), int64(tx.now))...)
	if err != nil {
		return 0, err
	}
	return e.ID, tx.setPolicyNames(account, e)
}

// SavePolicyEntry saves what an entry says, but not its position.
func (tx *Tx) SavePolicyEntry(account int64, e *dm.SharePolicyEntry) error {
	columns, err := policyColumns(e)
	if err != nil {
		return err
	}
	n, err := tx.exec(`UPDATE share_policy SET allow = ?, any_person = ?, requesters = ?, any_brand = ?, any_group = ?, condition = ?, any_target = ?, all_agents = ?, all_groups = ?,
all_requesters = ?, all_partners = ?, updated_at = ? WHERE account_id = ? AND id = ?`, append(columns, int64(tx.now), account, e.ID)...)
	if err := one(n, err, "entry"); err != nil {
		return err
	}
	return tx.setPolicyNames(account, e)
}

// setPolicyNames writes anew what an entry names.
func (tx *Tx) setPolicyNames(account int64, e *dm.SharePolicyEntry) error {
	if _, err := tx.exec(`DELETE FROM share_policy_names WHERE account_id = ? AND entry_id = ?`, account, e.ID); err != nil {
		return err
	}
	for _, p := range []struct{ part, column string }{
		{"role", `role_id`}, {"brand", `brand_id`}, {"group", `group_id`}, {"agent", `person_id`}, {"to_group", `group_id`}, {"agents_of", `brand_id`}, {"members", `group_id`},
		{"partner", `partner_id`},
	} {
		for _, id := range *policyPart(e, p.part) {
			_, err := tx.exec(`INSERT INTO share_policy_names (account_id, entry_id, part, `+p.column+`) VALUES (?, ?, ?, ?)`, account, e.ID, p.part, id)
			if isForeignKey(err) {
				return dm.Missing("role, brand, group, person or partner").Because(err)
			}
			if err != nil {
				return err
			}
		}
	}
	return tx.bumpAccess(account)
}

// OrderPolicy numbers the entries with these ids from 1.
func (tx *Tx) OrderPolicy(account int64, ids []int64) error {
	for i, id := range ids {
		n, err := tx.exec(`UPDATE share_policy SET position = ? WHERE account_id = ? AND id = ?`, i+1, account, id)
		if err := one(n, err, "entry"); err != nil {
			return err
		}
	}
	return tx.bumpAccess(account)
}

// DeletePolicyEntry removes an entry.
func (tx *Tx) DeletePolicyEntry(account, id int64) error {
	n, err := tx.exec(`DELETE FROM share_policy WHERE account_id = ? AND id = ?`, account, id)
	if err := one(n, err, "entry"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// RolesOf gives the ids of a person's roles.
func (tx *Tx) RolesOf(account, person int64) ([]int64, error) {
	return tx.ids(`SELECT role_id FROM person_roles WHERE account_id = ? AND person_id = ? ORDER BY role_id`, account, person)
}

// AgentPlaces is where an agent works: brands, or all of them, and groups.
type AgentPlaces struct {
	AllBrands bool
	Brands    []int64
	Groups    []int64
}

// PlacesOf tells where agents work.
func (tx *Tx) PlacesOf(account int64, ids []int64) (map[int64]*AgentPlaces, error) {
	places := make(map[int64]*AgentPlaces, len(ids))
	for _, id := range ids {
		places[id] = &AgentPlaces{}
	}
	if len(ids) == 0 {
		return places, nil
	}
	in := ` IN (` + marks(len(ids)) + `)`
	for _, part := range []struct {
		query string
		add   func(*AgentPlaces, int64)
	}{
		{`SELECT id, all_brands FROM people WHERE account_id = ? AND id` + in, func(p *AgentPlaces, all int64) { p.AllBrands = all == 1 }},
		{`SELECT person_id, brand_id FROM person_brands WHERE account_id = ? AND person_id` + in, func(p *AgentPlaces, id int64) { p.Brands = append(p.Brands, id) }},
		{`SELECT person_id, group_id FROM group_members WHERE account_id = ? AND person_id` + in, func(p *AgentPlaces, id int64) { p.Groups = append(p.Groups, id) }},
	} {
		err := tx.query(part.query, func(rows *sql.Rows) error {
			var person, value int64
			if err := rows.Scan(&person, &value); err != nil {
				return err
			}
			if p := places[person]; p != nil {
				part.add(p, value)
			}
			return nil
		}, append([]any{account}, padded(ids)...)...)
		if err != nil {
			return nil, err
		}
	}
	return places, nil
}

// dirSharePolicy keeps the sharing policy, so that sharing in an account without
// one costs nothing.
func (tx *Tx) dirSharePolicy(d *Directory, account int64) (err error) {
	if d.SharePolicy, err = tx.SharePolicy(account); err != nil {
		return err
	}
	for i := range d.SharePolicy {
		w := &d.SharePolicy[i].Where
		w.Broken = w.Broken || d.CheckCondition(&w.Condition) != nil
	}
	return nil
}
