package store

import (
	"strconv"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// unsharedDays is how long a share that ended is lately.
const unsharedDays = 30

// planUnshared plans the list of tickets whose shares ended lately: tickets
// that the viewer lists anyway. Who may not manage shares gets none.
func (p *listPlan) planUnshared(v *access.Viewer) {
	if v.Can(dm.SharesManage) {
		p.scope = v.Scope(access.See, access.Listed)
	}
	p.unshared = true
}

// walksShares says that the list walks shares, and not the branches of a scope.
func (p *listPlan) walksShares() bool { return p.byMe != 0 || p.unshared }

// byShare says that rows with the same key are ordered by their shares.
func (o listOrder) byShare() bool { return o.Key == bySharedAt || o.Key == byUnshared }

// sortUnshared takes the one order that this list has: by when the newest of a
// ticket's ended shares ended.
func (p *listPlan) sortUnshared(key string) error {
	p.order = listOrder{Key: byUnshared, Desc: key != "unshared"}
	if key != "" && key != "unshared" && key != "-unshared" {
		return dm.BadField("sort", "This view sorts by unshared.")
	}
	return nil
}

// endedShares renders a window over the account's shares that ended lately: one
// row for each ticket, that of the share which ended last.
func (t *sqlText) endedShares(account int64, p *listPlan, after *mark, limit int, now dm.Time) {
	t.add(`SELECT s.ended_at AS k0, s.ticket_id AS id, s.id AS sid FROM shares s WHERE s.account_id = ? AND s.ended_at IS NOT NULL AND s.ended_at > ?`,
		account, int64(now.Add(-unsharedDays*24*time.Hour)))
	if after != nil {
		t.add(` AND (s.ended_at, s.id)`+p.order.beyond()+`(?, ?)`, after.Key, after.ID)
	}
	word := p.order.word()
	// The other end is hidden from the planner, which must start from the ticket.
	t.add(` AND (SELECT 1 FROM shares o WHERE o.account_id = s.account_id AND o.ticket_id = s.ticket_id
AND (coalesce(o.ended_at, 0), o.id) > (s.ended_at, s.id) LIMIT 1) IS DISTINCT FROM 1 ORDER BY s.ended_at ` + word + `, s.id ` + word + ` LIMIT ` + strconv.Itoa(limit))
}

// CheckQuery says whether a list can be asked for in this way: that there is
// such a view, and that it sorts so. It reads nothing.
func CheckQuery(v *access.Viewer, q ListQuery) error {
	_, err := viewPlan(v, q)
	return err
}
