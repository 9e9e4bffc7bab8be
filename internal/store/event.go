package store

import (
	"database/sql"
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
)

// InsertEvent appends a line to a ticket's history and sets its id and time.
// After the commit open streams hear of it.
func (tx *Tx) InsertEvent(account int64, e *dm.Event) error {
	data, err := json.Marshal(e.Data)
	if err != nil {
		return err
	}
	e.CreatedAt = tx.now
	e.ID, err = tx.insert(`INSERT INTO events (account_id, ticket_id, kind, actor_id, cause_kind, cause_id, cause_name, internal, data, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, account, e.TicketID, e.Kind, none(e.ActorID), e.Cause.Kind, none(e.Cause.ID), e.Cause.Name, bit(e.Internal), string(data), int64(tx.now))
	if err == nil {
		tx.pokeTicket(account, e)
	}
	return err
}

const eventColumns = `id, ticket_id, kind, actor_id, cause_kind, cause_id, cause_name, internal, data, created_at`

func scanEvent(rows *sql.Rows) (dm.Event, error) {
	var e dm.Event
	var data string
	err := rows.Scan(&e.ID, &e.TicketID, &e.Kind, opt(&e.ActorID), &e.Cause.Kind, opt(&e.Cause.ID), &e.Cause.Name, flag{&e.Internal}, &data, &e.CreatedAt)
	if err != nil {
		return e, err
	}
	return e, json.Unmarshal([]byte(data), &e.Data)
}

// Events lists the history of a ticket that was found through a Scope, oldest
// first, after the given id; internal lines only where asked for.
func (tx *Tx) Events(account, ticket int64, internal bool, after int64, limit int) ([]dm.Event, error) {
	query := `SELECT ` + eventColumns + ` FROM events WHERE account_id = ? AND ticket_id = ? AND id > ?`
	if !internal {
		query += ` AND internal = 0`
	}
	var list []dm.Event
	err := tx.query(query+` ORDER BY id LIMIT ?`, func(rows *sql.Rows) error {
		e, err := scanEvent(rows)
		list = append(list, e)
		return err
	}, account, ticket, after, limit)
	return list, err
}

// LatestEvents lists the newest lines of a ticket's history, newest first.
func (tx *Tx) LatestEvents(account, ticket int64, limit int) ([]dm.Event, error) {
	var list []dm.Event
	err := tx.query(`SELECT `+eventColumns+` FROM events WHERE account_id = ? AND ticket_id = ? ORDER BY id DESC LIMIT ?`, func(rows *sql.Rows) error {
		e, err := scanEvent(rows)
		list = append(list, e)
		return err
	}, account, ticket, limit)
	return list, err
}

// Event gives one event by id, for jobs that tell people of it.
func (tx *Tx) Event(account, id int64) (*dm.Event, error) {
	found, err := tx.EventsByID(account, []int64{id})
	if err != nil {
		return nil, err
	}
	return found[id], nil
}

// EventsByID is Event for several, in one statement; NotFound where one of them
// is missing.
func (tx *Tx) EventsByID(account int64, ids []int64) (map[int64]*dm.Event, error) {
	found := make(map[int64]*dm.Event, len(ids))
	err := tx.query(`SELECT `+eventColumns+` FROM events WHERE account_id = ? AND id IN (`+marks(len(ids))+`)`, func(rows *sql.Rows) error {
		e, err := scanEvent(rows)
		found[e.ID] = &e
		return err
	}, append([]any{account}, padded(ids)...)...)
	for _, id := range ids {
		if err == nil && found[id] == nil {
			err = dm.Missing("event")
		}
	}
	return found, err
}
