-- all, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n1
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- all, count
SELECT COUNT(*)
FROM (SELECT id
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.list_state = 1
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.list_state = 0
) u LIMIT 1001) c

-- all-open, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n0
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- all-open, count
SELECT COUNT(*)
FROM (SELECT id
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.list_state = 1
) u LIMIT 1001) c

-- all-oldest-first, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) > (?, ?) ORDER BY b.updated_at ASC, b.id ASC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) > (?, ?) ORDER BY b.updated_at ASC, b.id ASC LIMIT 26) n1
) u ORDER BY k0 ASC, id ASC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 ASC, p.id ASC

-- all-oldest-first, count
SELECT COUNT(*)
FROM (SELECT id
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.list_state = 1
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.list_state = 0
) u LIMIT 1001) c

-- all-by-created, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.list_state = 1 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.list_state = 0 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n1
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- all-by-created, count
SELECT COUNT(*)
FROM (SELECT id
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.list_state = 1
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.list_state = 0
) u LIMIT 1001) c

-- inboxes, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n1
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n2
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n3
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n4
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n5
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- inboxes, count
SELECT COUNT(*)
FROM (SELECT id
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 1
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 0
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 1
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 0
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND NOT (b.inbox_id + 0 IN (?, ?))
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND NOT (b.inbox_id + 0 IN (?, ?))
) u LIMIT 1001) c

-- inboxes-by-created, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 1 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 0 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n1
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 1 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n2
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 0 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n3
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n4
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n5
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- inboxes-by-created, count
SELECT COUNT(*)
FROM (SELECT id
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 1
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 0
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 1
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 0
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND NOT (b.inbox_id + 0 IN (?, ?))
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND NOT (b.inbox_id + 0 IN (?, ?))
) u LIMIT 1001) c

-- groups, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n1
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n2
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n3
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n4
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n5
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n6
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n7
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n8
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n9
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- groups, count
SELECT COUNT(*)
FROM (SELECT id
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND NOT (1 = 1 AND coalesce(b.group_id, 0) IN (?, ?))
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND NOT (1 = 1 AND coalesce(b.group_id, 0) IN (?, ?))
) u LIMIT 1001) c

-- groups-by-created, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.created_at, b.id) > (?, ?) ORDER BY b.created_at ASC, b.id ASC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.created_at, b.id) > (?, ?) ORDER BY b.created_at ASC, b.id ASC LIMIT 26) n1
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.created_at, b.id) > (?, ?) ORDER BY b.created_at ASC, b.id ASC LIMIT 26) n2
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.created_at, b.id) > (?, ?) ORDER BY b.created_at ASC, b.id ASC LIMIT 26) n3
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.created_at, b.id) > (?, ?) ORDER BY b.created_at ASC, b.id ASC LIMIT 26) n4
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.created_at, b.id) > (?, ?) ORDER BY b.created_at ASC, b.id ASC LIMIT 26) n5
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.created_at, b.id) > (?, ?) ORDER BY b.created_at ASC, b.id ASC LIMIT 26) n6
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.created_at, b.id) > (?, ?) ORDER BY b.created_at ASC, b.id ASC LIMIT 26) n7
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.created_at, b.id) > (?, ?) ORDER BY b.created_at ASC, b.id ASC LIMIT 26) n8
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.created_at, b.id) > (?, ?) ORDER BY b.created_at ASC, b.id ASC LIMIT 26) n9
) u ORDER BY k0 ASC, id ASC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 ASC, p.id ASC

-- groups-by-created, count
SELECT COUNT(*)
FROM (SELECT id
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND NOT (1 = 1 AND coalesce(b.group_id, 0) IN (?, ?))
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND NOT (1 = 1 AND coalesce(b.group_id, 0) IN (?, ?))
) u LIMIT 1001) c

-- restricted, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n1
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- restricted, count
SELECT COUNT(*)
FROM (SELECT id
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0
) u LIMIT 1001) c

-- mine, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n0
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- mine, count
SELECT COUNT(*)
FROM (SELECT id
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1
) u LIMIT 1001) c

-- unassigned, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n1
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n2
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n3
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n4
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n5
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n6
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n7
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- unassigned, count
SELECT COUNT(*)
FROM (SELECT id
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND b.assignee_id IS NULL
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND b.assignee_id IS NULL
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND b.assignee_id IS NULL
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND b.assignee_id IS NULL
) u LIMIT 1001) c

-- unassigned-wide, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n1
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n2
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n3
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n4
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n5
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n6
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n7
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n8
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n9
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n10
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n11
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n12
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n13
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n14
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n15
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- unassigned-wide, count
SELECT COUNT(*)
FROM (SELECT id
FROM (SELECT x.id FROM unnest(?::bigint[], ?::bigint[]) g(inbox, team) CROSS JOIN LATERAL (SELECT b.id FROM tickets b
WHERE b.account_id = ? AND b.inbox_id = g.inbox AND b.group_id = g.team AND b.list_state = 1 AND b.assignee_id IS NULL LIMIT 1001) x
) u LIMIT 1001) c

-- wide, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n1
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n2
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n3
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n4
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n5
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n6
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n7
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n8
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n9
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n10
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n11
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n12
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n13
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n14
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n15
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n16
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- wide, count
SELECT COUNT(*)
FROM (SELECT id
FROM (SELECT x.id FROM unnest(?::bigint[], ?::bigint[]) g(inbox, team) CROSS JOIN LATERAL (SELECT b.id FROM tickets b
WHERE b.account_id = ? AND b.inbox_id = g.inbox AND b.group_id = g.team AND b.list_state = 1 LIMIT 1001) x
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND NOT (1 = 1 AND coalesce(b.group_id, 0) IN (?, ?, ?, ?, ?, ?, ?, ?))
) u LIMIT 1001) c

-- shared-with-many-groups, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?) ORDER BY s.ticket_updated_at DESC, s.ticket_id DESC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?) ORDER BY s.ticket_updated_at DESC, s.ticket_id DESC LIMIT 26) n1
  UNION ALL SELECT *
FROM (SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?) ORDER BY s.ticket_updated_at DESC, s.ticket_id DESC LIMIT 26) n2
  UNION ALL SELECT *
FROM (SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?) ORDER BY s.ticket_updated_at DESC, s.ticket_id DESC LIMIT 26) n3
  UNION ALL SELECT *
FROM (SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?) ORDER BY s.ticket_updated_at DESC, s.ticket_id DESC LIMIT 26) n4
  UNION ALL SELECT *
FROM (SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?) ORDER BY s.ticket_updated_at DESC, s.ticket_id DESC LIMIT 26) n5
  UNION ALL SELECT *
FROM (SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?) ORDER BY s.ticket_updated_at DESC, s.ticket_id DESC LIMIT 26) n6
  UNION ALL SELECT *
FROM (SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?) ORDER BY s.ticket_updated_at DESC, s.ticket_id DESC LIMIT 26) n7
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- shared-with-many-groups, count
SELECT COUNT(*)
FROM (SELECT DISTINCT id
FROM (SELECT x.id FROM unnest(?::bigint[]) g(team) CROSS JOIN LATERAL (SELECT s.ticket_id AS id FROM shares s
WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = g.team AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 1001) x
) u LIMIT 1001) c

-- unassigned-inboxes, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 0 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n1
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n2
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 0 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n3
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- unassigned-inboxes, count
SELECT COUNT(*)
FROM (SELECT id
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 0 AND b.assignee_id IS NULL
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 0 AND b.assignee_id IS NULL
) u LIMIT 1001) c

-- unassigned-everything, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n0
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- unassigned-everything, count
SELECT COUNT(*)
FROM (SELECT id
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.list_state = 1 AND b.assignee_id IS NULL
) u LIMIT 1001) c

-- unassigned-by-created, page 2
SELECT p.k0, p.id, p.id, CASE WHEN b.list_state + 0 IN (1, 0) AND (((b.list_state <= 3 AND (1 = 1 AND coalesce(b.group_id, 0) IN (?, ?))) OR (b.list_state <= 3 AND b.assignee_id + 0 = ?) OR 1 = 0)) AND b.assignee_id IS NULL THEN 1 ELSE 0 END
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n1
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n2
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n3
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n4
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n5
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 1 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n6
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 0 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n7
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 1 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n8
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 0 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n9
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets b ON b.id = p.id AND b.account_id = ? ORDER BY p.k0 DESC, p.id DESC

-- spam, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 2 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 2 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n1
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 2 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n2
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 2 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n3
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 2 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n4
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- spam, count
SELECT COUNT(*)
FROM (SELECT id
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 2
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 2
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 2
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.group_id = ? AND b.list_state = 2
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 2 AND NOT (1 = 1 AND coalesce(b.group_id, 0) IN (?, ?))
) u LIMIT 1001) c

-- deleted, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 3 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 3 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n1
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 3 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n2
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- deleted, count
SELECT COUNT(*)
FROM (SELECT id
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 3
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state = 3
  UNION ALL SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state = 3 AND NOT (b.inbox_id + 0 IN (?, ?))
) u LIMIT 1001) c

-- shared-with-me, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'agent' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?) ORDER BY s.ticket_updated_at DESC, s.ticket_id DESC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'agent' AND s.target_id = ? AND s.ticket_list_state = 0 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?) ORDER BY s.ticket_updated_at DESC, s.ticket_id DESC LIMIT 26) n1
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- shared-with-me, count
SELECT COUNT(*)
FROM (SELECT DISTINCT id
FROM (SELECT *
FROM (SELECT s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'agent' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 1001) n0
  UNION ALL SELECT *
FROM (SELECT s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'agent' AND s.target_id = ? AND s.ticket_list_state = 0 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 1001) n1
) u LIMIT 1001) c

-- shared-with-me-by-shared, page 2
SELECT [columns], p.k0, p.sid
FROM (SELECT k0, id, sid
FROM (SELECT *
FROM (SELECT s.created_at AS k0, s.ticket_id AS id, s.id AS sid FROM shares s WHERE s.account_id = ? AND s.target_kind = 'agent' AND s.target_id = ? AND s.ticket_list_state <> 2 AND s.ticket_list_state <> 3 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.created_at, s.id) < (?, ?) ORDER BY s.created_at DESC, s.id DESC LIMIT 26) n0
) u ORDER BY k0 DESC, sid DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.sid DESC

-- shared-with-me-by-shared, count
SELECT COUNT(*)
FROM (SELECT DISTINCT id
FROM (SELECT *
FROM (SELECT s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'agent' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 1001) n0
  UNION ALL SELECT *
FROM (SELECT s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'agent' AND s.target_id = ? AND s.ticket_list_state = 0 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 1001) n1
) u LIMIT 1001) c

-- shared-with-my-groups, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?) ORDER BY s.ticket_updated_at DESC, s.ticket_id DESC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 0 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?) ORDER BY s.ticket_updated_at DESC, s.ticket_id DESC LIMIT 26) n1
  UNION ALL SELECT *
FROM (SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?) ORDER BY s.ticket_updated_at DESC, s.ticket_id DESC LIMIT 26) n2
  UNION ALL SELECT *
FROM (SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 0 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?) ORDER BY s.ticket_updated_at DESC, s.ticket_id DESC LIMIT 26) n3
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- shared-with-my-groups, count
SELECT COUNT(*)
FROM (SELECT DISTINCT id
FROM (SELECT *
FROM (SELECT s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 1001) n0
  UNION ALL SELECT *
FROM (SELECT s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 0 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 1001) n1
  UNION ALL SELECT *
FROM (SELECT s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 1001) n2
  UNION ALL SELECT *
FROM (SELECT s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 0 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 1001) n3
) u LIMIT 1001) c

-- shared-with-my-groups-by-shared, page 2
SELECT [columns], p.k0, p.sid
FROM (SELECT k0, id, sid
FROM (SELECT *
FROM (SELECT s.created_at AS k0, s.ticket_id AS id, s.id AS sid FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state <> 2 AND s.ticket_list_state <> 3 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.created_at, s.id) < (?, ?) AND (SELECT 1 FROM shares o WHERE o.account_id = s.account_id AND o.ticket_id = s.ticket_id AND o.target_kind = 'group' AND o.target_id + 0 IN (?, ?) AND o.ended_at IS NULL AND (o.expires_at IS NULL OR o.expires_at > ?) AND (o.created_at + 0, o.id) > (s.created_at, s.id) LIMIT 1) IS DISTINCT FROM 1 ORDER BY s.created_at DESC, s.id DESC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT s.created_at AS k0, s.ticket_id AS id, s.id AS sid FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state <> 2 AND s.ticket_list_state <> 3 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.created_at, s.id) < (?, ?) AND (SELECT 1 FROM shares o WHERE o.account_id = s.account_id AND o.ticket_id = s.ticket_id AND o.target_kind = 'group' AND o.target_id + 0 IN (?, ?) AND o.ended_at IS NULL AND (o.expires_at IS NULL OR o.expires_at > ?) AND (o.created_at + 0, o.id) > (s.created_at, s.id) LIMIT 1) IS DISTINCT FROM 1 ORDER BY s.created_at DESC, s.id DESC LIMIT 26) n1
) u ORDER BY k0 DESC, sid DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.sid DESC

-- shared-with-my-groups-by-shared, count
SELECT COUNT(*)
FROM (SELECT DISTINCT id
FROM (SELECT *
FROM (SELECT s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 1001) n0
  UNION ALL SELECT *
FROM (SELECT s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 0 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 1001) n1
  UNION ALL SELECT *
FROM (SELECT s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 1001) n2
  UNION ALL SELECT *
FROM (SELECT s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ticket_list_state = 0 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 1001) n3
) u LIMIT 1001) c

-- shared-by-me, page 2
SELECT p.k0, p.id, p.id, CASE WHEN b.list_state + 0 IN (1, 0) AND (((b.list_state <= 3 AND (1 = 1 AND coalesce(b.group_id, 0) IN (?, ?))) OR (b.list_state <= 3 AND b.assignee_id + 0 = ?) OR 1 = 0)) AND b.share_count > 0 AND coalesce((SELECT 1 FROM shares s WHERE s.account_id = b.account_id AND s.ticket_id = b.id AND s.created_by + 0 = ? AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 1), 0) = 1 THEN 1 ELSE 0 END
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT DISTINCT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.created_by = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?) ORDER BY s.ticket_updated_at DESC, s.ticket_id DESC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT DISTINCT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.created_by = ? AND s.ticket_list_state = 0 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.ticket_updated_at, s.ticket_id) < (?, ?) ORDER BY s.ticket_updated_at DESC, s.ticket_id DESC LIMIT 26) n1
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets b ON b.id = p.id AND b.account_id = ? ORDER BY p.k0 DESC, p.id DESC

-- recently-unshared, page 2
SELECT p.k0, p.sid, p.id, CASE WHEN b.list_state + 0 IN (1, 0) AND (((b.list_state <= 3 AND (1 = 1 AND coalesce(b.group_id, 0) IN (?, ?))) OR (b.list_state <= 3 AND b.assignee_id + 0 = ?) OR 1 = 0)) THEN 1 ELSE 0 END
FROM (SELECT s.ended_at AS k0, s.ticket_id AS id, s.id AS sid FROM shares s WHERE s.account_id = ? AND s.ended_at IS NOT NULL AND s.ended_at > ? AND (s.ended_at, s.id) < (?, ?) AND (SELECT 1 FROM shares o WHERE o.account_id = s.account_id AND o.ticket_id = s.ticket_id
AND (coalesce(o.ended_at, 0), o.id) > (s.ended_at, s.id) LIMIT 1) IS DISTINCT FROM 1 ORDER BY s.ended_at DESC, s.id DESC LIMIT 26
) p JOIN tickets b ON b.id = p.id AND b.account_id = ? ORDER BY p.k0 DESC, p.sid DESC

-- requester, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.requester_id = ? AND b.list_state = 1 AND b.private = 0 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.requester_id = ? AND b.list_state = 0 AND b.private = 0 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n1
  UNION ALL SELECT *
FROM (SELECT x.ticket_updated_at AS k0, x.ticket_id AS id FROM ticket_ccs x JOIN tickets b ON b.account_id = x.account_id AND b.id = x.ticket_id WHERE x.account_id = ? AND x.person_id = ? AND x.ticket_list_state = 1 AND b.private = 0 AND (x.ticket_updated_at, x.ticket_id) < (?, ?) ORDER BY x.ticket_updated_at DESC, x.ticket_id DESC LIMIT 26) n2
  UNION ALL SELECT *
FROM (SELECT x.ticket_updated_at AS k0, x.ticket_id AS id FROM ticket_ccs x JOIN tickets b ON b.account_id = x.account_id AND b.id = x.ticket_id WHERE x.account_id = ? AND x.person_id = ? AND x.ticket_list_state = 0 AND b.private = 0 AND (x.ticket_updated_at, x.ticket_id) < (?, ?) ORDER BY x.ticket_updated_at DESC, x.ticket_id DESC LIMIT 26) n3
  UNION ALL SELECT *
FROM (SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s JOIN tickets b ON b.account_id = s.account_id AND b.id = s.ticket_id WHERE s.account_id = ? AND s.target_kind = 'requester' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND b.private = 0 AND (s.ticket_updated_at, s.ticket_id) < (?, ?) ORDER BY s.ticket_updated_at DESC, s.ticket_id DESC LIMIT 26) n4
  UNION ALL SELECT *
FROM (SELECT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s JOIN tickets b ON b.account_id = s.account_id AND b.id = s.ticket_id WHERE s.account_id = ? AND s.target_kind = 'requester' AND s.target_id = ? AND s.ticket_list_state = 0 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND b.private = 0 AND (s.ticket_updated_at, s.ticket_id) < (?, ?) ORDER BY s.ticket_updated_at DESC, s.ticket_id DESC LIMIT 26) n5
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- requester, count
SELECT COUNT(*)
FROM (SELECT DISTINCT id
FROM (SELECT *
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.requester_id = ? AND b.list_state = 1 AND b.private = 0 LIMIT 1001) n0
  UNION ALL SELECT *
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.requester_id = ? AND b.list_state = 0 AND b.private = 0 LIMIT 1001) n1
  UNION ALL SELECT *
FROM (SELECT x.ticket_id AS id FROM ticket_ccs x JOIN tickets b ON b.account_id = x.account_id AND b.id = x.ticket_id WHERE x.account_id = ? AND x.person_id = ? AND x.ticket_list_state = 1 AND b.private = 0 LIMIT 1001) n2
  UNION ALL SELECT *
FROM (SELECT x.ticket_id AS id FROM ticket_ccs x JOIN tickets b ON b.account_id = x.account_id AND b.id = x.ticket_id WHERE x.account_id = ? AND x.person_id = ? AND x.ticket_list_state = 0 AND b.private = 0 LIMIT 1001) n3
  UNION ALL SELECT *
FROM (SELECT s.ticket_id AS id FROM shares s JOIN tickets b ON b.account_id = s.account_id AND b.id = s.ticket_id WHERE s.account_id = ? AND s.target_kind = 'requester' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND b.private = 0 LIMIT 1001) n4
  UNION ALL SELECT *
FROM (SELECT s.ticket_id AS id FROM shares s JOIN tickets b ON b.account_id = s.account_id AND b.id = s.ticket_id WHERE s.account_id = ? AND s.target_kind = 'requester' AND s.target_id = ? AND s.ticket_list_state = 0 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND b.private = 0 LIMIT 1001) n5
) u LIMIT 1001) c

-- requester-by-created, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.created_at + 0 AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.requester_id = ? AND b.list_state = 1 AND b.private = 0 AND (b.created_at + 0, b.id) < (?, ?) ORDER BY b.created_at + 0 DESC, b.id DESC LIMIT 26) n0
  UNION ALL SELECT *
FROM (SELECT b.created_at + 0 AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.requester_id = ? AND b.list_state = 0 AND b.private = 0 AND (b.created_at + 0, b.id) < (?, ?) ORDER BY b.created_at + 0 DESC, b.id DESC LIMIT 26) n1
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM ticket_ccs x JOIN tickets b ON b.account_id = x.account_id AND b.id = x.ticket_id WHERE x.account_id = ? AND x.person_id = ? AND x.ticket_list_state = 1 AND b.private = 0 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n2
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM ticket_ccs x JOIN tickets b ON b.account_id = x.account_id AND b.id = x.ticket_id WHERE x.account_id = ? AND x.person_id = ? AND x.ticket_list_state = 0 AND b.private = 0 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n3
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM shares s JOIN tickets b ON b.account_id = s.account_id AND b.id = s.ticket_id WHERE s.account_id = ? AND s.target_kind = 'requester' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND b.private = 0 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n4
  UNION ALL SELECT *
FROM (SELECT b.created_at AS k0, b.id AS id FROM shares s JOIN tickets b ON b.account_id = s.account_id AND b.id = s.ticket_id WHERE s.account_id = ? AND s.target_kind = 'requester' AND s.target_id = ? AND s.ticket_list_state = 0 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND b.private = 0 AND (b.created_at, b.id) < (?, ?) ORDER BY b.created_at DESC, b.id DESC LIMIT 26) n5
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- requester-by-created, count
SELECT COUNT(*)
FROM (SELECT DISTINCT id
FROM (SELECT *
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.requester_id = ? AND b.list_state = 1 AND b.private = 0 LIMIT 1001) n0
  UNION ALL SELECT *
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.requester_id = ? AND b.list_state = 0 AND b.private = 0 LIMIT 1001) n1
  UNION ALL SELECT *
FROM (SELECT x.ticket_id AS id FROM ticket_ccs x JOIN tickets b ON b.account_id = x.account_id AND b.id = x.ticket_id WHERE x.account_id = ? AND x.person_id = ? AND x.ticket_list_state = 1 AND b.private = 0 LIMIT 1001) n2
  UNION ALL SELECT *
FROM (SELECT x.ticket_id AS id FROM ticket_ccs x JOIN tickets b ON b.account_id = x.account_id AND b.id = x.ticket_id WHERE x.account_id = ? AND x.person_id = ? AND x.ticket_list_state = 0 AND b.private = 0 LIMIT 1001) n3
  UNION ALL SELECT *
FROM (SELECT s.ticket_id AS id FROM shares s JOIN tickets b ON b.account_id = s.account_id AND b.id = s.ticket_id WHERE s.account_id = ? AND s.target_kind = 'requester' AND s.target_id = ? AND s.ticket_list_state = 1 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND b.private = 0 LIMIT 1001) n4
  UNION ALL SELECT *
FROM (SELECT s.ticket_id AS id FROM shares s JOIN tickets b ON b.account_id = s.account_id AND b.id = s.ticket_id WHERE s.account_id = ? AND s.target_kind = 'requester' AND s.target_id = ? AND s.ticket_list_state = 0 AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) AND b.private = 0 LIMIT 1001) n5
) u LIMIT 1001) c

-- requested, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.requester_id = ? AND b.list_state = 1 AND b.private = 0 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n0
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- requested, count
SELECT COUNT(*)
FROM (SELECT DISTINCT id
FROM (SELECT *
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.requester_id = ? AND b.list_state = 1 AND b.private = 0 LIMIT 1001) n0
) u LIMIT 1001) c

-- department, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.department_id = ? AND b.department_id IS NOT NULL AND b.list_state = 1 AND b.private = 0 AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n0
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- department, count
SELECT COUNT(*)
FROM (SELECT DISTINCT id
FROM (SELECT *
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.department_id = ? AND b.department_id IS NOT NULL AND b.list_state = 1 AND b.private = 0 LIMIT 1001) n0
) u LIMIT 1001) c

-- department-changes, page 2
SELECT [columns], p.k0, p.id
FROM (SELECT DISTINCT k0, id
FROM (SELECT *
FROM (SELECT b.updated_at AS k0, b.id AS id FROM tickets b WHERE b.account_id = ? AND b.department_id = ? AND b.department_id IS NOT NULL AND b.list_state = 1 AND b.private = 0 AND b.type = 'change' AND (b.updated_at, b.id) < (?, ?) ORDER BY b.updated_at DESC, b.id DESC LIMIT 26) n0
) u ORDER BY k0 DESC, id DESC LIMIT 26
) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
[people]
ORDER BY p.k0 DESC, p.id DESC

-- department-changes, count
SELECT COUNT(*)
FROM (SELECT DISTINCT id
FROM (SELECT *
FROM (SELECT b.id AS id FROM tickets b WHERE b.account_id = ? AND b.department_id = ? AND b.department_id IS NOT NULL AND b.list_state = 1 AND b.private = 0 AND b.type = 'change' LIMIT 1001) n0
) u LIMIT 1001) c

