package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

// SetNoticeSwitch turns one kind of notice on or off: for a person when person
// is given, else for a brand when brand is given, else for the account.
func (tx *Tx) SetNoticeSwitch(account, brand, person int64, kind dm.NoticeKind, on bool) error {
	_, err := tx.exec(`INSERT INTO notice_switches (account_id, brand_id, person_id, kind, enabled) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (account_id, person_id, brand_id, kind) DO UPDATE SET enabled = excluded.enabled`, account, brand, person, kind, bit(on))
	return err
}

// NoticeSwitches reads the switches of a person, a brand or the account, as
// SetNoticeSwitch names them. Every kind is on until it is turned off.
func (tx *Tx) NoticeSwitches(account, brand, person int64) (map[dm.NoticeKind]bool, error) {
	on := make(map[dm.NoticeKind]bool, len(dm.NoticeKinds))
	for _, kind := range dm.NoticeKinds {
		on[kind] = true
	}
	err := tx.query(`SELECT kind, enabled FROM notice_switches WHERE account_id = ? AND person_id = ? AND brand_id = ?`, func(rows *sql.Rows) error {
		var kind dm.NoticeKind
		var enabled bool
		if err := rows.Scan(&kind, flag{&enabled}); err != nil {
			return err
		}
		if dm.KnownNotice(kind) {
			on[kind] = enabled
		}
		return nil
	}, account, person, brand)
	return on, err
}

// NoticeMuted says who of the people gets no notice of this kind about a ticket
// of the brand: everybody when the account or the brand has turned it off, else
// those who have turned it off for themselves.
func (tx *Tx) NoticeMuted(account, brand int64, kind dm.NoticeKind, people []int64) (map[int64]bool, error) {
	muted := map[int64]bool{}
	ids := append([]int64{0}, people...)
	args := append([]any{account}, padded(ids)...)
	all := false
	err := tx.query(`SELECT person_id FROM notice_switches WHERE account_id = ? AND person_id IN (`+marks(len(ids))+`) AND brand_id IN (0, ?) AND kind = ? AND enabled = 0`,
		func(rows *sql.Rows) error {
			var person int64
			if err := rows.Scan(&person); err != nil {
				return err
			}
			all = all || person == 0
			muted[person] = true
			return nil
		}, append(args, brand, kind)...)
	if err != nil || !all {
		return muted, err
	}
	delete(muted, 0)
	for _, person := range people {
		muted[person] = true
	}
	return muted, nil
}
