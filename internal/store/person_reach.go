package store

import (
	"slices"

	dm "github.com/deskmesh/deskmesh"
)

// SetPersonBrands replaces the list of brands an agent reaches. A brand the
// account does not have is NotFound.
func (tx *Tx) SetPersonBrands(account, person int64, brands []int64) error {
	return tx.replaceList(account, person, brands, "brand",
		`DELETE FROM person_brands WHERE account_id = ? AND person_id = ?`,
		`INSERT INTO person_brands (account_id, person_id, brand_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`)
}

// SetPersonInboxes replaces the list of inboxes an agent reaches. An inbox the
// account does not have is NotFound.
func (tx *Tx) SetPersonInboxes(account, person int64, inboxes []int64) error {
	return tx.replaceList(account, person, inboxes, "inbox",
		`DELETE FROM person_inboxes WHERE account_id = ? AND person_id = ?`,
		`INSERT INTO person_inboxes (account_id, person_id, inbox_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`)
}

// SetPersonRoles replaces a person's roles. A role the account does not have is
// NotFound.
func (tx *Tx) SetPersonRoles(account, person int64, roles []int64) error {
	return tx.replaceList(account, person, roles, "role",
		`DELETE FROM person_roles WHERE account_id = ? AND person_id = ?`,
		`INSERT INTO person_roles (account_id, person_id, role_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`)
}

// SetPersonGroups replaces the groups an agent is a member of. A group the
// account does not have is NotFound.
func (tx *Tx) SetPersonGroups(account, person int64, groups []int64) error {
	return tx.replaceList(account, person, groups, "group",
		`DELETE FROM group_members WHERE account_id = ? AND person_id = ?`,
		`INSERT INTO group_members (account_id, person_id, group_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`)
}

// replaceList replaces what hangs on one owner by the given ids.
func (tx *Tx) replaceList(account, owner int64, ids []int64, noun, clear, add string) error {
	if _, err := tx.exec(clear, account, owner); err != nil {
		return err
	}
	for _, id := range ids {
		_, err := tx.exec(add, account, owner, id)
		if isForeignKey(err) {
			return dm.Missing(noun).Because(err)
		}
		if err != nil {
			return err
		}
	}
	return tx.bumpAccess(account)
}

// ActiveOwners lists the active people who have the built-in role of owner.
func (tx *Tx) ActiveOwners(account int64) ([]int64, error) {
	return tx.ids(`SELECT p.id FROM roles r JOIN person_roles pr ON pr.account_id = r.account_id AND pr.role_id = r.id
JOIN people p ON p.account_id = pr.account_id AND p.id = pr.person_id
WHERE r.account_id = ? AND r.built_in = 'owner' AND p.active = 1 ORDER BY p.id`, account)
}

// AgentsWith lists the active agents whose roles give a permission.
func (tx *Tx) AgentsWith(account int64, p dm.Permission) ([]int64, error) {
	return tx.ids(`SELECT DISTINCT p.id FROM roles r JOIN person_roles pr ON pr.account_id = r.account_id AND pr.role_id = r.id
JOIN people p ON p.account_id = pr.account_id AND p.id = pr.person_id
WHERE r.account_id = ? AND r.permissions LIKE ? AND p.active = 1 AND p.kind = 'agent' ORDER BY p.id`, account, `%"`+string(p)+`"%`)
}

// IsActiveOwner says whether a person is active and has the role of owner.
func (tx *Tx) IsActiveOwner(account, person int64) (bool, error) {
	owners, err := tx.ActiveOwners(account)
	return slices.Contains(owners, person), err
}

// ErasePerson blanks a person for good: name, addresses, language, password,
// memberships and everything they could sign in with. The row stays, since
// history names people by id.
func (tx *Tx) ErasePerson(account, person int64) error {
	n, err := tx.exec(`UPDATE people SET name = '', name_folded = '', address = '', language = '', preferences = '{}', password_hash = '', active = 0, erased = 1,
all_brands = 0, all_inboxes = 0, scope = 'restricted', department_id = NULL, company_id = NULL, department_tickets = 'none', department_changes = 'none', updated_at = ? WHERE account_id = ? AND id = ? AND erased = 0`,
		tx.now, account, person)
	if err := one(n, err, "person"); err != nil {
		return err
	}
	if err := tx.endCredentials(account, person); err != nil {
		return err
	}
	for _, statement := range []string{
		`DELETE FROM undeliverable_addresses WHERE account_id = ? AND address_folded IN (SELECT folded FROM addresses WHERE account_id = undeliverable_addresses.account_id AND person_id = ?)`,
		`UPDATE outgoing_mails SET address = '', detail = '' WHERE account_id = ? AND person_id = ?`,
		`DELETE FROM addresses WHERE account_id = ? AND person_id = ?`,
		`DELETE FROM person_words WHERE account_id = ? AND person_id = ?`,
		`DELETE FROM api_tokens WHERE account_id = ? AND person_id = ?`,
		`DELETE FROM person_roles WHERE account_id = ? AND person_id = ?`,
		`DELETE FROM person_brands WHERE account_id = ? AND person_id = ?`,
		`DELETE FROM person_inboxes WHERE account_id = ? AND person_id = ?`,
		`DELETE FROM group_members WHERE account_id = ? AND person_id = ?`,
		`DELETE FROM totp WHERE account_id = ? AND person_id = ?`,
		`DELETE FROM sign_in_subjects WHERE account_id = ? AND person_id = ?`,
		`DELETE FROM notice_switches WHERE account_id = ? AND person_id = ?`,
		`DELETE FROM ticket_mutes WHERE account_id = ? AND person_id = ?`,
		`DELETE FROM digest_lines WHERE account_id = ? AND person_id = ?`,
		`DELETE FROM access_wishes WHERE account_id = ? AND person_id = ?`,
		`DELETE FROM access_requests WHERE account_id = ? AND person_id = ?`,
		`DELETE FROM drafts WHERE account_id = ? AND person_id = ?`,
		`DELETE FROM mail_suggestions WHERE account_id = ? AND person_id = ?`,
		`DELETE FROM mail_refusals WHERE account_id = ? AND person_id = ?`,
		`DELETE FROM scheduled_replies WHERE account_id = ? AND person_id = ?`,
		`DELETE FROM snippets WHERE account_id = ? AND owner_id = ? AND scope = 'private'`,
		`DELETE FROM macros WHERE account_id = ? AND owner_id = ? AND scope = 'private'`,
		`UPDATE groups SET owner_id = NULL WHERE account_id = ? AND owner_id = ?`,
		`UPDATE companies SET manager_id = NULL WHERE account_id = ? AND manager_id = ?`,
	} {
		if _, err := tx.exec(statement, account, person); err != nil {
			return err
		}
	}
	return tx.bumpAccess(account)
}
