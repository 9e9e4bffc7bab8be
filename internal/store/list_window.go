package store

import (
	"database/sql"
	"slices"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
)

// statement renders a page of a list that its scope alone decides: the rows
// with their keys.
func (p *listPlan) statement(d *dialect, after *mark, limit int, now dm.Time) *sqlText {
	t := &sqlText{}
	tie := p.order.tie()
	t.add(`SELECT `+rowColumns+`, `+rowShares+`, r.name, r.address, r.active, a.name, a.address, a.active, p.k0, `+tie+` FROM (`, int64(now), int64(now))
	t.pageKeys(p.scope, p.walk, p.states, p.order, after, limit, now, d.armsOrdered)
	t.add(`) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
JOIN people r ON r.account_id = t.account_id AND r.id = t.requester_id
LEFT JOIN people a ON a.account_id = t.account_id AND a.id = t.assignee_id
ORDER BY p.k0 `+p.order.word()+`, `+tie+` `+p.order.word(), p.scope.Account())
	return t
}

// tie names the column of a page's keys that orders rows with the same key.
func (o listOrder) tie() string {
	if o.byShare() {
		return `p.sid`
	}
	return `p.id`
}

// plainPage reads one page of a list that its scope alone decides.
func (tx *Tx) plainPage(p *listPlan, after *mark, limit int) (list []TicketRow, next string, err error) {
	t := p.statement(&tx.db.dialect, after, limit+1, tx.now)
	marks := make([]mark, 0, limit+1)
	err = tx.query(t.String(), func(rows *sql.Rows) error {
		var m mark
		row, err := scanTicketRow(rows, &m.Key, &m.ID)
		if err != nil {
			return err
		}
		list, marks = append(list, *row), append(marks, m)
		return nil
	}, t.args...)
	if err != nil {
		return nil, "", err
	}
	if len(list) > limit {
		list = list[:limit]
		next = p.cursor(marks[limit-1])
	}
	return list, next, tx.listParts(p.scope.Account(), list)
}

// hit is a ticket of a list and its place.
type hit struct {
	mark
	ticket int64
}

// batch is what one statement finds of a list that conditions narrow.
type batch struct {
	hits []hit
	last mark // of the last row, whether or not it passed
	full bool // there may be more
}

// windowStatement renders one window: the keys of the branches in order, and of
// each whether the list shows it.
func (p *listPlan) windowStatement(d *dialect, after *mark, limit int, now dm.Time) *sqlText {
	t := &sqlText{}
	tie := p.order.tie()
	t.add(`SELECT p.k0, ` + tie + `, p.id, CASE WHEN `)
	t.passes(p, now)
	t.add(` THEN 1 ELSE 0 END FROM (`)
	switch {
	case p.byMe != 0:
		t.sharesBy(p.scope.Account(), p, after, limit, now)
	case p.unshared:
		t.endedShares(p.scope.Account(), p, after, limit, now)
	default:
		t.pageKeys(p.scope, p.walk, p.states, p.order, after, limit, now, d.armsOrdered)
	}
	t.add(`) p JOIN tickets b ON b.id = p.id AND b.account_id = ? ORDER BY p.k0 `+p.order.word()+`, `+tie+` `+p.order.word(), p.scope.Account())
	return t
}

// firstStatement renders the rows of a driver that the list shows, in order.
// Their number is bounded, so they may be sorted.
func (p *listPlan) firstStatement(after *mark, limit, fence int, now dm.Time) *sqlText {
	t := &sqlText{}
	key := `b.updated_at + 0`
	if p.order.Key == byCreated {
		key = `b.created_at + 0`
	}
	t.add(`SELECT ` + key + ` AS k0, b.id, b.id, 1 FROM (`)
	p.first.rows(t)
	t.add(` LIMIT `+strconv.Itoa(fence+1)+`) w JOIN tickets b ON b.id = w.id AND b.account_id = ? WHERE `, p.scope.Account())
	t.passes(p, now)
	if after != nil {
		t.add(` AND (`+key+`, b.id)`+p.order.beyond()+`(?, ?)`, after.Key, after.ID)
	}
	t.add(` ORDER BY k0 ` + p.order.word() + `, b.id ` + p.order.word() + ` LIMIT ` + strconv.Itoa(limit))
	return t
}

// passes renders whether the list shows ticket b, but for what of its filter
// SQL leaves open.
func (t *sqlText) passes(p *listPlan, now dm.Time) {
	t.admitted(p, now)
	if p.filter != nil {
		t.add(` AND `)
		t.filtered(p.filter)
	}
}

// beyond is the comparison with a mark for rows after it.
func (o listOrder) beyond() string {
	if o.Desc {
		return ` < `
	}
	return ` > `
}

// effort is what reading a page or a count may still look at.
type effort struct {
	window int // rows of the next window
	rows   int
	keep   int // tickets for rules.Match
	bytes  int // of their texts
}

func (tx *Tx) newEffort(rows, keep int) *effort {
	return &effort{window: tx.db.bounds.window, rows: rows, keep: keep, bytes: keepBytes}
}

func (e *effort) spent() bool { return e.rows <= 0 || e.keep <= 0 || e.bytes <= 0 }

// nextBatch reads the hits after a mark, at most most of them where the way
// allows to say so.
func (tx *Tx) nextBatch(p *listPlan, after *mark, most int, e *effort) (*batch, error) {
	limit := e.window
	var t *sqlText
	if p.first != nil {
		if p.filter.exact() && most < limit {
			limit = most
		}
		t = p.firstStatement(after, limit, tx.db.bounds.fence, tx.now)
	} else {
		t = p.windowStatement(&tx.db.dialect, p.begin(after), limit, tx.now)
	}
	b := &batch{}
	n := 0
	err := tx.query(t.String(), func(rows *sql.Rows) error {
		var h hit
		var pass int64
		if err := rows.Scan(&h.Key, &h.ID, &h.ticket, &pass); err != nil {
			return err
		}
		n++
		b.last = h.mark
		if pass == 1 {
			b.hits = append(b.hits, h)
		}
		return nil
	}, t.args...)
	b.full = n == limit && !p.past(b.last)
	e.rows, e.window = e.rows-n, tx.db.bounds.later
	return b, err
}

// begin gives the mark to start after: the given one, or where the first key is
// that can fit.
func (p *listPlan) begin(after *mark) *mark {
	switch {
	case after != nil || p.filter == nil:
		return after
	case p.order.Desc && p.to < 1<<62:
		return &mark{Key: p.to}
	case !p.order.Desc && p.from > -1<<62:
		return &mark{Key: p.from}
	}
	return nil
}

// past says that nothing after the mark can fit.
func (p *listPlan) past(m mark) bool {
	if p.order.Desc {
		return m.Key < p.from
	}
	return m.Key >= p.to
}

// rest lets rules.Match decide what SQL left open.
func (tx *Tx) rest(p *listPlan, hits []hit, e *effort) (fit []hit, err error) {
	if p.filter.exact() || len(hits) == 0 {
		return hits, nil
	}
	ids := make([]int64, len(hits))
	for i, h := range hits {
		ids[i] = h.ticket
	}
	kept, read, err := tx.keep(p.filter, ids)
	for _, h := range hits {
		if len(kept) > 0 && kept[0] == h.ticket {
			fit, kept = append(fit, h), kept[1:]
		}
	}
	e.keep, e.bytes = e.keep-len(hits), e.bytes-read
	return fit, err
}

// filteredPage fills a page from batches, each a bounded number of rows. When
// its effort is spent the page is given as it is, with the cursor to go on from.
func (tx *Tx) filteredPage(p *listPlan, after *mark, limit int) (list []TicketRow, next string, err error) {
	hits, next, err := tx.filteredHits(p, after, limit)
	if err != nil {
		return nil, "", err
	}
	ids := make([]int64, len(hits))
	for i, h := range hits {
		ids[i] = h.ticket
	}
	list, err = tx.ticketRows(p.scope.Account(), ids)
	return list, next, err
}

func (tx *Tx) filteredHits(p *listPlan, after *mark, limit int) (page []hit, next string, err error) {
	e := tx.newEffort(tx.db.bounds.rows, tx.db.bounds.keep)
	for {
		b, err := tx.nextBatch(p, after, limit+1, e)
		if err != nil {
			return nil, "", err
		}
		// Where texts are read, no more tickets are looked at than the page may need.
		for part := range slices.Chunk(b.hits, keepTickets) {
			fit, err := tx.rest(p, part, e)
			if err != nil {
				return nil, "", err
			}
			page = append(page, fit...)
			end := part[len(part)-1].mark
			more := b.full || end != b.hits[len(b.hits)-1].mark
			switch {
			case len(page) > limit || len(page) == limit && more:
				return page[:limit], p.cursor(page[limit-1].mark), nil
			case more && (e.keep <= 0 || e.bytes <= 0):
				return page, p.cursor(end), nil
			}
		}
		if !b.full {
			return page, "", nil
		}
		if e.spent() {
			return page, p.cursor(b.last), nil
		}
		after = &b.last
	}
}

// Effort is how much several counts may look at together. What a count reads is
// taken off; when it is used up each of the rest still looks at a little.
type Effort struct {
	Rows  int // of windows
	Texts int // tickets whose texts are compared
}

// countBatches counts over batches up to the bound: exact until its effort is
// spent, then "more". shared may be nil.
func (tx *Tx) countBatches(p *listPlan, bound int, shared *Effort) (n int, more bool, err error) {
	e := tx.newEffort(tx.db.bounds.rows, tx.db.bounds.keep)
	if shared != nil {
		e.rows, e.keep = max(1, min(e.rows, shared.Rows)), max(1, min(e.keep, shared.Texts))
		rows, keep := e.rows, e.keep
		defer func() {
			shared.Rows -= rows - e.rows
			shared.Texts -= keep - e.keep
		}()
	}
	var after *mark
	for {
		b, err := tx.nextBatch(p, after, bound+1, e)
		if err != nil {
			return 0, false, err
		}
		for i := 0; i < len(b.hits); i += keepTickets {
			fit, err := tx.rest(p, b.hits[i:min(i+keepTickets, len(b.hits))], e)
			if err != nil {
				return 0, false, err
			}
			if n += len(fit); n <= bound && (e.keep <= 0 || e.bytes <= 0) && i+keepTickets < len(b.hits) {
				return n, true, nil
			}
		}
		switch {
		case n > bound:
			return bound, true, nil
		case !b.full:
			return n, false, nil
		case e.spent():
			return n, true, nil
		}
		after = &b.last
	}
}

// sharesBy renders a window over the shares that the viewer made: one row per
// ticket, its newest such share winning ties.
func (t *sqlText) sharesBy(account int64, p *listPlan, after *mark, limit int, now dm.Time) {
	word := p.order.word()
	t.add(`SELECT DISTINCT k0, id FROM (`)
	for i, state := range p.states {
		if i > 0 {
			t.add(` UNION ALL `)
		}
		t.add(`SELECT * FROM (SELECT DISTINCT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.created_by = ? AND s.ticket_list_state = `+strconv.Itoa(int(state))+` AND `, account, p.byMe)
		t.liveShare(now)
		if after != nil {
			t.add(` AND (s.ticket_updated_at, s.ticket_id)`+p.order.beyond()+`(?, ?)`, after.Key, after.ID)
		}
		t.add(` ORDER BY s.ticket_updated_at ` + word + `, s.ticket_id ` + word + ` LIMIT ` + strconv.Itoa(limit) + `) n` + strconv.Itoa(i))
	}
	t.add(`) u ORDER BY k0 ` + word + `, id ` + word + ` LIMIT ` + strconv.Itoa(limit))
}
