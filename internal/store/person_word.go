package store

import (
	"database/sql"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/search"
)

// personWords bounds the words that a person is found by.
const personWords = 100

// wordsOfPerson lists the words of a name and addresses, each once.
func wordsOfPerson(texts ...string) []string {
	known := map[string]bool{}
	for _, text := range texts {
		search.Each(text, func(word []byte, _, _ int) bool {
			known[string(word)] = true
			return len(known) < personWords
		})
	}
	return sortedWords(known)
}

// indexPerson keeps the words of a person's name and addresses as they are now.
func (tx *Tx) indexPerson(account, person int64) error {
	if _, err := tx.exec(`DELETE FROM person_words WHERE account_id = ? AND person_id = ?`, account, person); err != nil {
		return err
	}
	texts, err := tx.texts(`SELECT name FROM people WHERE account_id = ? AND id = ? UNION ALL SELECT address FROM addresses WHERE account_id = ? AND person_id = ?`,
		account, person, account, person)
	if err != nil {
		return err
	}
	for _, word := range wordsOfPerson(texts...) {
		if _, err := tx.exec(`INSERT INTO person_words (account_id, word, person_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, account, word, person); err != nil {
			return err
		}
	}
	return nil
}

// RebuildPeople writes the words of up to limit people after the given id, of
// every account, and gives the last id done; 0 when there were none.
func (tx *Tx) RebuildPeople(after int64, limit int) (last int64, err error) {
	var pairs [][2]int64
	err = tx.query(`SELECT account_id, id FROM people WHERE id > ? ORDER BY id LIMIT ?`, func(rows *sql.Rows) error {
		var p [2]int64
		err := rows.Scan(&p[0], &p[1])
		pairs = append(pairs, p)
		return err
	}, after, limit)
	if err != nil {
		return 0, err
	}
	for _, p := range pairs {
		if err := tx.indexPerson(p[0], p[1]); err != nil {
			return 0, err
		}
		last = p[1]
	}
	return last, nil
}

// PeopleByWords finds up to limit people of a kind ("" both), active ones
// first, who have a word that begins so in their name or an address for every
// word of the text. Those who were erased have no words. Which of more than that
// come is not defined.
func (tx *Tx) PeopleByWords(account int64, kind dm.PersonKind, text string, limit int) ([]int64, error) {
	words := search.Words(text)
	if len(words) == 0 {
		return nil, nil
	}
	words = words[:min(len(words), search.MaxTerms)]
	// The longest word is likely the rarest: it is looked up, and the others are
	// checked on each person found.
	longest := 0
	for i := range words {
		if len(words[i].Text) > len(words[longest].Text) {
			longest = i
		}
	}
	from, to := prefixRange(words[longest].Text)
	args := []any{account, from, to, account}
	var more strings.Builder
	for i := range words {
		if i == longest {
			continue
		}
		more.WriteString(` AND EXISTS (SELECT 1 FROM person_words o WHERE o.account_id = p.account_id AND o.person_id = p.id AND o.word >= ? AND o.word < ?)`)
		from, to := prefixRange(words[i].Text)
		args = append(args, from, to)
	}
	if kind != "" {
		more.WriteString(` AND p.kind = '` + string(kind) + `'`)
	}
	return tx.ids(`SELECT p.id FROM (SELECT DISTINCT w.person_id FROM (SELECT person_id FROM person_words WHERE account_id = ? AND word >= ? AND word < ? ORDER BY word, person_id LIMIT 2000) w) d
JOIN people p ON p.account_id = ? AND p.id = d.person_id WHERE p.erased = 0`+more.String()+` ORDER BY p.active DESC, p.name_folded, p.id LIMIT ?`, append(args, limit)...)
}
