package app

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// ImportAction is what becomes of one line of an import.
type ImportAction string

// The actions.
const (
	ImportCreate ImportAction = "create"
	ImportUpdate ImportAction = "update"
	ImportSame   ImportAction = "same"   // the person is already as the line says
	ImportFaulty ImportAction = "faulty" // the line is left out
)

// ImportLine is one line of an import with what becomes of it.
type ImportLine struct {
	Line     int
	Action   ImportAction
	Name     string
	Address  string
	Problems []string

	cells  []string
	person int64 // whom it changes
	patch  *PersonPatch
}

// importPlanner decides what becomes of lines. It only reads.
type importPlanner struct {
	app     *App
	tx      *store.Tx
	viewer  *access.Viewer
	kind    dm.PersonKind
	columns []dm.ImportColumn
	places  map[string]map[string]int64 // field -> folded name -> id
	seen    map[string]int              // folded address -> the line that has it
}

// importChunk is how many lines are decided together.
const importChunk = 100

func (a *App) newPlanner(tx *store.Tx, v *access.Viewer, kind dm.PersonKind, columns []dm.ImportColumn) (*importPlanner, error) {
	p := &importPlanner{app: a, tx: tx, viewer: v, kind: kind, columns: columns, places: map[string]map[string]int64{}, seen: map[string]int{}}
	dir, err := tx.Directory(v.Account())
	if err != nil {
		return nil, err
	}
	departments, groups := map[string]int64{}, map[string]int64{}
	for id, d := range dir.Depts {
		departments[store.Fold(d.Name)] = id
	}
	for id, g := range dir.Groups {
		groups[store.Fold(g.Name)] = id
	}
	p.places["department"], p.places["groups"] = departments, groups
	if p.holds("company") {
		p.places["company"], err = allNames(func(page Page) ([]dm.Company, string, error) { return tx.Companies(v.Account(), page) },
			func(c *dm.Company) (string, int64) { return c.Name, c.ID })
	}
	if err == nil && p.holds("roles") {
		p.places["roles"], err = allNames(func(page Page) ([]dm.Role, string, error) { return tx.Roles(v.Account(), page) },
			func(r *dm.Role) (string, int64) { return r.Name, r.ID })
	}
	return p, err
}

// allNames reads every page of a list and gives the ids by their folded names.
func allNames[T any](read func(Page) ([]T, string, error), of func(*T) (string, int64)) (map[string]int64, error) {
	ids := map[string]int64{}
	for cursor := ""; ; {
		list, next, err := read(Page{Cursor: cursor, Limit: 200})
		if err != nil {
			return nil, err
		}
		for i := range list {
			name, id := of(&list[i])
			ids[store.Fold(name)] = id
		}
		if next == "" {
			return ids, nil
		}
		cursor = next
	}
}

func (p *importPlanner) holds(field string) bool {
	return slices.ContainsFunc(p.columns, func(c dm.ImportColumn) bool { return c.Field == field })
}

// plan decides some lines, at most importChunk.
func (p *importPlanner) plan(rows []importRow) ([]ImportLine, error) {
	lines := make([]ImportLine, len(rows))
	var addresses []string
	for i := range rows {
		lines[i] = ImportLine{Line: rows[i].line, cells: rows[i].cells}
		cells := p.cellsOf(&rows[i])
		for _, address := range append(splitList(cells["others"]), cells["address"]) {
			addresses = append(addresses, store.Fold(address))
		}
	}
	owners, people := map[string]int64{}, map[int64]*dm.Person{}
	for some := range slices.Chunk(addresses, importChunk) {
		found, err := p.tx.PeopleByAddresses(p.viewer.Account(), some)
		if err != nil {
			return nil, err
		}
		var ids []int64
		for address, id := range found {
			owners[address] = id
			ids = append(ids, id)
		}
		known, err := p.tx.PeopleByID(p.viewer.Account(), sortedSet(ids))
		if err != nil {
			return nil, err
		}
		for id, person := range known {
			people[id] = person
		}
	}
	for i := range rows {
		if err := p.line(&lines[i], &rows[i], owners, people); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// cellsOf gives the cells by what their columns hold, clean of what keeps
// spreadsheets from taking them for formulas.
func (p *importPlanner) cellsOf(row *importRow) map[string]string {
	cells := map[string]string{}
	for i, column := range p.columns {
		if i >= len(row.cells) || column.Field == "" {
			continue
		}
		text := strings.TrimSpace(plainCell(row.cells[i]))
		if before := cells[column.Field]; before != "" && text != "" {
			text = before + ";" + text
		}
		if text != "" {
			cells[column.Field] = text
		}
	}
	if cells["name"] == "" {
		cells["name"] = strings.TrimSpace(cells["first_name"] + " " + cells["last_name"])
	}
	return cells
}

// plainCell takes away what safeCell has put in front.
func plainCell(text string) string {
	if rest, found := strings.CutPrefix(text, "'"); found && safeCell(rest) == text {
		return rest
	}
	return text
}

// splitList cuts a cell that holds several things.
func splitList(text string) []string {
	var list []string
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(",;|\n\r", r) }) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// line decides one line.
func (p *importPlanner) line(l *ImportLine, row *importRow, owners map[string]int64, people map[int64]*dm.Person) error {
	l.Action = ImportFaulty
	if row.problem != "" {
		l.Problems = []string{row.problem}
		return nil
	}
	if len(row.cells) > len(p.columns) || slices.ContainsFunc(row.cells, func(c string) bool { return len(c) > maxImportCell }) {
		l.Problems = []string{"This line has more cells than the first one, or a cell that is too long."}
		return nil
	}
	cells := p.cellsOf(row)
	l.Name, l.Address = cells["name"], cells["address"]
	folded := store.Fold(l.Address)
	if before := p.seen[folded]; before != 0 && l.Address != "" {
		l.Problems = []string{"This address stands in line " + strconv.Itoa(before) + " already."}
		return nil
	}
	p.seen[folded] = row.line
	old := people[owners[folded]]
	l.Problems = p.patch(l, cells, old, owners)
	if len(l.Problems) > 0 {
		return nil
	}
	return p.judge(l, old)
}

// patch writes what the line says about the person into a patch; of somebody
// known only what differs.
func (p *importPlanner) patch(l *ImportLine, cells map[string]string, old *dm.Person, owners map[string]int64) (problems []string) {
	was := dm.Person{Kind: p.kind}
	if old != nil {
		was, l.person = *old, old.ID
	}
	if was.Kind != p.kind {
		return []string{"Somebody of the other kind has this address: agents and requesters are imported apart."}
	}
	l.patch = &PersonPatch{}
	if old == nil {
		l.patch.Kind, l.patch.Address = &p.kind, &l.Address
		l.Name = cmp.Or(l.Name, l.Address)
	}
	if l.Name != "" && strings.Join(strings.Fields(l.Name), " ") != was.Name {
		l.patch.Name = &l.Name
	}
	if language := cells["language"]; language != "" && language != was.Language {
		l.patch.Language = &language
	}
	problems = p.patchOthers(l, splitList(cells["others"]), &was, owners)
	for _, place := range []struct {
		field string
		was   int64
		to    **int64
	}{{"department", was.DepartmentID, &l.patch.DepartmentID}, {"company", was.CompanyID, &l.patch.CompanyID}} {
		id, found := p.places[place.field][store.Fold(cells[place.field])]
		switch {
		case cells[place.field] == "":
		case !found:
			problems = append(problems, "There is no "+place.field+" of this name.")
		case id != place.was:
			*place.to = &id
		}
	}
	for _, list := range []struct {
		field, noun string
		was         []int64
		to          **[]int64
	}{{"roles", "role", was.Roles, &l.patch.Roles}, {"groups", "group", was.Groups, &l.patch.Groups}} {
		ids := []int64{}
		for _, name := range splitList(cells[list.field]) {
			id, found := p.places[list.field][store.Fold(name)]
			if !found {
				problems = append(problems, "There is no "+list.noun+" of one of these names.")
			}
			ids = append(ids, id)
		}
		if ids = sortedSet(ids); len(ids) > 0 && !slices.Equal(ids, list.was) {
			*list.to = &ids
		}
	}
	return problems
}

// patchOthers adds further addresses to those that the person has.
func (p *importPlanner) patchOthers(l *ImportLine, others []string, was *dm.Person, owners map[string]int64) (problems []string) {
	have := append(foldAll(was.Others), store.Fold(cmp.Or(was.Address, l.Address)))
	all := slices.Clone(was.Others)
	for _, address := range others {
		folded := store.Fold(address)
		if slices.Contains(have, folded) {
			continue
		}
		if before := p.seen[folded]; before != 0 || owners[folded] != 0 {
			problems = append(problems, "Somebody else has one of the further addresses.")
			continue
		}
		p.seen[folded] = l.Line
		have, all = append(have, folded), append(all, address)
	}
	if len(all) > len(was.Others) {
		l.patch.Others = &all
	}
	return problems
}

// judge asks the rules that hold for every change of a person.
func (p *importPlanner) judge(l *ImportLine, old *dm.Person) error {
	if *l.patch == (PersonPatch{}) {
		l.Action = ImportSame
		return nil
	}
	t := &act{app: p.app, tx: p.tx, viewer: p.viewer, account: p.viewer.Account()}
	c := &personChange{act: t, patch: l.patch, created: true, next: dm.Person{Scope: dm.RestrictedScope, Active: true}}
	l.Action = ImportCreate
	var err error
	if old != nil {
		l.Action = ImportUpdate
		if _, err = t.manageable(old.ID, true); err == nil {
			c = &personChange{act: t, patch: l.patch, old: *old, next: *old}
		}
	}
	if err == nil {
		err = c.check()
	}
	return l.refuse(err)
}

// refuse makes the line a faulty one when the error is about it.
func (l *ImportLine) refuse(err error) error {
	e, ours := errors.AsType[*dm.Error](err)
	if err == nil || !ours || !slices.Contains([]dm.Code{dm.Invalid, dm.Conflict, dm.Forbidden, dm.NotFound}, e.Code) {
		return err
	}
	l.Action, l.Problems = ImportFaulty, nil
	for _, fault := range e.Faults {
		l.Problems = append(l.Problems, fault.Field+": "+fault.Message)
	}
	if len(e.Faults) == 0 {
		text := e.Public
		if e.Field != "" {
			text = e.Field + ": " + text
		}
		l.Problems = []string{text}
	}
	return nil
}
