package store

import (
	"cmp"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// rank is a property that no index orders. A list is sorted by it only when it
// is short, since all of it has to be read.
type rank string

const (
	rankCreated   rank = "created" // where shares join the list
	rankSubject   rank = "subject"
	rankStatus    rank = "status"
	rankPriority  rank = "priority"
	rankRequester rank = "requester"
	rankAssignee  rank = "assignee"
	rankGroup     rank = "group"
	rankInbox     rank = "inbox"
	rankSolved    rank = "solved"
	rankDue       rank = "sla_due"
)

// RankedRows is how many tickets a list may have that is sorted by a property
// no index orders.
const RankedRows = 2000

// known says whether the viewer can sort by the property. Requesters sort by
// what they see.
func (r rank) known(v *access.Viewer) bool {
	switch r {
	case rankSubject, rankStatus, rankSolved:
		return true
	case rankPriority, rankRequester, rankAssignee, rankGroup, rankInbox, rankDue:
		return v.IsAgent()
	}
	return false
}

// expression gives the SQL of the property, of ticket b, requester r and
// assignee a.
func (r rank) expression() string {
	switch r {
	case rankCreated:
		return `b.created_at`
	case rankStatus:
		return `b.status`
	case rankPriority:
		return `b.priority`
	case rankRequester:
		return `r.name_folded`
	case rankAssignee:
		return `coalesce(a.name_folded, '')`
	case rankGroup:
		return `coalesce(b.group_id, 0)`
	case rankInbox:
		return `b.inbox_id`
	case rankSolved:
		return `coalesce(b.solved_at, 0)`
	case rankDue:
		// What is due by nothing comes last.
		return `coalesce(` + nextDue + `, 9007199254740991)`
	}
	return `b.subject`
}

// rankKey is a ticket's place in a ranked list.
type rankKey struct {
	Number int64  `json:"n,omitempty"`
	Text   string `json:"t,omitempty"`
	ID     int64  `json:"i"`
}

func (k rankKey) compare(o rankKey) int {
	return cmp.Or(cmp.Compare(k.Number, o.Number), cmp.Compare(k.Text, o.Text), cmp.Compare(k.ID, o.ID))
}

// key turns the stored value into one that sorts as people expect.
func (r rank) key(d *Directory, id int64, value any) (rankKey, error) {
	k := rankKey{ID: id}
	switch v := value.(type) {
	case int64:
		k.Number = v
	case string:
		k.Text = v
	default:
		return k, fmt.Errorf("cannot sort by %T", value)
	}
	switch r {
	case rankStatus:
		k.Number, k.Text = int64(slices.Index(dm.Statuses, dm.Status(k.Text))), ""
	case rankGroup:
		k.Number, k.Text = 0, Fold(d.Groups[k.Number].Name)
	case rankInbox:
		k.Number, k.Text = 0, Fold(d.Inboxes[k.Number].Name)
	case rankSubject:
		k.Text = Fold(k.Text)
	}
	// Long texts are compared by their beginning: a cursor holds it.
	k.Text = clip(k.Text, 60)
	return k, nil
}

// rankedPage reads a short list whole, sorts it and gives one page.
func (tx *Tx) rankedPage(p *listPlan, q ListQuery) (list []TicketRow, next string, err error) {
	after, err := p.readRank(q.Cursor)
	if err != nil {
		return nil, "", err
	}
	hits, err := tx.allHits(p)
	if err != nil {
		return nil, "", err
	}
	keys, err := tx.rankKeys(p, hits)
	if err != nil {
		return nil, "", err
	}
	slices.SortFunc(keys, func(a, b rankKey) int {
		if p.order.Desc {
			return b.compare(a)
		}
		return a.compare(b)
	})
	if after != nil {
		keys = slices.DeleteFunc(keys, func(k rankKey) bool {
			if p.order.Desc {
				return k.compare(*after) >= 0
			}
			return k.compare(*after) <= 0
		})
	}
	if len(keys) > q.Limit {
		keys = keys[:q.Limit]
		next = p.rankCursor(keys[q.Limit-1])
	}
	ids := make([]int64, len(keys))
	for i, k := range keys {
		ids[i] = k.ID
	}
	list, err = tx.ticketRows(p.scope.Account(), ids)
	return list, next, err
}

// allHits reads the whole list, which must be short.
func (tx *Tx) allHits(p *listPlan) (all []hit, err error) {
	var after *mark
	e := tx.newEffort(tx.db.bounds.ranked, 2*RankedRows)
	for !e.spent() && len(all) <= RankedRows {
		b, err := tx.nextBatch(p, after, RankedRows+1, e)
		if err != nil {
			return nil, err
		}
		fit, err := tx.rest(p, b.hits, e)
		if err != nil {
			return nil, err
		}
		all = append(all, fit...)
		if !b.full && len(all) <= RankedRows {
			return all, nil
		}
		after = &b.last
	}
	return nil, dm.BadField("sort", "This order needs a list of at most %d tickets. Narrow the filter, or sort by updated, created or number.", RankedRows)
}

// rankKeys reads what the hits are sorted by.
func (tx *Tx) rankKeys(p *listPlan, hits []hit) ([]rankKey, error) {
	dir, err := tx.Directory(p.scope.Account())
	if err != nil {
		return nil, err
	}
	keys := make([]rankKey, 0, len(hits))
	for part := range slices.Chunk(hits, 500) {
		ids := make([]int64, len(part))
		for i, h := range part {
			ids[i] = h.ticket
		}
		var t sqlText
		t.add(`SELECT b.id, `+p.rank.expression()+` FROM tickets b
JOIN people r ON r.account_id = b.account_id AND r.id = b.requester_id
LEFT JOIN people a ON a.account_id = b.account_id AND a.id = b.assignee_id
WHERE b.account_id = ? AND `, p.scope.Account())
		t.in(`b.id`, ids)
		err := tx.query(t.String(), func(rows *sql.Rows) error {
			var id int64
			var value any
			if err := rows.Scan(&id, &value); err != nil {
				return err
			}
			k, err := p.rank.key(dir, id, value)
			keys = append(keys, k)
			return err
		}, t.args...)
		if err != nil {
			return nil, err
		}
	}
	return keys, nil
}

func (p *listPlan) rankCursor(k rankKey) string {
	raw, err := json.Marshal(k)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "r:%s:%t:%s", p.rank, p.order.Desc, raw))
}

// isRankCursor says whether a cursor is one of a ranked list.
func isRankCursor(text string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	return err == nil && strings.HasPrefix(string(raw), "r:")
}

func (p *listPlan) readRank(text string) (*rankKey, error) {
	if text == "" {
		return nil, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, errForeignCursor
	}
	rest, ok := strings.CutPrefix(string(raw), fmt.Sprintf("r:%s:%t:", p.rank, p.order.Desc))
	var k rankKey
	if !ok || json.Unmarshal([]byte(rest), &k) != nil {
		return nil, errForeignCursor
	}
	return &k, nil
}
