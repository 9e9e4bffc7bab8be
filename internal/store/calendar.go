package store

import (
	"database/sql"
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
)

const calendarNameTaken = "Another calendar already has this name."

// Calendars lists the account's calendars by name.
func (tx *Tx) Calendars(account int64) ([]dm.Calendar, error) {
	list := []dm.Calendar{}
	err := tx.query(`SELECT id, name, description, time_zone, hours, holidays, is_default, version, created_at, updated_at FROM calendars WHERE account_id = ? ORDER BY name_folded, id`,
		func(rows *sql.Rows) error {
			var c dm.Calendar
			var hours, holidays string
			if err := rows.Scan(&c.ID, &c.Name, &c.Description, &c.TimeZone, &hours, &holidays, flag{&c.Default}, &c.Version, &c.CreatedAt, &c.UpdatedAt); err != nil {
				return err
			}
			if hours != "" {
				c.Hours = &dm.WeekHours{}
				if err := json.Unmarshal([]byte(hours), c.Hours); err != nil {
					return err
				}
			}
			if err := json.Unmarshal([]byte(holidays), &c.Holidays); err != nil {
				return err
			}
			list = append(list, c)
			return nil
		}, account)
	return list, err
}

// calendarTexts gives hours and holidays as they are stored.
func calendarTexts(c *dm.Calendar) (hours, holidays string, err error) {
	if c.Hours != nil {
		raw, err := json.Marshal(c.Hours)
		if err != nil {
			return "", "", err
		}
		hours = string(raw)
	}
	if len(c.Holidays) == 0 {
		return hours, "[]", nil
	}
	raw, err := json.Marshal(c.Holidays)
	return hours, string(raw), err
}

// CreateCalendar keeps a new calendar and gives its id; Conflict where another
// has the name. The account has at most one default: see SetDefaultCalendar.
func (tx *Tx) CreateCalendar(account int64, c *dm.Calendar) (int64, error) {
	hours, holidays, err := calendarTexts(c)
	if err != nil {
		return 0, err
	}
	id, err := tx.insert(`INSERT INTO calendars (account_id, name, name_folded, description, time_zone, hours, holidays, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		account, c.Name, foldedName(c.Name), c.Description, c.TimeZone, hours, holidays, int64(tx.now), int64(tx.now))
	if err != nil {
		return 0, duplicate(err, "name", calendarNameTaken)
	}
	return id, tx.bumpAccess(account)
}

// SaveCalendar saves everything of a calendar but whether it is the default one,
// and raises its version.
func (tx *Tx) SaveCalendar(account int64, c *dm.Calendar) error {
	hours, holidays, err := calendarTexts(c)
	if err != nil {
		return err
	}
	n, err := tx.exec(`UPDATE calendars SET name = ?, name_folded = ?, description = ?, time_zone = ?, hours = ?, holidays = ?, version = version + 1, updated_at = ? WHERE account_id = ? AND id = ?`,
		c.Name, foldedName(c.Name), c.Description, c.TimeZone, hours, holidays, int64(tx.now), account, c.ID)
	if err := one(n, duplicate(err, "name", calendarNameTaken), "calendar"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// SetDefaultCalendar makes a calendar that of the account, in place of the one
// before.
func (tx *Tx) SetDefaultCalendar(account, id int64) error {
	if _, err := tx.exec(`UPDATE calendars SET is_default = 0 WHERE account_id = ? AND is_default = 1`, account); err != nil {
		return err
	}
	n, err := tx.exec(`UPDATE calendars SET is_default = 1 WHERE account_id = ? AND id = ?`, account, id)
	if err := one(n, err, "calendar"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// DeleteCalendar removes a calendar; Conflict where something uses it.
func (tx *Tx) DeleteCalendar(account, id int64) error {
	n, err := tx.exec(`DELETE FROM calendars WHERE account_id = ? AND id = ?`, account, id)
	if isForeignKey(err) {
		return dm.Errorf(dm.Conflict, "This calendar is in use. Choose another one there first.").With("in_use").Because(err)
	}
	if err := one(n, err, "calendar"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// DefaultCalendar gives the account's calendar: one that is open around the
// clock where there is none.
func (d *Directory) DefaultCalendar() *dm.Calendar {
	for _, c := range d.Calendars {
		if c.Default {
			return &c
		}
	}
	return &dm.Calendar{}
}

// Calendar gives the calendar with the id, and the default one for 0 and for an
// id that is not there.
func (d *Directory) Calendar(id int64) *dm.Calendar {
	if c, ok := d.Calendars[id]; ok {
		return &c
	}
	return d.DefaultCalendar()
}
