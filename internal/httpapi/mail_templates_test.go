package httpapi_test

import (
	"fmt"
	"strings"
	"testing"
)

func template(kind, language string, brand int64, rest ...string) string {
	path := "/mail-templates/" + kind + "/" + language + strings.Join(rest, "")
	if brand != 0 {
		path += fmt.Sprintf("?brand=%d", brand)
	}
	return path
}

func mailTexts(subject, opening, closing string) map[string]any {
	return map[string]any{"subject": subject, "opening": opening, "closing": closing}
}

func TestMailTemplates(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		people := w.acme().brands["People"]
		t.Run("only those who manage settings", func(t *testing.T) {
			w := w.in(t)
			for _, who := range []string{"global.agent", "hr.agent", "staff.one"} {
				c := w.as(who)
				c.get("/mail-templates").is(403)
				c.get(template("reply", "en", 0)).is(403)
				c.put(template("reply", "en", 0), mailTexts("a", "b", "")).is(403)
				c.delete(template("reply", "en", 0)).is(403)
				c.post(template("reply", "en", 0, "/preview"), mailTexts("a", "b", "")).is(403)
				c.post(template("reply", "en", 0, "/test"), mailTexts("a", "b", "")).is(403)
			}
			w.as("globex/owner").get(template("reply", "en", people)).is(404)
			w.as("globex/owner").put(template("reply", "en", people), mailTexts("a", "b", "")).is(404)
			for _, path := range []string{template("reply", "fr", 0), template("nothing", "en", 0), template("reply", "en", 987654)} {
				w.as("owner").get(path).is(404)
				w.as("owner").put(path, mailTexts("a", "b", "")).is(404)
			}
		})
		t.Run("a template begins with the program's words", func(t *testing.T) {
			w := w.in(t)
			a := w.as("owner").get(template("assigned", "de", people)).ok()
			same(t, "texts", []string{a.text("source"), a.text("subject"), a.text("opening"), a.text("closing"), a.text("below.source")},
				[]string{"standard", "{{headline}}{{#ticket.subject}}: {{ticket.subject}}{{/ticket.subject}}", "{{greeting}}\n\n{{headline}}.", "", "standard"})
			same(t, "version", a.number("version"), int64(0))
			for i := range a.list("values") {
				if a.text(fmt.Sprintf("values.%d.meaning", i)) == "" {
					t.Errorf("%s has no meaning", a.text(fmt.Sprintf("values.%d.name", i)))
				}
			}
			// What it begins with is taken as it is.
			w.as("owner").put(template("assigned", "de", people), mailTexts(a.text("subject"), a.text("opening"), "")).ok()
			w.as("owner").delete(template("assigned", "de", people)).ok()
		})
		t.Run("bad texts are refused with field and line, and without what was written", func(t *testing.T) {
			w := w.in(t)
			c := w.as("owner")
			for field, bad := range map[string][]map[string]any{
				"subject": {mailTexts("", "b", ""), mailTexts("a\r\nBcc: x@evil.example", "b", ""), mailTexts("a\nb", "b", ""), mailTexts("{{message.secret}}", "b", ""), mailTexts(strings.Repeat("x", 301), "b", "")},
				"opening": {mailTexts("a", "", ""), mailTexts("a", "{{{headline}}}", ""), mailTexts("a", "{{>/etc/passwd}}", ""), mailTexts("a", "{{#headline}}", ""), mailTexts("a", "x\x00y", ""),
					mailTexts("a", strings.Repeat("{{#headline}}", 400), ""), mailTexts("a", strings.Repeat("{{headline}}", 101), ""), mailTexts("a", strings.Repeat("x", 5001), "")},
				"closing": {mailTexts("a", "b", "{{/headline}}"), mailTexts("a", "b", "{{share.reason}}"), mailTexts("a", "b", "{{headline")},
			} {
				for _, body := range bad {
					for _, path := range []string{"", "/preview", "/test"} {
						send := c.put
						if path != "" {
							send = c.post
						}
						if a := send(template("assigned", "en", 0, path), body).refused(422, field); strings.Contains(a.raw, "evil") || strings.Contains(a.raw, "message.secret") {
							t.Errorf("it repeats what was sent: %s", a.raw)
						}
					}
				}
			}
			a := c.put(template("assigned", "en", 0), mailTexts("a", "one\n\n{{ticket.secret}}", "")).refused(422, "opening")
			if !strings.Contains(a.raw, "Line 3: There is no such value in this mail.") {
				t.Error(a.raw)
			}
			c.put(template("unshare", "en", 0), mailTexts("{{ticket.subject}}", "b", "")).refused(422, "subject")
			c.put(template("signature", "en", 0), mailTexts("", "b", "c")).refused(422, "opening")
			c.put(template("signature", "en", 0), mailTexts("", "", " ")).refused(422, "closing")
			same(t, "source", c.get(template("assigned", "en", 0)).ok().text("source"), "standard")
		})
		t.Run("nobody overwrites what they have not seen", func(t *testing.T) {
			w := w.in(t)
			c, path := w.as("owner"), template("mention", "en", 0)
			with := func(version int) map[string]any {
				body := mailTexts("Version", fmt.Sprint("after ", version), "")
				body["version"] = version
				return body
			}
			c.put(path, with(1)).is(409)
			same(t, "version", c.put(path, with(0)).ok().number("version"), int64(1))
			c.put(path, with(0)).is(409)
			same(t, "version", c.put(path, with(1)).ok().number("version"), int64(2))
			c.delete(path + "?version=1").is(409)
			c.delete(path + "?version=2").ok()
			c.delete(path).is(404)
			log := w.as("owner").get("/audit?limit=3").ok()
			same(t, "log", []string{log.text("items.0.action"), log.text("items.1.action"), log.text("items.2.action")}, []string{"mail_template.reset", "mail_template.updated", "mail_template.updated"})
		})
	})
}

func TestMailTemplateWords(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		people := w.acme().brands["People"]
		t.Run("of the brand, else of the account, else the program's", func(t *testing.T) {
			w := w.in(t)
			c := w.as("owner")
			assign := func(inbox string) sentMail {
				t.Helper()
				n := w.file(inbox, "A <b>bold</b> *subject*")
				w.mails("")
				w.as("owner").patch(at(n), map[string]any{"assignee_id": w.id("global.agent")}).ok()
				mails := w.mails("global.agent")
				if len(mails) != 1 {
					t.Fatalf("%d mails", len(mails))
				}
				return mails[0]
			}
			source := func(want ...string) {
				t.Helper()
				got := []string{c.get(template("assigned", "en", people)).ok().text("source"), c.get(template("assigned", "en", w.acme().brands["Company"])).ok().text("source")}
				same(t, "sources", got, want)
			}
			source("standard", "standard")
			before := assign("hr")
			c.put(template("assigned", "en", 0), mailTexts("Account: {{ticket.subject}}", "For **you**, {{recipient.first_name}}: {{ticket.subject}}", "")).ok()
			c.put(template("assigned", "de", 0), mailTexts("Deutsch", "Deutsch", "")).ok()
			source("account", "account")
			m := assign("hr")
			same(t, "subject", m.subject, "Account: A <b>bold</b> *subject*")
			if !strings.Contains(m.text, "For you, ") || !strings.Contains(m.text, "A <b>bold</b> *subject*") || !strings.Contains(m.html, "For <strong>you</strong>") || !strings.Contains(m.html, "A &lt;b&gt;bold&lt;/b&gt; *subject*") {
				t.Errorf("%s\n%s", m.text, m.html)
			}
			c.put(template("assigned", "en", people), mailTexts("Brand", "Brand", "Bye")).ok()
			source("brand", "account")
			same(t, "subject of the brand", assign("hr").subject, "Brand")
			same(t, "subject of the other", assign("accounts").subject, "Account: A <b>bold</b> *subject*")
			a := c.get(template("assigned", "en", people)).ok()
			same(t, "below", []string{a.text("below.source"), a.text("below.subject")}, []string{"account", "Account: {{ticket.subject}}"})
			c.delete(template("assigned", "en", people)).ok()
			c.delete(template("assigned", "en", 0)).ok()
			source("standard", "standard")
			wordsOf := func(m sentMail) string {
				subject, _, _ := strings.Cut(m.subject, "#")
				greeting, _, _ := strings.Cut(m.text, "\n")
				return subject + greeting
			}
			same(t, "words after resetting", wordsOf(assign("hr")), wordsOf(before))
		})
		t.Run("a recipient outside the inbox replies with the inbox's address and that brand's signature", func(t *testing.T) {
			w := w.in(t)
			c := w.as("owner")
			c.put(template("signature", "en", 0), mailTexts("", "", "Kind regards\n{{actor.name}}, {{account.name}}")).ok()
			c.put(template("signature", "en", people), mailTexts("", "", "Sincerely\n{{actor.name}}, {{brand.name}}")).ok()
			c.put(template("reply", "en", people), mailTexts("About {{ticket.subject}}", "Hello {{recipient.first_name}},", "")).ok()
			n := w.file("hr", "My contract")
			c.post(at(n, "shares"), terms([]map[string]any{w.agent("accounts.agent")}, "level", "edit", "reply_public", true)).ok()
			w.mails("")
			w.say("accounts.agent", n, "reply", "It is signed.")
			mails := w.mails("staff.one")
			if len(mails) != 1 {
				t.Fatalf("%d mails", len(mails))
			}
			m := mails[0]
			if !strings.Contains(m.text, "Sincerely\n"+w.nameOf("accounts.agent")+", People\n") || strings.Contains(m.text, "Kind regards") || !strings.Contains(m.text, "It is signed.") {
				t.Error(m.text)
			}
			from := headerLine(m.raw, "From")
			if !strings.Contains(from, "hr@acme.example") || strings.Contains(m.raw, "accounts@acme.example") || !strings.Contains(headerLine(m.raw, "Reply-To"), "hr+") {
				t.Errorf("from %s", from)
			}
			same(t, "subject", m.subject, "About My contract")
			// Agents read no signature; another brand has the account's.
			w.say("owner", n, "reply", "One more.")
			for _, m := range w.mails("accounts.agent") {
				if strings.Contains(m.text, "Sincerely") {
					t.Error("an agent's mail is signed")
				}
			}
			other := w.file("accounts", "My invoice")
			w.mails("")
			w.say("accounts.agent", other, "reply", "It is paid.")
			if got := w.mails("staff.one"); len(got) != 1 || !strings.Contains(got[0].text, "Kind regards\n"+w.nameOf("accounts.agent")+", Acme\n") {
				t.Errorf("%+v", got)
			}
		})
		t.Run("mails about the end of access hold nothing, whatever the template says", func(t *testing.T) {
			w := w.in(t)
			c := w.as("owner")
			c.put(template("unshare", "en", 0), mailTexts("Over: {{ticket.number}}", "{{recipient.name}}, {{actor.name}} ended it.", "Ask {{account.name}}.")).ok()
			n := w.file("hr", "Unspeakable subject")
			id := w.share(n, w.agent("accounts.agent")).number("items.0.id")
			w.mails("")
			c.delete(at(n, "shares", fmt.Sprint(id))).ok()
			mails := w.mails("accounts.agent")
			if len(mails) != 1 || mails[0].subject != fmt.Sprintf("Over: %d", n) || strings.Contains(mails[0].raw, "Unspeakable") || !strings.Contains(mails[0].text, "Olga Owner ended it.") {
				t.Errorf("%+v", mails)
			}
		})
		t.Run("mail of programs is marked, answers of people are not (RFC 3834)", func(t *testing.T) {
			w := w.in(t)
			c := w.as("owner")
			n := w.file("accounts", "Marked")
			w.mails("")
			w.as("owner").patch(at(n), map[string]any{"assignee_id": w.id("accounts.agent")}).ok()
			w.say("owner", n, "reply", "By hand.")
			w.share(n, w.agent("hr.agent"))
			count := map[string]int{}
			for _, m := range w.mails("") {
				marked := headerLine(m.raw, "Auto-Submitted") == "auto-generated" && headerLine(m.raw, "Precedence") == "bulk"
				if bare := headerLine(m.raw, "Auto-Submitted") == ""; marked == bare || (m.to == w.address("staff.one")) != bare {
					t.Errorf("the mail to %s, %q, is marked %v", m.to, m.subject, marked)
				}
				count[m.to]++
			}
			if count[w.address("staff.one")] == 0 || len(count) < 3 {
				t.Errorf("mails: %v", count)
			}
			c.post(template("reply", "en", 0, "/test"), mailTexts("Try", "Try", "")).is(202)
			if tests := w.mails("owner"); len(tests) != 1 || headerLine(tests[0].raw, "Auto-Submitted") != "auto-generated" {
				t.Errorf("%+v", tests)
			}
		})
	})
}

// headerLine gives the first field of a raw mail with the name, its lines joined.
func headerLine(raw, name string) string {
	head, _, _ := strings.Cut(raw, "\r\n\r\n")
	for l := range strings.SplitSeq(strings.ReplaceAll(head, "\r\n ", " "), "\r\n") {
		if field, value, ok := strings.Cut(l, ": "); ok && strings.EqualFold(field, name) {
			return value
		}
	}
	return ""
}

func TestMailTemplatePreview(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		body := func(more ...any) map[string]any {
			b := mailTexts("{{ticket.number}} {{ticket.subject}}", "Dear {{recipient.name}} of {{ticket.group}}", "Bye from {{brand.name}}")
			for i := 0; i < len(more); i += 2 {
				b[more[i].(string)] = more[i+1]
			}
			return b
		}
		t.Run("made-up values, nothing kept, nothing sent", func(t *testing.T) {
			w := w.in(t)
			c := w.as("owner")
			w.mails("")
			for _, kind := range []string{"share", "unshare", "level", "share_expired", "assigned", "mention", "update", "reply", "access_request", "scheduled", "bulk", "refusal", "signature"} {
				for _, language := range []string{"en", "de"} {
					x := mailTexts("Own {{headline}}", "Hello {{account.name}}", "Bye")
					if kind == "signature" {
						x = mailTexts("", "", "Bye from {{brand.name}}")
					}
					a := c.post(template(kind, language, 0, "/preview"), x).is(200)
					if !strings.Contains(a.text("text"), "Bye") || !strings.Contains(a.text("html"), "Bye") || kind != "signature" && (!strings.HasPrefix(a.text("subject"), "Own ") || !strings.Contains(a.text("text"), "Hello Acme")) {
						t.Errorf("%s: %s", kind, a.raw)
					}
				}
			}
			same(t, "source", c.get(template("reply", "en", 0)).ok().text("source"), "standard")
			same(t, "mails", len(w.mails("")), 0)
		})
		t.Run("a real ticket is one that the caller can open", func(t *testing.T) {
			w := w.in(t)
			c := w.as("owner")
			w.give("hr.agent", "settings.manage")
			hr := w.as("hr.agent")
			n := w.file("accounts", "Hidden <i>invoice</i>", map[string]any{"group_id": w.acme().groups["Accounts"]})
			path := template("assigned", "en", 0, "/preview")
			hidden, missing := hr.post(path, body("ticket", n)).refused(422, "ticket"), hr.post(path, body("ticket", 987654)).refused(422, "ticket")
			if hidden.raw != missing.raw {
				t.Errorf("a hidden ticket looks different: %s", hidden.raw)
			}
			share := w.share(n, w.agent("hr.agent")).number("items.0.id")
			a := hr.post(path, body("ticket", n)).is(200)
			same(t, "subject", a.text("subject"), fmt.Sprintf("%d Hidden <i>invoice</i>", n))
			if !strings.Contains(a.text("html"), "Hidden &lt;i&gt;invoice") || !strings.Contains(a.text("text"), "of Accounts") {
				t.Error(a.raw)
			}
			// The test is decided again when it goes out.
			w.mails("")
			hr.post(template("assigned", "en", 0, "/test"), body("ticket", n)).is(202)
			same(t, "tests", len(w.mails("hr.agent")), 1)
			hr.post(template("assigned", "en", 0, "/test"), body("ticket", n)).is(202)
			c.delete(at(n, "shares", fmt.Sprint(share))).ok()
			for _, m := range w.mails("hr.agent") {
				if strings.Contains(m.raw, "Hidden") {
					t.Error("the test shows a ticket that was lost: ", m.subject)
				}
			}
			hr.post(path, body("ticket", n)).refused(422, "ticket")
		})
		t.Run("script from values is text", func(t *testing.T) {
			w := w.in(t)
			c := w.as("owner")
			n := w.file("hr", "<script>alert(1)</script> [x](javascript:alert(1))")
			a := c.post(template("assigned", "en", 0, "/preview"), body("ticket", n, "opening", "[{{ticket.subject}}]({{ticket.subject}}) <img src=x> {{ticket.subject}}")).is(200)
			if html := a.text("html"); strings.Contains(html, "<script") || strings.Contains(html, "<img") || strings.Contains(html, `href="javascript`) {
				t.Error(html)
			}
		})
	})
}
