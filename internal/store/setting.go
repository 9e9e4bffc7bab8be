package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

// Settings reads an account's settings: the defaults, and over them what was
// set. A name this program does not know, and a stored value that no longer
// fits, are left out.
func (tx *Tx) Settings(account int64) (dm.Settings, error) {
	s := dm.DefaultSettings()
	err := tx.query(`SELECT name, value FROM settings WHERE account_id = ?`, func(rows *sql.Rows) error {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return err
		}
		if known := dm.SettingByKey(name); known != nil {
			changed := s
			if known.Parse(&changed, value) == nil {
				s = changed
			}
		}
		return nil
	}, account)
	return s, err
}

// SetSetting keeps one setting in its text form.
func (tx *Tx) SetSetting(account int64, key, text string) error {
	_, err := tx.exec(`INSERT INTO settings (account_id, name, value) VALUES (?, ?, ?)
ON CONFLICT (account_id, name) DO UPDATE SET value = excluded.value`, account, key, text)
	if err != nil {
		return err
	}
	return tx.bumpAccess(account)
}
