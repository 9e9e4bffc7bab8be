package store

// listStateOf is deskmesh.Ticket.ListState in SQL, for a ticket t.
const listStateOf = `CASE WHEN t.deleted = 1 THEN 3 WHEN t.spam = 1 THEN 2 WHEN t.status IN ('solved', 'closed') THEN 0 ELSE 1 END`

// ticketRules are about tickets alone.
func ticketRules() []Rule {
	return []Rule{
		{Name: "list_state", Means: "is listed under a state that its status, spam and deleted do not give", Mendable: true,
			find: rowsOf("tickets", `SELECT t.account_id, t.id, 0 FROM tickets t WHERE t.list_state <> `+listStateOf+` ORDER BY t.id`),
			mend: mending(`UPDATE tickets AS t SET list_state = `+listStateOf+` WHERE t.account_id = ? AND t.id = ?`, byID)},
		{Name: "ticket_number", Means: "has no number that people could know it by",
			find: rowsOf("tickets", `SELECT t.account_id, t.id, 0 FROM tickets t WHERE t.number < 1 ORDER BY t.id`)},
		{Name: "last_number", Means: "would give out a number again", Mendable: true,
			find: rowsOf("accounts", `SELECT a.id, a.id, 0 FROM accounts a WHERE a.last_number < (SELECT MAX(t.number) FROM tickets t WHERE t.account_id = a.id) ORDER BY a.id`),
			mend: mendLastNumber},
		{Name: "ticket_times", Means: "was changed before it was made, or is solved without a time, or has one without being solved",
			find: rowsOf("tickets", `SELECT t.account_id, t.id, 0 FROM tickets t
WHERE t.updated_at < t.created_at OR (t.status IN ('solved', 'closed')) <> (t.solved_at IS NOT NULL) ORDER BY t.id`)},
		{Name: "merge_circle", Means: "was merged into itself, or into one that was merged into it",
			find: rowsOf("tickets", `SELECT t.account_id, t.id, t.merged_into FROM tickets t JOIN tickets o ON o.account_id = t.account_id AND o.id = t.merged_into
WHERE t.merged_into = t.id OR o.merged_into = t.id ORDER BY t.id`)},
		{Name: "ticket_history", Means: "has no line of history",
			find: rowsOf("tickets", `SELECT t.account_id, t.id, 0 FROM tickets t
WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.account_id = t.account_id AND e.ticket_id = t.id) ORDER BY t.id`)},
	}
}

func mendLastNumber(tx *Tx, f Fault) error {
	if err := tx.LockAccount(f.Account); err != nil {
		return err
	}
	_, err := tx.exec(`UPDATE accounts SET last_number = (SELECT MAX(t.number) FROM tickets t WHERE t.account_id = accounts.id)
WHERE id = ? AND last_number < (SELECT MAX(t.number) FROM tickets t WHERE t.account_id = accounts.id)`, f.Account)
	return err
}

// copyRules are about what is written down twice so that lists stay quick.
func copyRules() []Rule {
	return []Rule{
		{Name: "share_keys", Means: "is sorted in lists by another time or state than its ticket", Mendable: true,
			find: rowsOf("shares", `SELECT s.account_id, s.id, s.ticket_id FROM shares s JOIN tickets t ON t.account_id = s.account_id AND t.id = s.ticket_id
WHERE s.ended_at IS NULL AND (s.ticket_list_state <> t.list_state OR s.ticket_updated_at <> t.updated_at) ORDER BY s.id`),
			mend: mending(`UPDATE shares SET ticket_list_state = (SELECT t.list_state FROM tickets t WHERE t.account_id = shares.account_id AND t.id = shares.ticket_id),
ticket_updated_at = (SELECT t.updated_at FROM tickets t WHERE t.account_id = shares.account_id AND t.id = shares.ticket_id)
WHERE account_id = ? AND ticket_id = ? AND ended_at IS NULL`, byOther)},
		{Name: "cc_keys", Means: "is sorted in lists by another time or state than its ticket", Mendable: true,
			find: rowsOf("ticket_ccs", `SELECT x.account_id, x.ticket_id, x.person_id FROM ticket_ccs x JOIN tickets t ON t.account_id = x.account_id AND t.id = x.ticket_id
WHERE x.ticket_list_state <> t.list_state OR x.ticket_updated_at <> t.updated_at ORDER BY x.ticket_id, x.person_id`),
			mend: mending(`UPDATE ticket_ccs SET ticket_list_state = (SELECT t.list_state FROM tickets t WHERE t.account_id = ticket_ccs.account_id AND t.id = ticket_ccs.ticket_id),
ticket_updated_at = (SELECT t.updated_at FROM tickets t WHERE t.account_id = ticket_ccs.account_id AND t.id = ticket_ccs.ticket_id)
WHERE account_id = ? AND ticket_id = ?`, byID)},
		{Name: "share_count", Means: "counts another number of shares than it has", Mendable: true,
			find: rowsOf("tickets", `SELECT t.account_id, t.id, 0 FROM tickets t WHERE t.share_count <> (SELECT COUNT(*) FROM shares s
WHERE s.account_id = t.account_id AND s.ticket_id = t.id AND s.ended_at IS NULL) ORDER BY t.id`),
			mend: mending(`UPDATE tickets SET share_count = (SELECT COUNT(*) FROM shares s
WHERE s.account_id = tickets.account_id AND s.ticket_id = tickets.id AND s.ended_at IS NULL) WHERE account_id = ? AND id = ?`, byID)},
		{Name: "message_count", Means: "counts another number of messages than it has", Mendable: true,
			find: rowsOf("tickets", `SELECT t.account_id, t.id, 0 FROM tickets t WHERE t.message_count <> (SELECT COUNT(*) FROM messages m
WHERE m.account_id = t.account_id AND m.ticket_id = t.id) ORDER BY t.id`),
			mend: mending(`UPDATE tickets SET message_count = (SELECT COUNT(*) FROM messages m
WHERE m.account_id = tickets.account_id AND m.ticket_id = tickets.id) WHERE account_id = ? AND id = ?`, byID)},
		{Name: "inbox_pair", Means: "is an inbox with a group whose tickets agents of the group do not find in lists", Mendable: true,
			find: rowsOf("inbox_groups", `SELECT p.account_id, p.inbox_id, p.group_id FROM (SELECT DISTINCT t.account_id, t.inbox_id, t.group_id FROM tickets t WHERE t.group_id IS NOT NULL) p
WHERE NOT EXISTS (SELECT 1 FROM inbox_groups g WHERE g.account_id = p.account_id AND g.inbox_id = p.inbox_id AND g.group_id = p.group_id) ORDER BY p.account_id, p.inbox_id, p.group_id`),
			mend: mendPair},
	}
}

// mendPair writes a pair past the cache, which may hold what is missing.
func mendPair(tx *Tx, f Fault) error {
	n, err := tx.exec(`INSERT INTO inbox_groups (account_id, inbox_id, group_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, f.Account, f.ID, f.Other)
	if err != nil || n == 0 {
		return err
	}
	return tx.bumpAccess(f.Account)
}
