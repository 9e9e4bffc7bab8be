package httpapi_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// search gives the numbers of the tickets that somebody finds.
func (w *world) search(who, q string, more ...string) []int64 {
	w.Helper()
	return w.as(who).get("/tickets?limit=100&q=" + url.QueryEscape(q) + strings.Join(more, "")).ok().numbers()
}

// say adds a message with files, which are named.
func (w *world) say(who string, number int64, kind, text string, files ...string) {
	w.Helper()
	var ids []int64
	for _, name := range files {
		ids = append(ids, w.as(who).post("/attachments?name="+url.QueryEscape(name), "bytes").ok().number("id"))
	}
	w.as(who).post(at(number, "messages"), map[string]any{"kind": kind, "text": text, "attachments": ids}).ok()
}

func TestSearchLanguage(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		a := w.file("accounts", "Drucker: Ärger im Büro", map[string]any{"requester_address": w.address("staff.two"), "tags": []string{"vip", "on site"}})
		b := w.file("hr", "Paper jam", map[string]any{"assignee_id": w.id("hr.agent")})
		w.say("owner", a, "reply", "Invoice INV-2026/0017 is attached, see anna@x.example. 東京タワー", "scan of invoice.pdf")
		w.say("owner", b, "reply", "The jam is of paper, and the toner is empty.")
		w.say("owner", b, "note", "Refund agreed")
		w.as("owner").patch(at(b), map[string]any{"status": "pending"}).ok()
		for q, want := range map[string][]int64{
			"arger":                       {a},
			"ARGER BURO":                  {a},
			"Ärger druckers":              {},
			`"jam paper"`:                 {},
			`"paper jam"`:                 {b},
			"paper jam":                   {b},
			`"is of paper"`:               {b},
			"inv-2026/0017":               {a},
			`"inv 0017"`:                  {},
			"anna@x.example":              {a},
			"invo*":                       {a},
			"i*":                          {},
			"pap* -toner":                 {b}, // the first message has no toner
			"paper -jam":                  {},
			"toner paper -jam":            {},
			"東京":                          {a},
			"京東":                          {},
			"file:scan":                   {a},
			`file:"scan of invoice"`:      {a},
			"scan":                        {a},
			"file:attached":               {},
			"subject:paper":               {b},
			"subject:toner":               {},
			"refund":                      {b},
			"refund paper":                {}, // not in one message
			"staff two":                   {a},
			"staff.two@acme.example":      {a},
			"from:two":                    {a},
			`from:"staff tw"`:             {a},
			"from:staff.two@acme.example": {a},
			"from:staff":                  {b, a},
			"-from:two":                   {b},
			"from:nobody.there":           {},
			"-from:nobody.there":          {}, // says nothing, and nothing else is asked
			"paper from:two":              {},
			"paper from:one":              {b},
			"tag:vip":                     {a},
			"TAG:VIP":                     {a},
			`tag:"on site"`:               {a},
			"tag:never":                   {},
			"-tag:vip":                    {b},
			"to:hr.agent":                 {b},
			"to:nobody":                   {a},
			"is:unassigned":               {a},
			"status:pending":              {b},
			"paper status:pending":        {b},
			"paper -status:pending":       {},
			"is:open":                     {b, a},
			"is:done":                     {},
			"status:what":                 {}, // words, which nothing holds
			"in:accounts":                 {a},
			"in:hr":                       {b},
			"in:hr@acme":                  {b},
			"-in:hr":                      {a},
			"in:nowhere":                  {},
			"from:staff -toner":           {a},
			"!!! ??":                      {},
			fmt.Sprintf("#%d", b):         {b},
			fmt.Sprintf(" %d ", b):        {b},
			"#0":                          {},
		} {
			same(t, q, w.search("owner", q), want)
			count := w.as("owner").get("/tickets/count?q=" + url.QueryEscape(q)).ok()
			if n := count.number("count"); int(n) != len(want) && strings.Trim(q, " ") != fmt.Sprint(b) {
				t.Errorf("count of %s: %s", q, count.raw)
			}
		}
		filter := "&filter=" + url.QueryEscape(`{"field":"tags","op":"has_any","value":["vip"]}`)
		same(t, "with a filter", w.search("owner", "staff", filter), []int64{a})
		same(t, "with a text filter", w.search("owner", "staff", "&filter="+url.QueryEscape(`{"field":"subject","op":"contains","value":"jam"}`)), []int64{b})
		same(t, "an operator with a filter", w.search("owner", "is:open", filter), []int64{a})
		same(t, "in a view", w.search("hr.agent", "paper", "&view=mine"), []int64{b})
		same(t, "in a view and a state", w.search("hr.agent", "paper", "&view=mine&state=done"), []int64{})
		same(t, "a number in a view", w.search("owner", fmt.Sprintf("#%d", b), "&view=unassigned"), []int64{})
		same(t, "to:me", w.search("hr.agent", "to:me paper"), []int64{b})
		w.as("owner").get("/tickets?q=paper&filter=x").refused(422, "filter")
		w.as("owner").get("/tickets?q=paper&view=x").refused(422, "view")
		w.as("owner").get("/tickets?q=paper&cursor=x").refused(422, "cursor")
		w.as("owner").get("/tickets?q="+strings.Repeat("x", 501)).refused(422, "q")
		w.as("owner").get("/tickets?q=" + url.QueryEscape(strings.Repeat("ä", 500))).ok()
	})
}

// TestSearchPages holds that pages of every size give each ticket once, the
// newest match first.
func TestSearchPages(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		var want []int64
		for i := range 7 {
			n := w.file("accounts", fmt.Sprintf("Walrus %d", i), map[string]any{"tags": []string{fmt.Sprint("t", i%2)}})
			want = append(want, n)
		}
		for _, n := range want {
			w.say("owner", n, "note", "a walrus again")
		}
		slices.Reverse(want)
		for _, q := range []string{"walrus", "walr*", "walrus is:open", "-tag:none"} {
			for limit := 1; limit < 9; limit++ {
				var got []int64
				path := fmt.Sprintf("/tickets?limit=%d&q=%s", limit, url.QueryEscape(q))
				for cursor := ""; ; {
					page := w.as("owner").get(path + cursor).ok()
					got = append(got, page.numbers()...)
					if page.at("next") == nil || len(got) > 20 {
						break
					}
					cursor = "&cursor=" + url.QueryEscape(page.text("next"))
				}
				same(t, fmt.Sprint(q, " by ", limit), got, want)
			}
		}
	})
}

func TestSearchShowsWhere(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Broken 😀 printer", map[string]any{"text": strings.Repeat("Long story. ", 40) + "The PRINTER\n\nsmokes <b>badly</b>. " + strings.Repeat("More. ", 80)})
		w.say("owner", n, "reply", "Nothing to see", "printer.jpg")
		a := w.as("owner").get("/tickets?q=printer+smokes").ok()
		same(t, "subject", a.mark("items.0.subject", "items.0.match.subject"), "Broken 😀 [printer]")
		shown := a.mark("items.0.match.message.excerpt.text", "items.0.match.message.excerpt.marks")
		if !strings.HasPrefix(shown, "… ") || !strings.Contains(shown, "The [PRINTER] [smokes] <b>badly</b>.") || !strings.HasSuffix(shown, " …") {
			t.Errorf("the excerpt is %q", shown)
		}
		// The newest message that holds the words is the one with the file.
		a = w.as("owner").get("/tickets?q=printer").ok()
		same(t, "excerpt", a.mark("items.0.match.message.excerpt.text", "items.0.match.message.excerpt.marks"), "Nothing to see")
		same(t, "file", a.mark("items.0.match.message.files.0.text", "items.0.match.message.files.0.marks"), "[printer].jpg")
		a = w.as("owner").get("/tickets?q=is:open").ok()
		if a.at("items.0.match.message") != nil || len(a.list("items.0.match.subject")) != 0 {
			t.Errorf("a search without words shows %s", a.raw)
		}
		if a = w.as("owner").get("/tickets").ok(); strings.Contains(a.raw, "match") {
			t.Errorf("a list shows matches: %s", a.raw)
		}
	})
}

// mark writes the marks at a path, counted in UTF-16, into a text.
func (a *answer) mark(text, marks string) string {
	units := utf16.Encode([]rune(a.text(text)))
	var b strings.Builder
	last := 0
	for i := range a.list(marks) {
		start, end := int(a.number(fmt.Sprintf("%s.%d.start", marks, i))), int(a.number(fmt.Sprintf("%s.%d.end", marks, i)))
		b.WriteString(string(utf16.Decode(units[last:start])) + "[" + string(utf16.Decode(units[start:end])) + "]")
		last = end
	}
	return b.String() + string(utf16.Decode(units[last:]))
}

// TestSearchKeepsUp changes what tickets are found by.
func TestSearchKeepsUp(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Old subject", map[string]any{"text": "body words", "requester_address": w.address("staff.two")})
		other := w.file("accounts", "Another one", map[string]any{"requester_address": w.address("staff.two")})
		w.as("owner").patch(at(n), map[string]any{"subject": "Fresh title"}).ok()
		same(t, "old subject", w.search("owner", "old subject"), []int64{})
		same(t, "new subject", w.search("owner", "fresh body"), []int64{n})
		w.as("owner").patch(at(n), map[string]any{"requester_id": w.id("staff.three")}).ok()
		same(t, "former requester", w.search("owner", "staff.two@acme.example"), []int64{other})
		same(t, "new requester", w.search("owner", "staff.three@acme.example title"), []int64{n})

		w.must(w.app.UpdatePerson(w.Context(), w.system("acme"), w.id("staff.three"), app.PersonPatch{Name: ptr("Zoë Quagga"), Address: ptr("zoe@moved.example")}))
		same(t, "from: at once", w.search("owner", "from:quag"), []int64{n})
		w.drain()
		same(t, "renamed", w.search("owner", "zoe quagga title"), []int64{n})
		same(t, "moved", w.search("owner", "zoe@moved.example"), []int64{n})
		same(t, "no more", w.search("owner", `"staff three"`), []int64{})

		w.as("owner").post(fmt.Sprintf("/people/%d/erase", w.id("staff.three")), nil).ok()
		w.drain()
		for _, q := range []string{"quagga", "zoe@moved.example", "from:quagga", "quag*", "staff.three@acme.example"} {
			same(t, "erased: "+q, w.search("owner", q), []int64{})
			if a := w.as("owner").get("/search?q=" + url.QueryEscape(q)).ok(); len(a.list("people")) != 0 || len(a.list("tickets")) != 0 {
				t.Errorf("somebody erased is found: %s", a.raw)
			}
		}
		same(t, "the ticket stays", w.search("owner", "fresh"), []int64{n})

		// A file that comes with a mail, and messages that are merged.
		w.say("owner", other, "reply", "With a list", "inventory.csv")
		w.as("owner").post(at(other, "merge"), map[string]any{"into": n}).ok()
		same(t, "merged", slices.Contains(w.search("owner", "file:inventory"), n), true)
	})
}

// TestSearchLeaks goes through what a search could give away.
func TestSearchLeaks(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		own := w.file("hr", "Own ticket")
		foreign := w.file("accounts", "Foreign narwhal")
		w.say("owner", own, "note", "the internal okapi", "okapi-plan.txt")
		w.say("owner", own, "local_note", "a local tapir")
		w.as("globex/owner").post("/tickets", map[string]any{"subject": "Globex capybara", "text": "capybara",
			"inbox_id": w.desks["globex"].inboxes["support"], "requester_id": w.id("globex/staff.one")}).ok()
		id, err := w.app.CreateRole(w.Context(), w.system("acme"), app.RolePatch{Name: ptr("No notes"), Permissions: &[]dm.Permission{dm.TicketsReply}})
		w.must(err)
		w.must(w.app.UpdatePerson(w.Context(), w.system("acme"), w.id("hr.second"), app.PersonPatch{Roles: &[]int64{id}}))

		t.Run("a word that is only in a note", func(t *testing.T) {
			for _, q := range []string{"okapi", "okap*", "file:okapi", "tapir", "own okapi", `"internal okapi"`} {
				same(t, q, w.search("hr.second", q), []int64{})
				same(t, "quick "+q, len(w.as("hr.second").get("/search?q="+url.QueryEscape(q)).ok().list("tickets")), 0)
			}
			for _, q := range []string{"own -okapi", "is:open -okapi", "own -file:okapi"} {
				same(t, q, w.search("hr.second", q), []int64{own})
			}
			same(t, "okapi", w.search("hr.agent", "okapi"), []int64{own})
			same(t, "tapir", w.search("hr.agent", "tapir"), []int64{own})
			for _, q := range []string{"own", "ticket -okapi", "is:open", "file:plan"} {
				raw := w.as("hr.second").get("/tickets?q=" + url.QueryEscape(q)).ok().raw
				if strings.Contains(raw, "okapi") || strings.Contains(raw, "tapir") {
					t.Errorf("%s shows a note: %s", q, raw)
				}
			}
		})
		t.Run("a foreign ticket", func(t *testing.T) {
			for _, q := range []string{"narwhal", "narw*", "from:one narwhal", "in:accounts", fmt.Sprintf("#%d", foreign), fmt.Sprint(foreign)} {
				same(t, q, w.search("hr.agent", q), []int64{})
				same(t, "quick "+q, len(w.as("hr.agent").get("/search?q="+url.QueryEscape(q)).ok().list("tickets")), 0)
				same(t, "count "+q, w.as("hr.agent").get("/tickets/count?q="+url.QueryEscape(q)).ok().number("count"), 0)
			}
		})
		t.Run("another account", func(t *testing.T) {
			for _, q := range []string{"capybara", "capy*", "globex", "from:staff.one@globex.example"} {
				same(t, q, w.search("owner", q), []int64{})
				a := w.as("owner").get("/search?q=" + url.QueryEscape(q)).ok()
				same(t, "quick "+q, []int{len(a.list("tickets")), len(a.list("people"))}, []int{0, 0})
			}
		})
		t.Run("a first message that is a note", func(t *testing.T) {
			n := w.file("hr", "Heron matters", map[string]any{"kind": "note", "text": "an egret in it"})
			same(t, "subject", w.search("hr.second", "heron"), []int64{n})
			same(t, "its requester", w.search("hr.second", "heron staff"), []int64{n})
			same(t, "the note", w.search("hr.second", "egret"), []int64{})
			same(t, "both", w.search("hr.second", "heron egret"), []int64{})
			same(t, "by who may", w.search("hr.agent", "heron egret"), []int64{n})
			a := w.as("hr.second").get("/tickets?q=heron").ok()
			if strings.Contains(a.raw, "egret") || a.at("items.0.match.message") != nil {
				t.Errorf("the note is shown: %s", a.raw)
			}
			w.as("owner").patch(at(n), map[string]any{"subject": "Stork matters"}).ok()
			same(t, "old subject", w.search("hr.second", "heron"), []int64{})
			same(t, "new subject", w.search("hr.second", "stork"), []int64{n})
		})
		t.Run("requesters", func(t *testing.T) {
			n := w.file("accounts", "Mine and shared", map[string]any{"requester_address": w.address("staff.one"), "text": "pufferfish"})
			w.say("owner", n, "note", "internal lemur")
			same(t, "own", w.search("staff.one", "pufferfish"), []int64{n})
			same(t, "another's", w.search("staff.two", "pufferfish"), []int64{})
			same(t, "note", w.search("staff.one", "lemur"), []int64{})
			// What only agents know is not asked, and addresses are not told.
			for _, q := range []string{"tag:x pufferfish", "to:nobody pufferfish", "pufferfish staff.one@acme.example", "in:accounts"} {
				same(t, q, w.search("staff.one", q), []int64{})
			}
			same(t, "from:me", w.search("staff.one", "from:me pufferfish"), []int64{n})
			a := w.as("staff.one").get("/search?q=mine").ok()
			same(t, "quick", []int{len(a.list("tickets")), len(a.list("people")), len(a.list("groups")), len(a.list("views"))}, []int{1, 0, 0, 0})
			if a := w.as("staff.one").get("/search?q=staff+accounts+all").ok(); len(a.list("people"))+len(a.list("groups"))+len(a.list("views")) != 0 {
				t.Errorf("a requester finds %s", a.raw)
			}
		})
	})
}

func TestQuickSearch(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("hr", "Accounting question")
		w.as("hr.agent").post("/views", map[string]any{"name": "Accounting of HR", "base": "all"}).ok()
		a := w.as("hr.agent").get("/search?q=account").ok()
		same(t, "ticket", a.number("tickets.0.number"), n)
		same(t, "marks", a.mark("tickets.0.subject", "tickets.0.marks"), "[Accounting] question")
		same(t, "group", a.text("groups.0.name"), "Accounts")
		same(t, "view", a.text("views.0.name"), "Accounting of HR")
		same(t, "people", []any{len(a.list("people")), a.text("people.0.name"), a.text("people.0.address")}, []any{2, "Accounts Agent", "accounts.agent@acme.example"})
		same(t, "not another's view", len(w.as("hr.second").get("/search?q=accounting+of").ok().list("views")), 0)
		same(t, "by a later word", w.as("hr.agent").get("/search?q=three").ok().text("people.0.name"), "Staff Three")
		same(t, "by two", w.as("hr.agent").get("/search?q=thr+sta").ok().text("people.0.name"), "Staff Three")
		w.must(w.app.DeactivatePerson(w.Context(), w.system("acme"), w.id("accounts.agent")))
		same(t, "active ones first", w.as("hr.agent").get("/search?q=accounts+").ok().text("people.1.name"), "Accounts Agent")
		same(t, "number", w.as("hr.agent").get(fmt.Sprintf("/search?q=%d", n)).ok().number("tickets.0.number"), n)
		same(t, "one of each", len(w.as("hr.agent").get("/search?limit=1&q=account").ok().list("people")), 1)
		w.as("hr.agent").get("/search").refused(422, "q")
		w.as("hr.agent").get("/search?q=x&limit=11").refused(422, "limit")
		for _, key := range []string{"tickets", "people", "groups", "views"} {
			same(t, key, len(w.as("hr.agent").get("/search?q=%21").ok().list(key)), 0)
		}
	})
}

// TestSearchAnyText asks both engines for texts of all kinds: none fails.
func TestSearchAnyText(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.file("accounts", "Some words")
		rng := rand.New(rand.NewPCG(7, 7))
		pieces := []string{"a", "words", "some*", "*", `"`, "“", "-", "(", ")", "'", "''", "\\", ":", "from:", "to:me", "tag:", "status:open", "in:accounts", "is:", "subject:", "file:x", "#", "12", "#3",
			" ", " ", " ", "\t", "\n", "AND", "OR", "NOT", "NEAR(", "^", "{", "}", "+", "&", "|", "!", "<->", "<2>", ":*", ":A", "é", "ß", "東", "😀", "\u0301", "\u202e", "%", "_", "?", "$1", ";", "--", "/*"}
		for range 150 {
			var b strings.Builder
			for range 1 + rng.IntN(12) {
				b.WriteString(pieces[rng.IntN(len(pieces))])
			}
			for _, path := range []string{"/tickets?q=", "/tickets/count?q=", "/search?q="} {
				if a := w.as("owner").get(path + url.QueryEscape(b.String())); a.status != 200 {
					t.Fatalf("%q: %d %s", b.String(), a.status, a.raw)
				}
			}
		}
		for _, bad := range []string{"%00", "a%00b", "%ff", "%c3%28"} {
			if a := w.as("owner").get("/tickets?q=" + bad); a.status != 200 && a.status != 422 {
				t.Errorf("%s: %d %s", bad, a.status, a.raw)
			}
			if a := w.as("owner").get("/search?q=from:" + bad); a.status != 200 && a.status != 422 {
				t.Errorf("%s: %d %s", bad, a.status, a.raw)
			}
		}
	})
}
