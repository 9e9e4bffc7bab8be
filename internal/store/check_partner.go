package store

// partnerRules are about tickets shared with other desks.
func partnerRules() []Rule {
	return []Rule{
		{Name: "partner_link_over", Means: "crosses under an agreement that is not in force",
			find: rowsOf("partner_links", `SELECT l.account_id, l.id, l.ticket_id FROM partner_links l JOIN partners p ON p.account_id = l.account_id AND p.id = l.partner_id
WHERE l.state IN `+liveLinkStates+` AND p.status <> 'accepted' ORDER BY l.id`)},
		{Name: "partner_message", Means: "is a comment of another ticket than the one that crosses",
			find: rowsOf("messages", `SELECT x.account_id, x.message_id, x.link_id FROM partner_messages x JOIN messages m ON m.account_id = x.account_id AND m.id = x.message_id
JOIN partner_links l ON l.account_id = x.account_id AND l.id = x.link_id WHERE m.merged_from IS NULL AND m.ticket_id <> l.ticket_id ORDER BY x.message_id`)},
		{Name: "partner_delivery", Means: "waits without a time, or has one without waiting",
			find: rowsOf("partner_deliveries", `SELECT d.account_id, d.id, d.partner_id FROM partner_deliveries d WHERE (d.state = 'waiting') <> (d.next_at IS NOT NULL) ORDER BY d.id`)},
	}
}
