package store

import (
	"cmp"
	"database/sql"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
)

const (
	// lanesMost is how many lanes one claim looks at; where there are more the
	// next claim goes on where this one stopped.
	lanesMost = 256
	// windowsMost is how often a claim goes on at once that has found nothing due.
	windowsMost = 4
	// armsMost is from how many of them it reads jobs at most.
	armsMost = 128
)

// laneHead is a lane with the time of its first job.
type laneHead struct {
	lane
	runAt dm.Time
	place int // in the walk
}

// lookByLane reads the first due jobs of lanes of known kinds that have room;
// after is the lane after which the next look begins.
func (c *Claimer) lookByLane(tx *Tx, req *ClaimRequest, running map[int64]int) (due []candidate, after lane, err error) {
	after = c.after
	for range windowsMost {
		heads, end, err := tx.lanes(after)
		if err != nil {
			return nil, c.after, err
		}
		all := len(heads) < lanesMost
		heads = slices.DeleteFunc(heads, func(h laneHead) bool {
			return h.runAt > tx.now || !c.kinds[h.kind] || req.Held[h.account] >= req.PerAccount
		})
		after = end
		if len(heads) > 0 {
			due, err = tx.readLanes(c.best(heads, running, 2*req.Most), req.Most)
			return due, after, err
		}
		if all {
			break
		}
	}
	return nil, after, nil
}

// best picks the lanes to read from where there are more than needed.
func (c *Claimer) best(heads []laneHead, running map[int64]int, needed int) []laneHead {
	weight := func(h laneHead) int { return running[h.account] + urgencyStep*int(h.urgency) }
	slices.SortStableFunc(heads, func(a, b laneHead) int {
		return cmp.Or(cmp.Compare(weight(a), weight(b)), cmp.Compare(c.served[a.account], c.served[b.account]), cmp.Compare(a.runAt, b.runAt))
	})
	return heads[:min(len(heads), armsMost, max(needed, 8))]
}

// lanes lists up to lanesMost lanes that follow the given one, and begins
// again at the first where they end. The second answer is the lane after which
// to go on; firstLane where all were listed.
func (tx *Tx) lanes(after lane) ([]laneHead, lane, error) {
	heads, err := tx.lanesBetween(after, lastLane, lanesMost)
	if err == nil && len(heads) < lanesMost && after != firstLane {
		var again []laneHead
		again, err = tx.lanesBetween(firstLane, after, lanesMost-len(heads))
		heads = append(heads, again...)
	}
	if err != nil || len(heads) < lanesMost {
		return heads, firstLane, err
	}
	return heads, heads[lanesMost-1].lane, nil
}

// lanesBetween walks the index from lane to lane, whatever their length, and
// stops after the last one given. SQLite needs three hints: it reads "greater"
// of several columns as "from here on" and then filters, so the end of all times
// skips the rest of a lane; it uses the whole key only where coalesce hides the
// other side's type; and CROSS JOIN fixes the order of the join.
func (tx *Tx) lanesBetween(after, last lane, limit int) ([]laneHead, error) {
	heads := make([]laneHead, 0, limit)
	err := tx.query(`WITH RECURSIVE walk(id, place) AS (
SELECT (SELECT id FROM jobs WHERE state = 'ready' AND (account_id, urgency, kind, run_at) > (?, ?, ?, 9223372036854775807)
  ORDER BY account_id, urgency, kind, run_at, id LIMIT 1), 1
UNION ALL
SELECT (SELECT n.id FROM jobs n WHERE n.state = 'ready'
  AND (n.account_id, n.urgency, n.kind, n.run_at) > (coalesce(j.account_id, 0), coalesce(j.urgency, 0), coalesce(j.kind, ''), 9223372036854775807)
  ORDER BY n.account_id, n.urgency, n.kind, n.run_at, n.id LIMIT 1), walk.place + 1
FROM walk CROSS JOIN jobs j WHERE j.id = walk.id AND walk.place < ?)
SELECT walk.place, j.account_id, j.urgency, j.kind, j.run_at FROM walk CROSS JOIN jobs j
WHERE j.id = walk.id AND (j.account_id, j.urgency, j.kind) <= (?, ?, ?)`, func(rows *sql.Rows) error {
		var h laneHead
		err := rows.Scan(&h.place, &h.account, &h.urgency, &h.kind, &h.runAt)
		heads = append(heads, h)
		return err
	}, after.account, int64(after.urgency), after.kind, limit, last.account, int64(last.urgency), last.kind)
	slices.SortFunc(heads, func(a, b laneHead) int { return a.place - b.place })
	return heads, err
}

// readLanes reads the first due jobs of each lane, about twice as many as are
// wanted in all, leaving out those that another claimer is about to take.
func (tx *Tx) readLanes(heads []laneHead, wanted int) ([]candidate, error) {
	limit := max(1, 2*wanted/len(heads))
	arm := `SELECT id, account_id, urgency, kind, run_at FROM (SELECT id, account_id, urgency, kind, run_at FROM jobs
WHERE state = 'ready' AND account_id = ? AND urgency = ? AND kind = ? AND run_at <= ? ORDER BY run_at, id LIMIT ?` + tx.db.dialect.skipLock + `) lane`
	arms := paddedLen(len(heads))
	var args []any
	for i := range arms {
		h, most := heads[min(i, len(heads)-1)], limit
		if i >= len(heads) {
			most = 0 // an arm that only fills the statement up to its shape
		}
		args = append(args, h.account, int64(h.urgency), h.kind, int64(tx.now), most)
	}
	return tx.candidates(strings.TrimSuffix(strings.Repeat(arm+"\nUNION ALL\n", arms), "\nUNION ALL\n"), args...)
}
