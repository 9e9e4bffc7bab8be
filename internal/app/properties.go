package app

import (
	"slices"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// setProperties applies the patch to an existing ticket.
func (w *work) setProperties() error {
	if w.created || w.ch.Set.Empty() {
		return nil
	}
	if err := w.applyPatch(); err != nil {
		return err
	}
	return w.storeLists()
}

// startProperties applies the patch to a ticket that is being filed.
func (w *work) startProperties() error {
	if w.ch.Set.Empty() {
		return nil
	}
	return w.applyPatch()
}

func (w *work) applyPatch() error {
	if w.viewer.IsRequester() {
		return w.patchAsRequester(&w.ch.Set)
	}
	for _, step := range []func(*dm.TicketPatch) error{
		w.patchText, w.patchStatus, w.patchKind, w.patchPlace, w.patchAssignment, w.patchPeople, w.patchTags, w.patchFields, w.checkSolved,
	} {
		if err := step(&w.ch.Set); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) patchText(p *dm.TicketPatch) error {
	if p.Subject == nil {
		return nil
	}
	if err := w.need(access.Edit); err != nil {
		return err
	}
	subject, err := cleanSubject(*p.Subject)
	if err != nil {
		return err
	}
	w.change("subject", w.t.Subject, subject)
	w.t.Subject = subject
	return nil
}

func (w *work) patchStatus(p *dm.TicketPatch) error {
	if p.Status == nil && p.StatusID == nil {
		return nil
	}
	if err := w.need(access.SetStatus); err != nil {
		return err
	}
	status, own := w.t.Status, int64(0)
	if p.Status != nil {
		status = *p.Status
		if !slices.Contains(dm.Statuses, status) {
			return dm.BadField("status", "The status is one of new, open, pending, on_hold, solved and closed.")
		}
	}
	if p.StatusID != nil && *p.StatusID != 0 {
		s, ok := w.dir.Statuses[*p.StatusID]
		if !ok {
			return dm.BadField("status_id", "There is no such status.")
		}
		if p.Status != nil && *p.Status != s.Status {
			return dm.BadField("status_id", "This status stands for %s.", s.Status)
		}
		status, own = s.Status, s.ID
	}
	w.setStatus(status, own)
	return nil
}

func (w *work) setStatus(status dm.Status, own int64) {
	w.change("status", w.statusText(w.t.Status, w.t.StatusID), w.statusText(status, own))
	if status.Done() && !w.t.Status.Done() {
		w.t.SolvedAt = w.tx.Now()
	}
	if !status.Done() {
		w.t.SolvedAt = 0
	}
	w.t.Status, w.t.StatusID = status, own
}

func (w *work) statusText(s dm.Status, own int64) string {
	if own != 0 {
		return w.dir.Statuses[own].Name
	}
	return string(s)
}

func (w *work) patchKind(p *dm.TicketPatch) error {
	if p.Priority == nil && p.Type == nil && p.Private == nil && p.DepartmentID == nil {
		return nil
	}
	if err := w.need(access.Edit); err != nil {
		return err
	}
	if p.Priority != nil {
		if !slices.Contains(dm.Priorities, *p.Priority) {
			return dm.BadField("priority", "The priority is one of low, normal, high and urgent.")
		}
		w.change("priority", string(w.t.Priority), string(*p.Priority))
		w.t.Priority = *p.Priority
	}
	if p.Type != nil {
		if !slices.Contains(dm.TicketTypes, *p.Type) {
			return dm.BadField("type", "The type is one of question, incident, problem, task, service_request and change.")
		}
		w.change("type", string(w.t.Type), string(*p.Type))
		w.t.Type = *p.Type
	}
	if p.Private != nil && *p.Private != w.t.Private {
		if !*p.Private {
			if err := w.disclosure("private"); err != nil {
				return err
			}
		}
		w.change("private", strconv.FormatBool(w.t.Private), strconv.FormatBool(*p.Private))
		w.t.Private = *p.Private
	}
	if p.DepartmentID != nil {
		if _, ok := w.dir.Depts[*p.DepartmentID]; !ok && *p.DepartmentID != 0 {
			return dm.BadField("department_id", "There is no such department.")
		}
		w.change("department", idText(w.t.DepartmentID), idText(*p.DepartmentID))
		w.t.DepartmentID = *p.DepartmentID
	}
	return nil
}

// disclosure refuses an act that lets new people read, to somebody whose only
// way in is a share without the right to forward (decision C13).
func (w *work) disclosure(field string) error { return disclosed(&w.decision, field) }

func disclosed(d *access.Decision, field string) error {
	if d.OnlyByShare() && !d.Has(access.Forward) {
		return &dm.Error{Code: dm.Forbidden, Reason: "disclosure", Field: field,
			Public: "This would let new people read a ticket that was only shared with you. You need the right to forward."}
	}
	return nil
}

func idText(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

const (
	maxTags    = 50
	maxTagSize = 60
)

func (w *work) patchTags(p *dm.TicketPatch) error {
	if p.Tags == nil && len(p.AddTags) == 0 && len(p.RemoveTags) == 0 {
		return nil
	}
	if err := w.need(access.Edit); err != nil {
		return err
	}
	want := w.t.Tags
	if p.Tags != nil {
		want = *p.Tags
	}
	want = append(slices.Clone(want), p.AddTags...)
	tags := []string{}
	for _, tag := range want {
		tag = strings.ToLower(strings.Join(strings.Fields(cleanText(tag)), " "))
		if tag == "" || len([]rune(tag)) > maxTagSize {
			return dm.BadField("tags", "A tag has 1 to %d characters.", maxTagSize)
		}
		if !slices.Contains(p.RemoveTags, tag) {
			tags = append(tags, tag)
		}
	}
	slices.Sort(tags)
	tags = slices.Compact(tags)
	if len(tags) > maxTags {
		return dm.BadField("tags", "A ticket has at most %d tags.", maxTags)
	}
	w.change("tags", strings.Join(w.t.Tags, ", "), strings.Join(tags, ", "))
	w.t.Tags = tags
	return nil
}

func (w *work) patchFields(p *dm.TicketPatch) error {
	if len(p.Fields) == 0 {
		return nil
	}
	if err := w.need(access.Edit); err != nil {
		return err
	}
	return w.setFields(p)
}

// setFields checks and sets own fields; whether the actor may is decided before.
func (w *work) setFields(p *dm.TicketPatch) error {
	values := map[int64]string{}
	for _, f := range w.t.Fields {
		values[f.FieldID] = f.Value
	}
	for _, id := range sortedKeys(p.Fields) {
		def, ok := w.dir.Fields[id]
		where := "fields." + strconv.FormatInt(id, 10)
		if !ok || !def.Active {
			return dm.BadField(where, "There is no such field.")
		}
		if v := p.Fields[id]; v != nil {
			value, err := fieldValue(&def, *v)
			if err != nil {
				return dm.BadField(where, "%s", err.Error())
			}
			w.change("field:"+idText(id), values[id], value)
			values[id] = value
		} else {
			w.change("field:"+idText(id), values[id], "")
			delete(values, id)
		}
	}
	w.t.Fields = nil
	for _, id := range sortedKeys(values) {
		w.t.Fields = append(w.t.Fields, dm.FieldValue{FieldID: id, Value: values[id]})
	}
	return nil
}

// checkSolved refuses to solve a ticket while a required field is empty.
func (w *work) checkSolved(*dm.TicketPatch) error {
	if w.created || w.ch.From != 0 || !w.t.Status.Done() || w.old.Status.Done() {
		return nil
	}
	var faults []dm.Fault
	for _, id := range sortedKeys(w.dir.Fields) {
		def := w.dir.Fields[id]
		if !def.Required || !def.Active {
			continue
		}
		if !slices.ContainsFunc(w.t.Fields, func(f dm.FieldValue) bool { return f.FieldID == id }) {
			faults = append(faults, dm.Fault{Field: "fields." + idText(id), Message: def.Name + " must be filled in before the ticket is solved."})
		}
	}
	if len(faults) > 0 {
		return &dm.Error{Code: dm.Invalid, Public: "Some fields must be filled in first.", Faults: faults}
	}
	return nil
}

// storeLists writes what stands in tables beside the ticket's row.
func (w *work) storeLists() error {
	p := &w.ch.Set
	if p.Tags != nil || len(p.AddTags) > 0 || len(p.RemoveTags) > 0 {
		if err := w.tx.SetTags(w.account, w.t.ID, w.t.Tags); err != nil {
			return err
		}
	}
	if p.CCs != nil || len(p.AddCCs) > 0 {
		if err := w.tx.SetCCs(w.account, w.t, w.t.CCs); err != nil {
			return err
		}
	}
	if p.Followers != nil {
		if err := w.tx.SetFollowers(w.account, w.t, w.t.Followers); err != nil {
			return err
		}
	}
	for _, id := range sortedKeys(p.Fields) {
		var value *string
		for _, f := range w.t.Fields {
			if f.FieldID == id {
				value = &f.Value
			}
		}
		if err := w.tx.SetField(w.account, w.t.ID, id, value); err != nil {
			return err
		}
	}
	return nil
}
