package store

import (
	"database/sql"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
)

const partnerPersonColumns = `id, partner_id, uuid, name, role, person_id, created_at, updated_at FROM partner_people `

func (tx *Tx) partnerPeople(where string, args ...any) ([]dm.PartnerPerson, error) {
	list := []dm.PartnerPerson{}
	err := tx.query(`SELECT `+partnerPersonColumns+where, func(rows *sql.Rows) error {
		var p dm.PartnerPerson
		err := rows.Scan(&p.ID, &p.PartnerID, &p.UUID, &p.Name, &p.Role, opt(&p.PersonID), &p.CreatedAt, &p.UpdatedAt)
		list = append(list, p)
		return err
	}, args...)
	return list, err
}

// PartnerPeople lists the people of a partner that it has named, by id above
// after.
func (tx *Tx) PartnerPeople(account, partner, after int64, limit int) ([]dm.PartnerPerson, error) {
	return tx.partnerPeople(`WHERE account_id = ? AND partner_id = ? AND id > ? ORDER BY id LIMIT ?`, account, partner, after, limit)
}

// PartnerPerson reads one of them; NotFound when there is none.
func (tx *Tx) PartnerPerson(account, partner, id int64) (*dm.PartnerPerson, error) {
	list, err := tx.partnerPeople(`WHERE account_id = ? AND partner_id = ? AND id = ?`, account, partner, id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, dm.Missing("person")
	}
	return &list[0], nil
}

// PartnerPeopleByID reads some of them, whatever their partner.
func (tx *Tx) PartnerPeopleByID(account int64, ids []int64) ([]dm.PartnerPerson, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return tx.partnerPeople(`WHERE account_id = ? AND id IN (`+marks(len(ids))+`)`, append([]any{account}, padded(ids)...)...)
}

// MeetPartnerPerson keeps what a partner says of somebody, known by their uuid,
// and sets the id. A name or a role that is empty leaves the one that is known.
func (tx *Tx) MeetPartnerPerson(account int64, p *dm.PartnerPerson) error {
	return tx.row(`INSERT INTO partner_people (account_id, partner_id, uuid, name, role, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (account_id, partner_id, uuid) DO UPDATE SET name = CASE WHEN excluded.name = '' THEN partner_people.name ELSE excluded.name END,
role = CASE WHEN excluded.role = '' THEN partner_people.role ELSE excluded.role END, updated_at = excluded.updated_at RETURNING id`,
		account, p.PartnerID, p.UUID, clip(p.Name, 200), clip(p.Role, 60), int64(tx.now), int64(tx.now)).Scan(&p.ID)
}

// LinkPartnerPerson notes who of the account somebody of a partner is; 0 nobody.
// NotFound for somebody whom the account does not have.
func (tx *Tx) LinkPartnerPerson(account, id, person int64) error {
	n, err := tx.exec(`UPDATE partner_people SET person_id = ?, updated_at = ? WHERE account_id = ? AND id = ?`, none(person), int64(tx.now), account, id)
	if isForeignKey(err) {
		return dm.Missing("person").Because(err)
	}
	return one(n, err, "person")
}

// maxPartnerFields is how many titles of fields are kept of a partner.
const maxPartnerFields = 1000

// NotePartnerField keeps that a partner has sent a field of this title, and what
// became of its value. Of a partner who sends ever new titles the first thousand
// are kept.
func (tx *Tx) NotePartnerField(account, partner int64, f *dm.PartnerField) error {
	title, folded := clip(f.Title, 100), clip(dm.Fold(f.Title), 400)
	n, err := tx.exec(`UPDATE partner_fields SET title = ?, field_id = ?, problem = ?, seen_at = ? WHERE account_id = ? AND partner_id = ? AND title_folded = ?`,
		title, none(f.FieldID), clip(f.Problem, 200), int64(tx.now), account, partner, folded)
	if err != nil || n > 0 {
		return err
	}
	var kept int
	if err := tx.row(`SELECT COUNT(*) FROM partner_fields WHERE account_id = ? AND partner_id = ?`, account, partner).Scan(&kept); err != nil || kept >= maxPartnerFields {
		return err
	}
	_, err = tx.exec(`INSERT INTO partner_fields (account_id, partner_id, title, title_folded, field_id, problem, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (account_id, partner_id, title_folded) DO NOTHING`, account, partner, title, folded, none(f.FieldID), clip(f.Problem, 200), int64(tx.now))
	return err
}

// PartnerFields lists the fields that a partner has sent, by title.
func (tx *Tx) PartnerFields(account, partner int64) ([]dm.PartnerField, error) {
	list := []dm.PartnerField{}
	err := tx.query(`SELECT title, field_id, problem, seen_at FROM partner_fields WHERE account_id = ? AND partner_id = ? ORDER BY title_folded LIMIT ?`, func(rows *sql.Rows) error {
		var f dm.PartnerField
		err := rows.Scan(&f.Title, opt(&f.FieldID), &f.Problem, &f.SeenAt)
		list = append(list, f)
		return err
	}, account, partner, maxPartnerFields)
	return list, err
}

// PartnerRequester gives the person who stands for a partner's desk as the
// requester of tickets that came from it, and makes them the first time: nobody
// who could sign in or is sent mail.
func (tx *Tx) PartnerRequester(account int64, p *dm.Partner) (int64, error) {
	address := "partner-" + strconv.FormatInt(p.ID, 10) + "@partner.invalid"
	id, err := tx.PersonIDByAddress(account, address)
	if dm.CodeOf(err) != dm.NotFound {
		return id, err
	}
	if id, err = tx.InsertRequester(account, address, p.Label()); err != nil {
		return 0, err
	}
	return id, tx.SetPersonActive(account, id, false)
}
