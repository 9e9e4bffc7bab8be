-- broad, page 2
SELECT p.k0, p.id, p.id, CASE WHEN b.list_state + 0 IN (1) AND (((b.list_state <= 3 AND (1 = 1 AND coalesce(b.group_id, 0) IN (?, ?))) OR (b.list_state <= 3 AND b.assignee_id + 0 = ?) OR 1 = 0)) AND ((b.status IN ('new', 'open')) AND (b.priority + 0 IN (0, 2)) AND (coalesce((SELECT 1 FROM ticket_tags g WHERE g.account_id = b.account_id AND g.ticket_id = b.id AND g.tag_id IN (?) LIMIT 1), 0) = 1) AND (b.private = 0)) THEN 1 ELSE 0 END
FROM (SELECT DISTINCT k0, id
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY k0 DESC, id DESC LIMIT 52
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets b ON b.id = p.id AND b.account_id = ? ORDER BY p.k0 DESC, p.id DESC

-- broad-by-created, page 2
SELECT p.k0, p.id, p.id, CASE WHEN b.list_state + 0 IN (1, 0) AND (((b.list_state <= 3 AND (1 = 1 AND coalesce(b.group_id, 0) IN (?, ?))) OR (b.list_state <= 3 AND b.assignee_id + 0 = ?) OR 1 = 0)) AND (coalesce((SELECT 1 FROM ticket_tags g WHERE g.account_id = b.account_id AND g.ticket_id = b.id AND g.tag_id IN (?) LIMIT 1), 0) = 1) THEN 1 ELSE 0 END
FROM (SELECT DISTINCT k0, id
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.created_at, b.id) < (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.created_at, b.id) < (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.created_at, b.id) < (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.created_at, b.id) < (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.created_at, b.id) < (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.created_at, b.id) < (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.created_at, b.id) < (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.created_at, b.id) < (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.created_at, b.id) < (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.created_at, b.id) < (?, ?) ORDER BY k0 DESC, id DESC LIMIT 52
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets b ON b.id = p.id AND b.account_id = ? ORDER BY p.k0 DESC, p.id DESC

-- broad-everything, page 2
SELECT p.k0, p.id, p.id, CASE WHEN b.list_state + 0 IN (1, 0) AND (((b.list_state <= 3 AND (1 = 1)) OR 1 = 0)) AND (coalesce((SELECT 1 FROM ticket_tags g WHERE g.account_id = b.account_id AND g.ticket_id = b.id AND g.tag_id IN (?) LIMIT 1), 0) = 1) THEN 1 ELSE 0 END
FROM (SELECT DISTINCT k0, id
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?) ORDER BY k0 DESC, id DESC LIMIT 26
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets b ON b.id = p.id AND b.account_id = ? ORDER BY p.k0 DESC, p.id DESC

-- inbox-narrows, page 2
SELECT p.k0, p.id, p.id, CASE WHEN b.list_state + 0 IN (1, 0) AND (((b.list_state <= 3 AND (1 = 1)) OR 1 = 0)) AND (coalesce(b.inbox_id, 0) IN (?)) THEN 1 ELSE 0 END
FROM (SELECT DISTINCT k0, id
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?) ORDER BY k0 DESC, id DESC LIMIT 26
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets b ON b.id = p.id AND b.account_id = ? ORDER BY p.k0 DESC, p.id DESC

-- group-narrows, page 2
SELECT p.k0, p.id, p.id, CASE WHEN b.list_state + 0 IN (1, 0) AND (((b.list_state <= 3 AND (1 = 1)) OR 1 = 0)) AND ((coalesce(b.inbox_id, 0) IN (?, ?)) AND (coalesce(b.group_id, 0) IN (?))) THEN 1 ELSE 0 END
FROM (SELECT DISTINCT k0, id
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?) ORDER BY k0 DESC, id DESC LIMIT 26
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets b ON b.id = p.id AND b.account_id = ? ORDER BY p.k0 DESC, p.id DESC

-- rare-tag, page 2
SELECT b.updated_at + 0 AS k0, b.id, b.id, 1
FROM (SELECT DISTINCT d.ticket_id AS id FROM ticket_tags d WHERE d.account_id = ? AND d.tag_id IN (?) LIMIT 5001) w JOIN tickets b ON b.id = w.id AND b.account_id = ? WHERE b.list_state + 0 IN (1) AND (((b.list_state <= 3 AND (1 = 1 AND coalesce(b.group_id, 0) IN (?, ?))) OR (b.list_state <= 3 AND b.assignee_id + 0 = ?) OR 1 = 0)) AND ((b.status IN ('new', 'open')) AND (coalesce((SELECT 1 FROM ticket_tags g WHERE g.account_id = b.account_id AND g.ticket_id = b.id AND g.tag_id = ? LIMIT 1), 0) = 1)) AND (b.updated_at + 0, b.id) < (?, ?) ORDER BY k0 DESC, b.id DESC LIMIT 26

-- requester, page 2
SELECT b.updated_at + 0 AS k0, b.id, b.id, 1
FROM (SELECT d.id FROM tickets d WHERE d.account_id = ? AND d.requester_id IN (?) LIMIT 5001) w JOIN tickets b ON b.id = w.id AND b.account_id = ? WHERE b.list_state + 0 IN (1, 0) AND (((b.list_state <= 3 AND (1 = 1 AND coalesce(b.group_id, 0) IN (?, ?))) OR (b.list_state <= 3 AND b.assignee_id + 0 = ?) OR 1 = 0)) AND (coalesce(b.requester_id, 0) IN (?)) AND (b.updated_at + 0, b.id) < (?, ?) ORDER BY k0 DESC, b.id DESC LIMIT 26

-- created, page 2
SELECT b.updated_at + 0 AS k0, b.id, b.id, 1
FROM (SELECT d.id FROM tickets d WHERE d.account_id = ? AND d.list_state = 1 AND d.created_at >= ? AND d.created_at < ?
  UNION ALL SELECT d.id FROM tickets d WHERE d.account_id = ? AND d.list_state = 0 AND d.created_at >= ? AND d.created_at < ? LIMIT 5001) w JOIN tickets b ON b.id = w.id AND b.account_id = ? WHERE b.list_state + 0 IN (1, 0) AND (((b.list_state <= 3 AND (1 = 1 AND coalesce(b.group_id, 0) IN (?, ?))) OR (b.list_state <= 3 AND b.assignee_id + 0 = ?) OR 1 = 0)) AND (b.created_at + 0 >= ? AND b.created_at + 0 < ?) AND (b.updated_at + 0, b.id) < (?, ?) ORDER BY k0 DESC, b.id DESC LIMIT 26

-- number, page 2
SELECT b.created_at + 0 AS k0, b.id, b.id, 1
FROM (SELECT d.id FROM tickets d WHERE d.account_id = ? AND d.number IN (?, ?) LIMIT 5001) w JOIN tickets b ON b.id = w.id AND b.account_id = ? WHERE b.list_state + 0 IN (1, 0) AND (((b.list_state <= 3 AND (1 = 1 AND coalesce(b.group_id, 0) IN (?, ?))) OR (b.list_state <= 3 AND b.assignee_id + 0 = ?) OR 1 = 0)) AND (b.number + 0 IN (?, ?)) AND (b.created_at + 0, b.id) > (?, ?) ORDER BY k0 ASC, b.id ASC LIMIT 26

-- shared-with-agent, page 2
SELECT b.updated_at + 0 AS k0, b.id, b.id, 1
FROM (SELECT DISTINCT s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'agent' AND s.target_id IN (?) AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 5001) w JOIN tickets b ON b.id = w.id AND b.account_id = ? WHERE b.list_state + 0 IN (1, 0) AND (((b.list_state <= 3 AND (1 = 1 AND coalesce(b.group_id, 0) IN (?, ?))) OR (b.list_state <= 3 AND b.assignee_id + 0 = ?) OR 1 = 0)) AND (b.share_count > 0 AND coalesce((SELECT 1 FROM shares s WHERE s.account_id = b.account_id AND s.ticket_id = b.id AND s.target_kind = 'agent' AND s.target_id + 0 IN (?) AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 1), 0) = 1) AND (b.updated_at + 0, b.id) < (?, ?) ORDER BY k0 DESC, b.id DESC LIMIT 26

-- expires, page 2
SELECT b.updated_at + 0 AS k0, b.id, b.id, 1
FROM (SELECT DISTINCT d.ticket_id AS id FROM shares d WHERE d.account_id = ? AND d.ended_at IS NULL AND d.expires_at IS NOT NULL AND d.expires_at >= ? AND d.expires_at < ? LIMIT 5001) w JOIN tickets b ON b.id = w.id AND b.account_id = ? WHERE b.list_state + 0 IN (1, 0) AND (((b.list_state <= 3 AND (1 = 1 AND coalesce(b.group_id, 0) IN (?, ?))) OR (b.list_state <= 3 AND b.assignee_id + 0 = ?) OR 1 = 0)) AND (b.share_count > 0 AND coalesce((SELECT 1 FROM shares s WHERE s.account_id = b.account_id AND s.ticket_id = b.id AND s.expires_at + 0 >= ? AND s.expires_at + 0 < ? AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 1), 0) = 1) AND (b.updated_at + 0, b.id) < (?, ?) ORDER BY k0 DESC, b.id DESC LIMIT 26

-- assignees, page 2
SELECT p.k0, p.id, p.id, CASE WHEN b.list_state + 0 IN (1, 0) AND (((b.list_state <= 3 AND (b.inbox_id + 0 IN (?, ?))) OR (b.list_state <= 3 AND b.assignee_id + 0 = ?) OR 1 = 0)) AND (coalesce(b.assignee_id, 0) IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)) THEN 1 ELSE 0 END
FROM (SELECT DISTINCT k0, id
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?) ORDER BY k0 DESC, id DESC LIMIT 26
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets b ON b.id = p.id AND b.account_id = ? ORDER BY p.k0 DESC, p.id DESC

-- assignees-by-created, page 2
SELECT p.k0, p.id, p.id, CASE WHEN b.list_state + 0 IN (1, 0) AND (((b.list_state <= 3 AND (b.inbox_id + 0 IN (?, ?))) OR (b.list_state <= 3 AND b.assignee_id + 0 = ?) OR 1 = 0)) AND (coalesce(b.assignee_id, 0) IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)) THEN 1 ELSE 0 END
FROM (SELECT DISTINCT k0, id
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.created_at, b.id) > (?, ?)
  UNION ALL SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.created_at, b.id) > (?, ?) ORDER BY k0 ASC, id ASC LIMIT 26
) u ORDER BY k0 ASC, id ASC LIMIT 26
) p JOIN tickets b ON b.id = p.id AND b.account_id = ? ORDER BY p.k0 ASC, p.id ASC

-- shared-with-groups, page 2
SELECT p.k0, p.id, p.id, CASE WHEN b.list_state + 0 IN (1, 0) AND (((b.list_state <= 3 AND (b.inbox_id + 0 IN (?, ?))) OR (b.list_state <= 3 AND b.assignee_id + 0 = ?) OR 1 = 0) OR (b.list_state <= 1 AND (coalesce((SELECT 1 FROM shares s WHERE s.account_id = b.account_id AND s.ticket_id = b.id AND s.target_kind || '' = 'group' AND s.target_id + 0 IN (?) AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 1), 0) = 1 OR 1 = 0))) AND (b.share_count > 0 AND coalesce((SELECT 1 FROM shares s WHERE s.account_id = b.account_id AND s.ticket_id = b.id AND s.target_kind = 'group' AND s.target_id + 0 IN (?, ?, ?, ?) AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 1), 0) = 1) THEN 1 ELSE 0 END
FROM (SELECT DISTINCT k0, id
FROM (SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?)
  UNION ALL SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 0 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?)
  UNION ALL SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?)
  UNION ALL SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 0 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?)
  UNION ALL SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?)
  UNION ALL SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 0 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?)
  UNION ALL SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?)
  UNION ALL SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 0 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?) ORDER BY k0 DESC, id DESC LIMIT 104
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets b ON b.id = p.id AND b.account_id = ? ORDER BY p.k0 DESC, p.id DESC

-- has-link, page 2
SELECT b.updated_at + 0 AS k0, b.id, b.id, 1
FROM (SELECT DISTINCT l.ticket_id AS id FROM public_links l WHERE l.account_id = ? AND l.revoked_at IS NULL AND (l.max_uses IS NULL OR l.uses < l.max_uses) AND (l.expires_at IS NULL OR l.expires_at > ?) LIMIT 5001) w JOIN tickets b ON b.id = w.id AND b.account_id = ? WHERE b.list_state + 0 IN (1, 0) AND (((b.list_state <= 3 AND (1 = 1 AND coalesce(b.group_id, 0) IN (?, ?))) OR (b.list_state <= 3 AND b.assignee_id + 0 = ?) OR 1 = 0)) AND (coalesce((SELECT 1 FROM public_links l WHERE l.account_id = b.account_id AND l.ticket_id = b.id AND l.revoked_at IS NULL AND (l.max_uses IS NULL OR l.uses < l.max_uses) AND (l.expires_at IS NULL OR l.expires_at > ?) LIMIT 1), 0) = 1) AND (b.updated_at + 0, b.id) < (?, ?) ORDER BY k0 DESC, b.id DESC LIMIT 26

-- has-no-link, page 2
SELECT p.k0, p.id, p.id, CASE WHEN b.list_state + 0 IN (1, 0) AND (((b.list_state <= 3 AND (1 = 1 AND coalesce(b.group_id, 0) IN (?, ?))) OR (b.list_state <= 3 AND b.assignee_id + 0 = ?) OR 1 = 0)) AND (coalesce((SELECT 1 FROM public_links l WHERE l.account_id = b.account_id AND l.ticket_id = b.id AND l.revoked_at IS NULL AND (l.max_uses IS NULL OR l.uses < l.max_uses) AND (l.expires_at IS NULL OR l.expires_at > ?) LIMIT 1), 0) = 0) THEN 1 ELSE 0 END
FROM (SELECT DISTINCT k0, id
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?) ORDER BY k0 DESC, id DESC LIMIT 52
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets b ON b.id = p.id AND b.account_id = ? ORDER BY p.k0 DESC, p.id DESC

-- is-shared, page 2
SELECT p.k0, p.id, p.id, CASE WHEN b.list_state + 0 IN (1, 0) AND (((b.list_state <= 3 AND (1 = 1 AND coalesce(b.group_id, 0) IN (?, ?))) OR (b.list_state <= 3 AND b.assignee_id + 0 = ?) OR 1 = 0) OR (b.list_state <= 1 AND (coalesce((SELECT 1 FROM shares s WHERE s.account_id = b.account_id AND s.ticket_id = b.id AND s.target_kind || '' = 'agent' AND s.target_id + 0 IN (?) AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 1), 0) = 1 OR coalesce((SELECT 1 FROM shares s WHERE s.account_id = b.account_id AND s.ticket_id = b.id AND s.target_kind || '' = 'group' AND s.target_id + 0 IN (?, ?) AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 1), 0) = 1 OR 1 = 0))) AND (b.share_count > 0 AND coalesce((SELECT 1 FROM shares s WHERE s.account_id = b.account_id AND s.ticket_id = b.id AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 1), 0) = 1) THEN 1 ELSE 0 END
FROM (SELECT DISTINCT k0, id
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?)
  UNION ALL SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'agent' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?)
  UNION ALL SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'agent' AND s.target_id = ? AND s.ticket_list_state = 0 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?)
  UNION ALL SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?)
  UNION ALL SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 0 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?)
  UNION ALL SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?)
  UNION ALL SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 0 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?) ORDER BY k0 DESC, id DESC LIMIT 130
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets b ON b.id = p.id AND b.account_id = ? ORDER BY p.k0 DESC, p.id DESC

