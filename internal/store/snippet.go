package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

// CreateSnippet keeps a new snippet and gives its id; NotFound for an owner or a
// group the account does not have.
func (tx *Tx) CreateSnippet(account int64, s *dm.Snippet) (int64, error) {
	id, err := tx.insert(`INSERT INTO snippets (account_id, owner_id, scope, group_id, name, name_folded, html, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		account, s.OwnerID, string(s.Scope), none(s.GroupID), s.Name, foldedName(s.Name), s.HTML, int64(tx.now), int64(tx.now))
	if isForeignKey(err) {
		return 0, dm.Missing("person or group").Because(err)
	}
	return id, err
}

// SaveSnippet saves what can change in a snippet; NotFound as CreateSnippet, or
// when there is none.
func (tx *Tx) SaveSnippet(account int64, s *dm.Snippet) error {
	n, err := tx.exec(`UPDATE snippets SET scope = ?, group_id = ?, name = ?, name_folded = ?, html = ?, updated_at = ? WHERE account_id = ? AND id = ?`,
		string(s.Scope), none(s.GroupID), s.Name, foldedName(s.Name), s.HTML, int64(tx.now), account, s.ID)
	if isForeignKey(err) {
		return dm.Missing("group").Because(err)
	}
	return one(n, err, "snippet")
}

// DeleteSnippet removes a snippet.
func (tx *Tx) DeleteSnippet(account, id int64) error {
	n, err := tx.exec(`DELETE FROM snippets WHERE account_id = ? AND id = ?`, account, id)
	return one(n, err, "snippet")
}

// Snippet reads a snippet, whoever may use it; NotFound when there is none.
func (tx *Tx) Snippet(account, id int64) (*dm.Snippet, error) {
	list, err := tx.Snippets(account, []int64{id})
	if err == nil && len(list) == 0 {
		return nil, dm.Missing("snippet")
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// Snippets reads the snippets with the given ids, by name.
func (tx *Tx) Snippets(account int64, ids []int64) (list []dm.Snippet, err error) {
	err = tx.query(`SELECT id, owner_id, scope, group_id, name, html, created_at, updated_at FROM snippets WHERE account_id = ? AND id IN (`+marks(len(ids))+`) ORDER BY name_folded, id`,
		func(rows *sql.Rows) error {
			var s dm.Snippet
			err := rows.Scan(&s.ID, &s.OwnerID, &s.Scope, opt(&s.GroupID), &s.Name, &s.HTML, &s.CreatedAt, &s.UpdatedAt)
			list = append(list, s)
			return err
		}, append([]any{account}, padded(ids)...)...)
	return list, err
}

// SnippetName is a snippet as a list is put together of them.
type SnippetName struct {
	ID     int64
	Folded string
}

// SnippetNames gives the snippets that somebody can use, by name: their own,
// those for everyone, and those of the groups given, or of all groups.
func (tx *Tx) SnippetNames(account, person int64, groups []int64, everyGroup bool) (list []SnippetName, err error) {
	err = tx.query(`SELECT id, name_folded FROM snippets WHERE account_id = ? AND ((scope = 'private' AND owner_id = ?) OR scope = 'everyone'
 OR (scope = 'group' AND (? = 1 OR group_id IN (`+marks(len(groups))+`)))) ORDER BY name_folded, id`, func(rows *sql.Rows) error {
		var s SnippetName
		err := rows.Scan(&s.ID, &s.Folded)
		list = append(list, s)
		return err
	}, append([]any{account, person, bit(everyGroup)}, padded(groups)...)...)
	return list, err
}

// CountSnippets counts the snippets of the account that are not private, and the
// private ones of one owner.
func (tx *Tx) CountSnippets(account, owner int64) (shared, private int, err error) {
	err = tx.row(`SELECT COUNT(CASE WHEN scope <> 'private' THEN 1 END), COUNT(CASE WHEN scope = 'private' AND owner_id = ? THEN 1 END) FROM snippets WHERE account_id = ?`,
		owner, account).Scan(&shared, &private)
	return shared, private, err
}
