package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// Directory is the small, much-read part of an account: settings, brands,
// inboxes, groups, statuses, fields, sharing policy. A node keeps one for each access version.
type Directory struct {
	Account  dm.Account
	Settings dm.Settings
	Brands   map[int64]dm.Brand
	Inboxes  map[int64]dm.Inbox
	Groups   map[int64]dm.Group // live ones, without members
	Statuses map[int64]dm.TicketStatus
	Fields   map[int64]dm.TicketField
	Depts    map[int64]dm.Department
	Webhooks []dm.Webhook // active ones
	// Partners are all agreements, those that have ended and were deleted too.
	Partners map[int64]dm.Partner
	// SharePolicy says who may share what with whom, in its order.
	SharePolicy []dm.SharePolicyEntry
	// Calendars are all, and Policies the active ones of service levels in their
	// order.
	Calendars map[int64]dm.Calendar
	Policies  []dm.SLAPolicy
	reach     []access.InboxBrand
	pairs     []access.Pair
	Rules     []DirRule // those that are on, by kind and in their order
}

// BrandOf gives the brand of an inbox.
func (d *Directory) BrandOf(inbox int64) dm.Brand { return d.Brands[d.Inboxes[inbox].BrandID] }

// GroupName gives a group's name for display; "" for none.
func (d *Directory) GroupName(id int64) string { return d.Groups[id].Name }

// Directory gives the account's directory at its present access version; asked
// again in the same transaction it is the same one, unless that changed it.
func (tx *Tx) Directory(account int64) (*Directory, error) {
	if d := tx.seen; d != nil && d.Account.ID == account {
		return d, nil
	}
	version, err := tx.number(`SELECT access_version FROM accounts WHERE id = ?`, account)
	if isNoRows(err) {
		return nil, dm.Missing("account")
	}
	if err != nil {
		return nil, err
	}
	tx.seen, err = tx.directoryAt(account, version)
	return tx.seen, err
}

func (tx *Tx) directoryAt(account, version int64) (*Directory, error) {
	if got, ok := tx.db.directories.Load(account); ok {
		if d := got.(*Directory); d.Account.AccessVersion == version {
			return d, nil
		}
	}
	if d := tx.dir; d != nil && d.Account.ID == account && d.Account.AccessVersion == version {
		return d, nil
	}
	d, err := tx.loadDirectory(account)
	if err != nil {
		return nil, err
	}
	// Inside a write the version may not be committed yet: keep it to this
	// transaction.
	tx.dir = d
	if !tx.writes {
		tx.db.directories.Store(account, d)
	}
	return d, nil
}

func (tx *Tx) loadDirectory(account int64) (*Directory, error) {
	d := &Directory{
		Brands: map[int64]dm.Brand{}, Inboxes: map[int64]dm.Inbox{}, Groups: map[int64]dm.Group{},
		Statuses: map[int64]dm.TicketStatus{}, Fields: map[int64]dm.TicketField{}, Depts: map[int64]dm.Department{},
	}
	a, err := tx.Account(account)
	if err != nil {
		return nil, err
	}
	d.Account = *a
	if d.Settings, err = tx.Settings(account); err != nil {
		return nil, err
	}
	steps := []func(*Directory, int64) error{tx.dirBrands, tx.dirInboxes, tx.dirGroups, tx.dirFields, tx.dirPairs, tx.dirWebhooks, tx.dirPartners, tx.dirSharePolicy, tx.dirPolicies, tx.dirRules}
	for _, step := range steps {
		if err := step(d, account); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (tx *Tx) dirBrands(d *Directory, account int64) error {
	return tx.query(`SELECT `+brandColumns+`, id FROM brands WHERE account_id = ?`, func(rows *sql.Rows) error {
		var b dm.Brand
		if err := rows.Scan(append(brandDest(&b), &b.ID)...); err != nil {
			return err
		}
		d.Brands[b.ID] = b
		return nil
	}, account)
}

func (tx *Tx) dirInboxes(d *Directory, account int64) error {
	return tx.query(`SELECT id, brand_id, name, address, default_group_id, active FROM inboxes WHERE account_id = ? ORDER BY id`, func(rows *sql.Rows) error {
		var b dm.Inbox
		if err := rows.Scan(&b.ID, &b.BrandID, &b.Name, &b.Address, opt(&b.DefaultGroupID), flag{&b.Active}); err != nil {
			return err
		}
		d.Inboxes[b.ID] = b
		d.reach = append(d.reach, access.InboxBrand{Inbox: b.ID, Brand: b.BrandID})
		return nil
	}, account)
}

func (tx *Tx) dirGroups(d *Directory, account int64) error {
	err := tx.query(`SELECT id, name, owner_id, mail, mail_address, created_at FROM groups WHERE account_id = ? AND deleted_at IS NULL`, func(rows *sql.Rows) error {
		var g dm.Group
		if err := rows.Scan(&g.ID, &g.Name, opt(&g.OwnerID), &g.Mail, &g.Address, &g.CreatedAt); err != nil {
			return err
		}
		d.Groups[g.ID] = g
		return nil
	}, account)
	if err != nil {
		return err
	}
	return tx.query(`SELECT id, name FROM departments WHERE account_id = ? AND deleted_at IS NULL`, func(rows *sql.Rows) error {
		var x dm.Department
		if err := rows.Scan(&x.ID, &x.Name); err != nil {
			return err
		}
		d.Depts[x.ID] = x
		return nil
	}, account)
}

func (tx *Tx) dirFields(d *Directory, account int64) error {
	statuses, err := tx.TicketStatuses(account)
	if err != nil {
		return err
	}
	for _, s := range statuses {
		d.Statuses[s.ID] = s
	}
	fields, err := tx.TicketFields(account)
	if err != nil {
		return err
	}
	for _, f := range fields {
		d.Fields[f.ID] = f
	}
	return nil
}

func (tx *Tx) dirPairs(d *Directory, account int64) error {
	return tx.query(`SELECT inbox_id, group_id FROM inbox_groups WHERE account_id = ? ORDER BY inbox_id, group_id`, func(rows *sql.Rows) error {
		var p access.Pair
		if err := rows.Scan(&p.Inbox, &p.Group); err != nil {
			return err
		}
		d.pairs = append(d.pairs, p)
		return nil
	}, account)
}

// notePair remembers that an inbox and a group hold tickets together. A new
// pair raises the access version, since viewers list their pairs.
func (tx *Tx) notePair(account, inbox, group int64) error {
	if group == 0 {
		return nil
	}
	if got, ok := tx.db.directories.Load(account); ok {
		for _, p := range got.(*Directory).pairs {
			if p.Inbox == inbox && p.Group == group {
				return nil
			}
		}
	}
	n, err := tx.exec(`INSERT INTO inbox_groups (account_id, inbox_id, group_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, account, inbox, group)
	if err != nil || n == 0 {
		return err
	}
	return tx.bumpAccess(account)
}
