package store

import (
	"database/sql"
	"slices"

	dm "github.com/deskmesh/deskmesh"
)

// SetNoticeSwitch says whether a person, where person is given, or else a brand
// wants one kind of notice by a channel. Brands have switches for mail alone.
func (tx *Tx) SetNoticeSwitch(account, brand, person int64, kind dm.NoticeKind, by dm.NoticeChannel, on bool) error {
	return tx.setNoticeSwitch(account, brand, person, kind, by, dm.NoticeCell{On: on})
}

// SetNoticeCell says what the account sends.
func (tx *Tx) SetNoticeCell(account int64, kind dm.NoticeKind, by dm.NoticeChannel, c dm.NoticeCell) error {
	return tx.setNoticeSwitch(account, 0, 0, kind, by, c)
}

func (tx *Tx) setNoticeSwitch(account, brand, person int64, kind dm.NoticeKind, by dm.NoticeChannel, c dm.NoticeCell) error {
	_, err := tx.exec(`INSERT INTO notice_switches (account_id, brand_id, person_id, kind, channel, enabled, locked) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (account_id, person_id, brand_id, kind, channel) DO UPDATE SET enabled = excluded.enabled, locked = excluded.locked`,
		account, brand, person, kind, by, bit(c.On), bit(c.Locked))
	return err
}

// noticeKey is one kind of notice by one channel.
type noticeKey struct {
	kind dm.NoticeKind
	by   dm.NoticeChannel
}

// NoticeRules say who is told what, by which channel and when: the switches of
// the account, of one brand and of some people, and these people's times. People
// that were not asked for have said nothing.
type NoticeRules struct {
	cells  map[noticeKey]dm.NoticeCell
	brand  map[noticeKey]bool
	wishes map[int64]map[noticeKey]bool
	likes  map[int64]dm.Preferences
}

// NoticeRules reads the rules that hold for people and tickets of a brand (0: of
// none), in one query for every 2,000 people.
func (tx *Tx) NoticeRules(account, brand int64, people []int64) (*NoticeRules, error) {
	r := &NoticeRules{cells: map[noticeKey]dm.NoticeCell{}, brand: map[noticeKey]bool{}, wishes: map[int64]map[noticeKey]bool{}, likes: map[int64]dm.Preferences{}}
	for part := range slices.Chunk(append([]int64{0}, people...), 2000) {
		if err := tx.readNoticeRules(r, account, brand, part); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (tx *Tx) readNoticeRules(r *NoticeRules, account, brand int64, ids []int64) error {
	args := append([]any{account}, padded(ids)...)
	args = append(append(args, brand, account), padded(ids)...)
	return tx.query(`SELECT 'switch', person_id, brand_id, kind, channel, enabled, locked FROM notice_switches WHERE account_id = ? AND person_id IN (`+marks(len(ids))+`) AND brand_id IN (0, ?)
UNION ALL SELECT 'person', id, 0, preferences, '', 0, 0 FROM people WHERE account_id = ? AND id IN (`+marks(len(ids))+`)`, func(rows *sql.Rows) error {
		var what, text string
		var person, ofBrand int64
		var by dm.NoticeChannel
		var c dm.NoticeCell
		if err := rows.Scan(&what, &person, &ofBrand, &text, &by, flag{&c.On}, flag{&c.Locked}); err != nil {
			return err
		}
		if what == "person" {
			likes, err := dm.ParsePreferences(text)
			r.likes[person] = likes
			return err
		}
		key := noticeKey{dm.NoticeKind(text), by}
		switch {
		case person == 0 && ofBrand == 0:
			r.cells[key] = c
		case person == 0:
			r.brand[key] = c.On
		default:
			if r.wishes[person] == nil {
				r.wishes[person] = map[noticeKey]bool{}
			}
			r.wishes[person][key] = c.On
		}
		return nil
	}, args...)
}

// Cell is what the account says.
func (r *NoticeRules) Cell(kind dm.NoticeKind, by dm.NoticeChannel) dm.NoticeCell {
	if c, given := r.cells[noticeKey{kind, by}]; given {
		return c
	}
	return kind.Default()
}

// Sends says whether account and brand send any of it, whoever it is for.
func (r *NoticeRules) Sends(kind dm.NoticeKind, by dm.NoticeChannel) bool {
	on, given := r.brand[noticeKey{kind, by}]
	return !r.Cell(kind, by).Never() && (on || !given)
}

// Wish is what a person chose; nil where they said nothing.
func (r *NoticeRules) Wish(person int64, kind dm.NoticeKind, by dm.NoticeChannel) *bool {
	if on, given := r.wishes[person][noticeKey{kind, by}]; given {
		return &on
	}
	return nil
}

// Hears says whether a person is told by a channel.
func (r *NoticeRules) Hears(person int64, kind dm.NoticeKind, by dm.NoticeChannel) bool {
	return r.Sends(kind, by) && r.Cell(kind, by).For(r.Wish(person, kind, by))
}

// Likes are a person's preferences, with the times at which they want mail.
func (r *NoticeRules) Likes(person int64) *dm.Preferences {
	likes, known := r.likes[person]
	if !known {
		likes = dm.DefaultPreferences()
	}
	return &likes
}

// NoticeSwitches says of a person, a brand (where person is 0) or the account
// (where both are) which kinds of mail they have on.
func (tx *Tx) NoticeSwitches(account, brand, person int64) (map[dm.NoticeKind]bool, error) {
	var people []int64
	if person != 0 {
		people = []int64{person}
	}
	r, err := tx.NoticeRules(account, brand, people)
	if err != nil {
		return nil, err
	}
	on := make(map[dm.NoticeKind]bool, len(dm.NoticeKinds))
	for _, kind := range dm.NoticeKinds {
		switch {
		case person != 0:
			on[kind] = r.wished(person, kind)
		case brand != 0:
			is, given := r.brand[noticeKey{kind, dm.NoticeMail}]
			on[kind] = is || !given
		default:
			on[kind] = !r.Cell(kind, dm.NoticeMail).Never()
		}
	}
	return on, nil
}

// wished is what a person chose for mail, or what holds without.
func (r *NoticeRules) wished(person int64, kind dm.NoticeKind) bool {
	if wish := r.Wish(person, kind, dm.NoticeMail); wish != nil {
		return *wish
	}
	return r.Cell(kind, dm.NoticeMail).On || r.Cell(kind, dm.NoticeMail).Never() && kind.Default().On
}
