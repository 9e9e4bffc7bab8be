package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

// AssignedOutOfReach lists up to limit tickets assigned to a person in inboxes
// that are not in the given list: those to unassign when an inbox or brand was
// taken away (decision Q18).
func (tx *Tx) AssignedOutOfReach(account, person int64, inboxes []int64, limit int) ([]int64, error) {
	args := append([]any{account, person}, padded(inboxes)...)
	return tx.ids(`SELECT b.id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.inbox_id + 0 NOT IN (`+marks(len(inboxes))+`) ORDER BY b.id LIMIT ?`, append(args, limit)...)
}

// GroupCanTake says whether a group has an active member who may work in the
// inbox's brand.
func (tx *Tx) GroupCanTake(account, group, brand int64) (bool, error) {
	var n int
	err := tx.row(`SELECT COUNT(*) FROM group_members m JOIN people p ON p.account_id = m.account_id AND p.id = m.person_id
WHERE m.account_id = ? AND m.group_id = ? AND p.active = 1 AND (p.all_brands = 1 OR EXISTS (SELECT 1 FROM person_brands b
WHERE b.account_id = p.account_id AND b.person_id = p.id AND b.brand_id = ?))`, account, group, brand).Scan(&n)
	return n > 0, err
}

// GroupReaches says whether a group has an active member who may work in both
// the brand and the inbox.
func (tx *Tx) GroupReaches(account, group, brand, inbox int64) (bool, error) {
	var n int
	err := tx.row(`SELECT COUNT(*) FROM group_members m JOIN people p ON p.account_id = m.account_id AND p.id = m.person_id
WHERE m.account_id = ? AND m.group_id = ? AND p.active = 1
AND (p.all_brands = 1 OR EXISTS (SELECT 1 FROM person_brands b WHERE b.account_id = p.account_id AND b.person_id = p.id AND b.brand_id = ?))
AND (p.all_inboxes = 1 OR EXISTS (SELECT 1 FROM person_inboxes i WHERE i.account_id = p.account_id AND i.person_id = p.id AND i.inbox_id = ?))`,
		account, group, brand, inbox).Scan(&n)
	return n > 0, err
}

// ActiveMembers lists the active members of a group.
func (tx *Tx) ActiveMembers(account, group int64) ([]int64, error) {
	return tx.ids(`SELECT p.id FROM group_members m JOIN people p ON p.account_id = m.account_id AND p.id = m.person_id
WHERE m.account_id = ? AND m.group_id = ? AND p.active = 1 ORDER BY p.id`, account, group)
}

// MembersOf is ActiveMembers of several groups, in one statement.
func (tx *Tx) MembersOf(account int64, groups []int64) (map[int64][]int64, error) {
	members := map[int64][]int64{}
	if len(groups) == 0 {
		return members, nil
	}
	err := tx.query(`SELECT m.group_id, p.id FROM group_members m JOIN people p ON p.account_id = m.account_id AND p.id = m.person_id
WHERE m.account_id = ? AND m.group_id IN (`+marks(len(groups))+`) AND p.active = 1 ORDER BY p.id`, func(rows *sql.Rows) error {
		var group, person int64
		err := rows.Scan(&group, &person)
		members[group] = append(members[group], person)
		return err
	}, append([]any{account}, padded(groups)...)...)
	return members, err
}

// NoticeMembers gives those active members of a group who may want one kind of
// notice, of a kind that is off unless it is turned on.
func (tx *Tx) NoticeMembers(account, group int64, kind dm.NoticeKind) ([]int64, error) {
	return tx.ids(`SELECT p.id FROM group_members m JOIN people p ON p.account_id = m.account_id AND p.id = m.person_id WHERE m.account_id = ? AND m.group_id = ? AND p.active = 1
AND EXISTS (SELECT 1 FROM notice_switches s WHERE s.account_id = m.account_id AND s.person_id IN (0, m.person_id) AND s.brand_id = 0 AND s.kind = ? AND s.enabled = 1) ORDER BY p.id`,
		account, group, kind)
}

// PeopleRefs gives people by id for display; unknown ids are left out.
func (tx *Tx) PeopleRefs(account int64, ids []int64) (map[int64]dm.PersonRef, error) {
	refs := map[int64]dm.PersonRef{}
	if len(ids) == 0 {
		return refs, nil
	}
	err := tx.query(`SELECT id, name, address, kind, active FROM people WHERE account_id = ? AND id IN (`+marks(len(ids))+`)`, func(rows *sql.Rows) error {
		var r dm.PersonRef
		err := rows.Scan(&r.ID, &r.Name, &r.Address, &r.Kind, flag{&r.Active})
		refs[r.ID] = r
		return err
	}, append([]any{account}, padded(ids)...)...)
	return refs, err
}

// ActiveAgents lists the active agents of an account after an id; "who can see
// this" decides for each one with access.Decide.
func (tx *Tx) ActiveAgents(account, after int64, limit int) ([]int64, error) {
	return tx.ids(activeAgents, account, after, limit)
}

// activeAgents hides the id from the planner: in its order it would walk
// everybody.
const activeAgents = `SELECT id FROM people WHERE account_id = ? AND kind = 'agent' AND active = 1 AND id + 0 > ? ORDER BY id + 0 LIMIT ?`
