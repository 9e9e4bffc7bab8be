package httpapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// TestLetInLimits: requesters cannot use sharing and CC to send mail to many, nor
// many mails to one.
func TestLetInLimits(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		for key, value := range map[string]any{"portal.share_scope": "anyone", "portal.cc": true, "sharing.invite_unknown": true, "sharing.max_external": 0} {
			w.set(key, value)
		}
		ask := func(who string, ch dm.Change) error {
			ch.Via = dm.ViaPortal
			_, err := w.app.Apply(w.Context(), w.viewer(who).AsRequester(), ch)
			return err
		}
		guests := func(name string, n int) (list []string) {
			for i := range n {
				list = append(list, fmt.Sprintf("%s%d@partner.example", name, i))
			}
			return list
		}
		share := func(who string, n int64, list ...string) error {
			return ask(who, dm.Change{Number: n, LetIn: &dm.LetIn{Addresses: list}})
		}
		copied := func(who string, n int64, list ...string) error {
			return ask(who, dm.Change{Number: n, AddCCs: list})
		}
		fresh := func(who string) int64 {
			return w.file("accounts", "A ticket of "+who, map[string]any{"requester_address": w.address(who)})
		}
		limited := func(w *world, what string, err error) {
			w.Helper()
			if dm.CodeOf(err) != dm.RateLimited || dm.ReasonOf(err) != "let_in_limit" || !strings.Contains(err.Error(), "within an hour") {
				w.Errorf("%s: %v", what, err)
			}
		}
		// refused asks for what goes too far: nothing of it happens, and nobody hears of it.
		refused := func(w *world, what string, try func() error) {
			w.Helper()
			w.mails("")
			before := w.fingerprint()
			limited(w, what, try())
			if w.fingerprint() != before {
				w.Errorf("%s: something changed", what)
			}
			if sent := w.mails(""); len(sent) > 0 {
				w.Errorf("%s: %d mails went out", what, len(sent))
			}
		}
		t.Run("one person lets in at most thirty within an hour, over all tickets, by shares and copies together", func(t *testing.T) {
			w := w.in(t)
			first, second, third := fresh("staff.one"), fresh("staff.one"), fresh("staff.one")
			w.mails("")
			w.must(share("staff.one", first, guests("a", 12)...))
			w.must(copied("staff.one", second, guests("b", 10)...))
			w.must(share("staff.one", third, guests("c", 7)...))
			same(t, "mails: one for each share, none for a copy", len(w.mails("")), 19)
			refused(w, "two more", func() error { return share("staff.one", third, guests("d", 2)...) })
			refused(w, "two more in copy", func() error { return copied("staff.one", first, guests("d", 2)...) })
			w.must(copied("staff.one", first, guests("d", 1)...))
			refused(w, "the thirty-first", func() error { return share("staff.one", third, guests("e", 1)...) })
			w.must(share("staff.one", third, guests("c", 7)...)) // who is in already counts nothing
			same(t, "and is not told again", len(w.mails("")), 0)
			w.must(share("staff.two", fresh("staff.two"), guests("f", 1)...)) // somebody else goes on
			w.advance(time.Hour + time.Second)
			w.must(share("staff.one", third, guests("e", 1)...))
		})
		t.Run("one ticket takes at most thirty within an hour, whoever lets them in", func(t *testing.T) {
			w := w.in(t)
			w.advance(2 * time.Hour)
			n := fresh("staff.one")
			w.must(share("staff.one", n, guests("g", 20)...))
			w.as("owner").patch(at(n), map[string]any{"requester_id": w.id("staff.two")}).ok()
			w.must(copied("staff.two", n, guests("h", 10)...))
			refused(w, "one more", func() error { return share("staff.two", n, guests("i", 1)...) })
			w.must(share("staff.two", fresh("staff.two"), guests("i", 1)...)) // in another ticket they go on
		})
		t.Run("taking somebody out and letting them in again counts each time", func(t *testing.T) {
			w := w.in(t)
			w.advance(2 * time.Hour)
			n := fresh("staff.three")
			w.mails("")
			var err error
			rounds := 0
			for ; rounds < 40 && err == nil; rounds++ {
				if err = share("staff.three", n, "victim@partner.example"); err == nil {
					w.must(ask("staff.three", dm.Change{Number: n, Unshare: []int64{w.as("owner").get(at(n, "shares")).ok().number("items.0.id")}}))
				}
			}
			limited(w, "the last", err)
			same(t, "rounds", rounds, 31)
			if sent := len(w.mails("")); sent > 60 {
				t.Errorf("the victim got %d mails", sent)
			}
		})
		t.Run("S2-30 C20 shares and copies by requesters end at the ticket's limit, however slowly", func(t *testing.T) {
			w := w.in(t)
			w.set("sharing.max_external", 50)
			n := fresh("staff.one")
			for i := range 5 {
				w.advance(2 * time.Hour)
				if i%2 == 0 {
					w.must(share("staff.one", n, guests(fmt.Sprint("j", i, "x"), 10)...))
				} else {
					w.must(copied("staff.one", n, guests(fmt.Sprint("j", i, "x"), 10)...))
				}
			}
			w.advance(2 * time.Hour)
			for what, try := range map[string]func() error{"a share": func() error { return share("staff.one", n, guests("k", 1)...) }, "a copy": func() error { return copied("staff.one", n, guests("k", 1)...) }} {
				if err := try(); dm.CodeOf(err) != dm.Conflict || dm.ReasonOf(err) != "cap" || !strings.Contains(err.Error(), "50") {
					t.Errorf("%s beyond fifty: %v", what, err)
				}
			}
		})
		t.Run("S2-30 C20 watchers are counted with those in copy and those let in, whoever comes last", func(t *testing.T) {
			w := w.in(t)
			w.set("sharing.max_external", 3)
			w.advance(2 * time.Hour)
			n := fresh("staff.one")
			w.as("accounts.agent").post(at(n, "follow"), nil).ok()
			w.must(share("staff.one", n, guests("l", 1)...))
			w.must(copied("staff.one", n, guests("m", 1)...))
			full := func() {
				w.Helper()
				w.as("accounts.second").post(at(n, "follow"), nil).is(409).reason("cap")
				w.as("owner").patch(at(n), map[string]any{"followers": []int64{w.id("accounts.agent"), w.id("accounts.second")}}).is(409).reason("cap")
				w.as("owner").patch(at(n), map[string]any{"ccs": []string{"m0@partner.example", "another@partner.example", "third@partner.example"}}).is(409).reason("cap")
				for what, err := range map[string]error{"a share": share("staff.one", n, guests("p", 1)...), "a copy": copied("staff.one", n, guests("p", 1)...)} {
					if dm.ReasonOf(err) != "cap" {
						w.Errorf("%s: %v", what, err)
					}
				}
			}
			full()
			w.as("accounts.agent").delete(at(n, "follow")).ok()
			w.must(copied("staff.one", n, guests("o", 1)...))
			full()
			same(t, "watchers", len(w.as("owner").get(at(n)).ok().list("followers")), 0)
		})
	})
}
