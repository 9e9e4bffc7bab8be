package store

import (
	"database/sql"
	"slices"
)

// messageRules are about messages, their files and search documents.
func messageRules() []Rule {
	return []Rule{
		{Name: "file_place", Means: "is a file of a message of another ticket",
			find: rowsOf("attachments", `SELECT a.account_id, a.id, a.message_id FROM attachments a JOIN messages m ON m.account_id = a.account_id AND m.id = a.message_id
WHERE a.ticket_id <> m.ticket_id ORDER BY a.id`)},
		{Name: "search_missing", Means: "is a message that search does not find", Mendable: true, find: (*Tx).unindexedMessages,
			mend: func(tx *Tx, f Fault) error {
				_, err := tx.RebuildSearch(f.ID-1, 1)
				return err
			}},
		{Name: "search_orphan", Means: "is a search document without its message", Mendable: true, find: (*Tx).orphanDocuments,
			mend: func(tx *Tx, f Fault) error {
				own := document(f.Account, f.ID)
				_, err := tx.exec(`DELETE FROM messages_fts WHERE rowid IN (?, ?)`, own, own+1)
				return err
			}},
	}
}

// Parts of statements: the id of a message's document, and back; see document.
const (
	documentOf = `(m.account_id << 41) + 2 * m.id`
	accountIn  = ` >> 41`
	messageIn  = ` >> 1 & 1099511627775`
)

// unindexedMessages lists messages without a search document. On SQLite the
// documents are told by the index's own table of their sizes.
func (tx *Tx) unindexedMessages(each func(Fault) error) error {
	query := `SELECT m.account_id, m.id, m.ticket_id FROM messages m WHERE NOT EXISTS (SELECT 1 FROM messages_fts_docsize d WHERE d.id = ` + documentOf + `) ORDER BY m.id`
	if tx.db.dialect.name == "postgres" {
		query = `SELECT m.account_id, m.id, m.ticket_id FROM messages m WHERE NOT EXISTS (SELECT 1 FROM messages_fts d WHERE d.rowid = ` + documentOf + `) ORDER BY m.id`
	}
	return tx.faults("messages", query, each)
}

// orphanDocuments lists search documents without a message.
func (tx *Tx) orphanDocuments(each func(Fault) error) error {
	query := `SELECT d.id` + accountIn + `, d.id` + messageIn + `, 0 FROM messages_fts_docsize d
WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = d.id` + messageIn + ` AND m.account_id = d.id` + accountIn + `) ORDER BY d.id`
	if tx.db.dialect.name == "postgres" {
		query = `SELECT d.rowid` + accountIn + `, d.rowid` + messageIn + `, 0 FROM messages_fts d
WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = d.rowid` + messageIn + ` AND m.account_id = d.rowid` + accountIn + `) ORDER BY d.rowid`
	}
	return tx.faults("messages_fts", query, each)
}

// peopleRules are about people and accounts.
func peopleRules() []Rule {
	return []Rule{
		{Name: "primary_address", Means: "has another primary address than the one written beside the name, or was erased and still has one",
			find: rowsOf("people", `SELECT p.account_id, p.id, 0 FROM people p WHERE
p.erased = 0 AND NOT EXISTS (SELECT 1 FROM addresses a WHERE a.account_id = p.account_id AND a.person_id = p.id AND a.is_primary = 1 AND a.address = p.address)
OR p.erased = 1 AND EXISTS (SELECT 1 FROM addresses a WHERE a.account_id = p.account_id AND a.person_id = p.id) ORDER BY p.id`)},
		{Name: "no_owner", Means: "has no active owner, so that nobody may do everything",
			find: rowsOf("accounts", `SELECT a.id, a.id, 0 FROM accounts a WHERE NOT EXISTS (SELECT 1 FROM person_roles pr
JOIN roles r ON r.account_id = pr.account_id AND r.id = pr.role_id AND r.built_in = 'owner'
JOIN people p ON p.account_id = pr.account_id AND p.id = pr.person_id AND p.active = 1 WHERE pr.account_id = a.id) ORDER BY a.id`)},
		{Name: "notice_switch", Means: "is a switch of a person or brand that is not there",
			find: rowsOf("notice_switches", `SELECT n.account_id, n.person_id, n.brand_id FROM notice_switches n WHERE
n.person_id <> 0 AND NOT EXISTS (SELECT 1 FROM people p WHERE p.account_id = n.account_id AND p.id = n.person_id)
OR n.brand_id <> 0 AND NOT EXISTS (SELECT 1 FROM brands b WHERE b.account_id = n.account_id AND b.id = n.brand_id) ORDER BY 1, 2, 3`)},
	}
}

// jobRules are about background jobs.
func jobRules(kinds []string) []Rule {
	return []Rule{
		{Name: "job_kind", Means: "is a job of a kind that this program does not run",
			find: func(tx *Tx, each func(Fault) error) error {
				return tx.query(`SELECT j.account_id, j.id, j.kind FROM jobs j ORDER BY j.id`, func(rows *sql.Rows) error {
					f, kind := Fault{Table: "jobs"}, ""
					if err := rows.Scan(&f.Account, &f.ID, &kind); err != nil {
						return err
					}
					if slices.Contains(kinds, kind) {
						return nil
					}
					return each(f)
				})
			}},
		{Name: "job_account", Means: "is a job of an account that is not there",
			find: rowsOf("jobs", `SELECT j.account_id, j.id, 0 FROM jobs j WHERE j.account_id <> 0 AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = j.account_id) ORDER BY j.id`)},
		{Name: "job_line", Means: "waits for an earlier job that is not there",
			find: rowsOf("jobs", `SELECT j.account_id, MIN(j.id), 0 FROM jobs j WHERE j.state = 'waiting' AND NOT EXISTS (SELECT 1 FROM jobs h
WHERE h.account_id = j.account_id AND h.ordering_key = j.ordering_key AND h.ordering_key <> '' AND h.state IN ('ready', 'running')) GROUP BY j.account_id, j.ordering_key ORDER BY 2`)},
	}
}

// BlobRow is a row that names bytes in the blob store.
type BlobRow struct {
	Table   string
	Account int64
	ID      int64
	Key     string
	Size    int64
	Digest  string // in hexadecimal; "" where none is written down
}

// BlobRows lists the rows of every account that name bytes, by key, with keys
// above after; at most limit of each table, and last is the key to go on from:
// "" at the end. It is for the operator of the machine, like Find.
func (tx *Tx) BlobRows(after string, limit int) (list []BlobRow, last string, err error) {
	const arms = `SELECT kind, account_id, id, blob_key, size, digest FROM (
SELECT 'attachments' AS kind, f.account_id, f.id, f.blob_key, f.size, f.digest FROM attachments f WHERE f.blob_key > ? ORDER BY f.blob_key LIMIT ?) files
UNION ALL SELECT kind, account_id, id, blob_key, size, '' FROM (
SELECT 'raw_mails' AS kind, r.account_id, r.id, r.blob_key, r.size FROM raw_mails r WHERE r.blob_key > ? ORDER BY r.blob_key LIMIT ?) mails
ORDER BY blob_key`
	counts := map[string]int{}
	ends := map[string]string{}
	err = tx.query(arms, func(rows *sql.Rows) error {
		var b BlobRow
		if err := rows.Scan(&b.Table, &b.Account, &b.ID, &b.Key, &b.Size, &b.Digest); err != nil {
			return err
		}
		list = append(list, b)
		counts[b.Table]++
		ends[b.Table] = b.Key
		return nil
	}, after, limit, after, limit)
	if err != nil {
		return nil, "", err
	}
	// What lies beyond the end of a full arm comes again with the next page; so
	// does its last key, whose other rows may have been cut off.
	for table, n := range counts {
		if n == limit && (last == "" || ends[table] < last) {
			last = ends[table]
		}
	}
	if last == "" {
		return list, "", nil
	}
	end := slices.IndexFunc(list, func(b BlobRow) bool { return b.Key >= last })
	if end == 0 { // more rows of one key than a page holds: the rest name the same bytes
		end = len(list)
		if beyond := slices.IndexFunc(list, func(b BlobRow) bool { return b.Key > last }); beyond >= 0 {
			end = beyond
		}
	}
	return list[:end], list[end-1].Key, nil
}
