package store

import (
	dm "github.com/deskmesh/deskmesh"
)

// Satisfaction reads what was said of how a ticket was solved the last time; nil
// while nobody has said anything.
func (tx *Tx) Satisfaction(account int64, f *Found) (*dm.Satisfaction, error) {
	s := &dm.Satisfaction{SolvedAt: f.Ticket.SolvedAt}
	err := tx.row(`SELECT person_id, answer, text, created_at, updated_at FROM satisfaction WHERE account_id = ? AND ticket_id = ? AND solved_at = ?`,
		account, f.Ticket.ID, int64(f.Ticket.SolvedAt)).Scan(&s.PersonID, &s.Answer, &s.Text, &s.CreatedAt, &s.UpdatedAt)
	if isNoRows(err) {
		return nil, nil
	}
	return s, err
}

// SetSatisfaction keeps what is said of how a ticket was solved at s.SolvedAt, in
// place of what was said of that before.
func (tx *Tx) SetSatisfaction(account int64, t *dm.Ticket, s *dm.Satisfaction) error {
	_, err := tx.exec(`INSERT INTO satisfaction (account_id, ticket_id, solved_at, person_id, answer, text, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (account_id, ticket_id, solved_at) DO UPDATE SET person_id = excluded.person_id, answer = excluded.answer, text = excluded.text, updated_at = excluded.updated_at`,
		account, t.ID, int64(s.SolvedAt), s.PersonID, s.Answer, s.Text, int64(tx.now), int64(tx.now))
	return err
}

// FiledByProgram says whether a ticket began with a mail that a program wrote.
func (tx *Tx) FiledByProgram(account int64, f *Found) (bool, error) {
	list, err := tx.Events(account, f.Ticket.ID, false, 0, 1)
	return err == nil && len(list) == 1 && list[0].Data.Automatic, err
}
