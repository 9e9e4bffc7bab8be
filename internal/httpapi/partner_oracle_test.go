package httpapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/google/go-cmp/cmp"
)

// oracleTicket is a ticket as this test remembers it, in its own words.
type oracleTicket struct {
	mark, region, margin string
	said                 []oracleMessage
}

type oracleMessage struct {
	word   string // also of its file
	kind   dm.MessageKind
	marked bool
	hidden bool // the ticket was private by then
}

// oracleFriend is a partner of this test, with the terms as docs/partners.md names
// them.
type oracleFriend struct {
	*foreignDesk
	id    int64
	token string
	terms map[string]any
}

func (f *oracleFriend) yes(term string) bool { return f.terms[term].(bool) }

// mayHear is the table of docs/partners.md, section 1, said once more: whether a
// message crosses, and as what.
func (f *oracleFriend) mayHear(m oracleMessage) (crosses, public bool) {
	switch {
	case m.kind == dm.LocalNote: // never leaves, whatever is agreed
	case f.yes("only_marked") && !m.marked: // messages that are marked for the partner
	case m.hidden && !f.yes("private_comments"): // a private ticket is for those who hear private comments
	case m.kind == dm.Note: // notes
		return f.yes("private_comments"), false
	default: // replies; where public ones may not cross, as private ones
		return f.yes("public_comments") || f.yes("private_comments"), f.yes("public_comments")
	}
	return false, false
}

// heard is what a partner was told of a ticket in all its messages.
type heard struct {
	comments map[string]bool // whether public, by text
	files    []string
	members  map[string]bool
	fields   map[string]bool
	raw      string
}

func (l *foreignDesk) heard(t *testing.T) heard {
	t.Helper()
	bodies, _ := l.take()
	h := heard{comments: map[string]bool{}, members: map[string]bool{}, fields: map[string]bool{}, raw: strings.Join(bodies, "\n")}
	for _, raw := range bodies {
		if raw == "" {
			continue
		}
		var body struct {
			Comments []struct {
				UUID, Body  string
				Public      *bool
				Attachments []struct{ Filename string }
			}
			Fields map[string]string `json:"custom_fields"`
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal([]byte(raw), &body); err != nil || json.Unmarshal([]byte(raw), &members) != nil {
			t.Fatal(err, raw)
		}
		for name := range members {
			h.members[name] = true
		}
		for name := range body.Fields {
			h.fields[name] = true
		}
		for _, c := range body.Comments {
			if _, twice := h.comments[c.Body]; twice || c.Public == nil {
				t.Errorf("%q comes twice, or is neither public nor private", c.Body)
			}
			h.comments[c.Body] = *c.Public
			for _, f := range c.Attachments {
				h.files = append(h.files, f.Filename)
			}
		}
	}
	slices.Sort(h.files)
	return h
}

// What crosses is compared with what the terms allow, for random tickets and terms,
// by an oracle that knows the documentation and nothing of the sender's code. Every
// message, file, tag, field and person bears a mark.
func TestWireHoldsWhatTermsAllow(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		p := &pair{world: w}
		p.listen()
		o := &wireOracle{pair: p, rng: rand.New(rand.NewPCG(7, 11))}
		var err error
		o.region, err = w.app.CreateField(t.Context(), w.system("acme"), app.FieldPatch{Name: ptr("Region"), Kind: ptr(dm.FieldText)})
		w.must(err)
		o.margin, err = w.app.CreateField(t.Context(), w.system("acme"), app.FieldPatch{Name: ptr("Margin"), Kind: ptr(dm.FieldText)})
		w.must(err)
		for range 4 {
			terms := allTerms("only_marked", o.rng.IntN(3) == 0, "fields", [][]string{{}, {"region"}, {"*"}}[o.rng.IntN(3)])
			for _, name := range []string{"public_comments", "private_comments", "status", "tags", "attachments"} {
				terms[name] = o.coin()
			}
			l := w.elsewhere()
			id, _, token := p.befriend(l, terms)
			o.friends = append(o.friends, oracleFriend{l, id, token, terms})
		}
		for round := range 12 {
			o.play(t, round)
		}
	})
}

type wireOracle struct {
	*pair
	rng            *rand.Rand
	region, margin int64
	friends        []oracleFriend
}

func (o *wireOracle) coin() bool { return o.rng.IntN(2) == 0 }

// play files a ticket, shares it with some partners, goes on with it, and compares
// what each of them has heard.
func (o *wireOracle) play(t *testing.T, round int) {
	mark := fmt.Sprintf("r%dx", round)
	tk := &oracleTicket{mark: mark, region: "region" + mark, margin: "margin" + mark}
	private := o.rng.IntN(4) == 0
	n := o.ticket("owner", "Ticket "+mark, "tags", []string{"tag" + mark}, "private", private, "requester_id", o.id("staff.two"), "ccs", []string{"cc" + mark + "@customer.example"},
		"fields", map[string]any{fmt.Sprint(o.region): tk.region, fmt.Sprint(o.margin): tk.margin})
	tk.said = append(tk.said, oracleMessage{word: "It all began with Ticket " + mark, kind: dm.Reply, hidden: private})
	o.talk(tk, n, 2, private)
	shared, from := map[int]bool{}, map[int]int{}
	for _, i := range []int{o.rng.IntN(4), o.rng.IntN(4)} {
		if shared[i] {
			continue
		}
		fromNow := o.coin()
		a := o.as("owner").post(fmt.Sprintf("/tickets/%d/partners", n), map[string]any{"partner_ids": []int64{o.friends[i].id}, "from_now": fromNow})
		if private && !o.friends[i].yes("private_comments") {
			a.is(422)
			continue
		}
		a.is(201)
		shared[i] = true
		if fromNow {
			from[i] = len(tk.said)
		}
	}
	o.drain()
	o.talk(tk, n, 4, private)
	o.change("owner", n, map[string]any{"status": "pending", "group_id": o.world.acme().groups["Support"]})
	if o.coin() { // from now on it is private
		o.change("owner", n, map[string]any{"private": true})
		o.talk(tk, n, 2, true)
		o.change("owner", n, map[string]any{"subject": "Hidden " + mark})
	}
	for i := range o.friends {
		h := o.friends[i].heard(t)
		if !shared[i] {
			if h.raw != "" {
				t.Errorf("a partner it is not shared with hears %s", h.raw)
			}
			continue
		}
		o.compare(t, tk, &o.friends[i], from[i], &h)
	}
}

// talk says some things of random kinds, each with a file.
func (o *wireOracle) talk(tk *oracleTicket, n int64, most int, private bool) {
	for range most {
		m := oracleMessage{kind: []dm.MessageKind{dm.Reply, dm.Note, dm.LocalNote}[o.rng.IntN(3)], marked: o.coin(), hidden: private}
		m.word = fmt.Sprintf("%s %s %d", m.kind, tk.mark, len(tk.said))
		file := o.as("owner").with("Content-Type", "application/octet-stream").post("/attachments?name="+strings.ReplaceAll(m.word, " ", "-")+".txt", "bytes").is(201).number("id")
		o.say("owner", n, m.kind, m.word, "for_partners", m.marked, "attachments", []int64{file})
		tk.said = append(tk.said, m)
	}
}

func (o *wireOracle) compare(t *testing.T, tk *oracleTicket, f *oracleFriend, from int, h *heard) {
	t.Helper()
	want, files := map[string]bool{}, []string{}
	for i, m := range tk.said {
		crosses, public := f.mayHear(m)
		if !crosses || i < from {
			continue
		}
		want[m.word] = public
		if f.yes("attachments") && i > 0 { // the first has none
			files = append(files, strings.ReplaceAll(m.word, " ", "-")+".txt")
		}
	}
	slices.Sort(files)
	delete(h.comments, "Ticket "+tk.mark) // every desk wants a first comment
	if d := cmp.Diff(want, h.comments); d != "" {
		t.Errorf("%s, terms %v, comments:\n%s", tk.mark, f.terms, d)
	}
	if d := cmp.Diff(files, append([]string{}, h.files...)); d != "" {
		t.Errorf("%s, terms %v, files:\n%s", tk.mark, f.terms, d)
	}
	for name, allowed := range map[string]bool{"status": f.yes("status"), "tags": f.yes("tags"), "custom_fields": len(f.terms["fields"].([]string)) > 0} {
		if h.members[name] != allowed {
			t.Errorf("%s, terms %v: %s crosses: %v", tk.mark, f.terms, name, !allowed)
		}
	}
	known := []string{"uuid", "subject", "requested_at", "status", "requester", "comments", "current_actor", "tags", "original_id", "custom_fields", "deskmesh"}
	for name := range h.members {
		if !slices.Contains(known, name) {
			t.Errorf("%s crosses, which nobody has agreed on", name)
		}
	}
	fields := map[string]bool{}
	switch list := f.terms["fields"].([]string); {
	case slices.Contains(list, "*"):
		fields["Region"], fields["Margin"] = true, true
	case len(list) > 0:
		fields["Region"] = true
	}
	if !maps.Equal(fields, h.fields) {
		t.Errorf("%s, terms %v: fields %v", tk.mark, f.terms, h.fields)
	}
	for text, allowed := range map[string]bool{"tag" + tk.mark: f.yes("tags"), tk.region: fields["Region"], tk.margin: fields["Margin"], "cc" + tk.mark: false, "@acme.example": false, "@customer.example": false, "Support": false,
		"local_note": false, "Hidden": f.yes("private_comments"), "Ticket " + tk.mark: true} {
		if got := strings.Contains(h.raw, text); got && !allowed {
			t.Errorf("%s, terms %v: %q crosses", tk.mark, f.terms, text)
		}
	}
	for i := range o.friends { // who else hears of it is nobody's business
		if strings.Contains(h.raw, o.friends[i].url) || strings.Contains(h.raw, o.friends[i].token) {
			t.Errorf("%s names another partner", tk.mark)
		}
	}
}
