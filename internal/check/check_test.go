package check_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/check"
	"github.com/deskmesh/deskmesh/internal/store"
)

// damage is what somebody did to a sound desk, and the rules that must notice.
type damage struct {
	rule     string
	do       []string
	mendable bool
	along    []string // other rules that notice too
}

const (
	aTicket = `(SELECT MIN(id) FROM tickets WHERE status IN ('new', 'open', 'pending') AND spam = 0 AND deleted = 0)`
	aShare  = `(SELECT MIN(s.id) FROM shares s JOIN tickets t ON t.id = s.ticket_id WHERE s.ended_at IS NULL)`
	anAgent = `(SELECT MIN(id) FROM people WHERE kind = 'agent')`
)

var damages = []damage{
	{rule: "list_state", mendable: true, do: []string{`UPDATE tickets SET list_state = 3 WHERE id = (SELECT MIN(t.id) FROM tickets t WHERE t.list_state = 1 AND t.share_count = 0
AND NOT EXISTS (SELECT 1 FROM ticket_ccs x WHERE x.ticket_id = t.id))`}},
	{rule: "ticket_number", do: []string{`UPDATE tickets SET number = -5 WHERE id = ` + aTicket}},
	{rule: "last_number", mendable: true, do: []string{`UPDATE accounts SET last_number = 1 WHERE id = 1`}},
	{rule: "ticket_times", do: []string{`UPDATE tickets SET solved_at = 5 WHERE id = ` + aTicket}},
	{rule: "merge_circle", do: []string{`UPDATE tickets SET merged_into = id WHERE id = ` + aTicket}},
	{rule: "ticket_history", do: []string{`DELETE FROM events WHERE ticket_id = (SELECT MIN(t.id) FROM tickets t WHERE NOT EXISTS (SELECT 1 FROM shares s WHERE s.ticket_id = t.id)
AND NOT EXISTS (SELECT 1 FROM notifications n WHERE n.ticket_id = t.id))`}},
	{rule: "share_keys", mendable: true, do: []string{`UPDATE shares SET ticket_updated_at = 1 WHERE id = ` + aShare}},
	{rule: "cc_keys", mendable: true, do: []string{`INSERT INTO ticket_ccs (account_id, ticket_id, person_id, ticket_list_state, ticket_updated_at)
SELECT t.account_id, t.id, p.id, 2, 1 FROM tickets t JOIN people p ON p.account_id = t.account_id WHERE t.id = ` + aTicket + ` AND p.id = ` + anAgent + ``}},
	{rule: "share_count", mendable: true, do: []string{`UPDATE tickets SET share_count = share_count + 3 WHERE id = ` + aTicket}},
	{rule: "message_count", mendable: true, do: []string{`UPDATE tickets SET message_count = 0 WHERE id = ` + aTicket}},
	{rule: "inbox_pair", mendable: true, do: []string{`DELETE FROM inbox_groups WHERE account_id = 1`}},
	{rule: "share_twice", along: []string{"share_count", "share_history"}, do: []string{`DROP INDEX shares_ticket`,
		`INSERT INTO shares (account_id, ticket_id, target_kind, target_id, person_id, group_id, level, see_internal, reply_public, forward, can_reshare, cause_kind, created_at, ticket_list_state, ticket_updated_at)
SELECT account_id, ticket_id, target_kind, target_id, person_id, group_id, level, see_internal, reply_public, forward, can_reshare, cause_kind, created_at, ticket_list_state, ticket_updated_at
FROM shares WHERE id = ` + aShare}},
	{rule: "share_times", do: []string{`UPDATE shares SET end_cause = 'revoked' WHERE id = ` + aShare}},
	{rule: "share_history", do: []string{`UPDATE events SET data = '{}' WHERE kind = 'ticket.share.created' AND ticket_id = (SELECT ticket_id FROM shares WHERE id = ` + aShare + `)`}},
	{rule: "share_cap", along: []string{"share_count", "share_history"}, do: []string{`INSERT INTO settings (account_id, name, value) SELECT account_id, 'sharing.max_internal', '1' FROM shares WHERE id = ` + aShare,
		`INSERT INTO shares (account_id, ticket_id, target_kind, target_id, person_id, level, see_internal, reply_public, forward, can_reshare, cause_kind, created_at, ticket_list_state, ticket_updated_at)
SELECT s.account_id, s.ticket_id, 'agent', p.id, p.id, 'view', 0, 0, 0, 0, 'person', s.created_at, s.ticket_list_state, s.ticket_updated_at FROM shares s
JOIN people p ON p.account_id = s.account_id AND p.kind = 'agent' AND p.active = 1 WHERE s.id = ` + aShare + `
AND NOT EXISTS (SELECT 1 FROM shares o WHERE o.ticket_id = s.ticket_id AND o.person_id = p.id) ORDER BY p.id LIMIT 1`}},
	{rule: "link_times", do: []string{`INSERT INTO public_links (id, account_id, ticket_id, level, secret_hash, created_by, created_at, uses) SELECT 900001, t.account_id, t.id, 'view', '0123456789012345678901234567890123456789012345678901234567890123', p.id, 5, 3 FROM tickets t JOIN people p ON p.account_id = t.account_id WHERE t.id = ` + aTicket + ` AND p.id = ` + anAgent + ``}},
	{rule: "link_message", do: []string{`INSERT INTO public_links (id, account_id, ticket_id, level, secret_hash, created_by, created_at) SELECT 900001, t.account_id, t.id, 'view', '0123456789012345678901234567890123456789012345678901234567890123', p.id, 5 FROM tickets t JOIN people p ON p.account_id = t.account_id WHERE t.id = ` + aTicket + ` AND p.id = ` + anAgent + ``,
		`INSERT INTO link_messages (account_id, message_id, link_id) SELECT m.account_id, m.id, 900001 FROM messages m WHERE m.merged_from IS NULL AND m.account_id = (SELECT account_id FROM public_links WHERE id = 900001)
AND m.ticket_id <> (SELECT ticket_id FROM public_links WHERE id = 900001) ORDER BY m.id LIMIT 1`}},
	{rule: "partner_link_over", do: []string{`INSERT INTO partners (id, account_id, uuid, direction, name, host, partner_url, our_url, status, secret, secret_hash, fingerprint, terms, created_at, updated_at) VALUES (900001, 1, 'p900001', 'outbound', 'x', 'x.example', 'https://x.example', 'https://y.example', 'inactive', 's', '0123456789012345678901234567890123456789012345678901234567890123', '', '{}', 1, 1)`,
		`INSERT INTO partner_links (id, account_id, ticket_id, partner_id, uuid, direction, state, cause_kind, created_at, updated_at) SELECT 900001, 1, MIN(t.id), 900001, 'l900001', 'sent', 'synced', 'person', 1, 1 FROM tickets t WHERE t.account_id = 1`}},
	{rule: "partner_message", do: []string{`INSERT INTO partners (id, account_id, uuid, direction, name, host, partner_url, our_url, status, secret, secret_hash, fingerprint, terms, created_at, updated_at) VALUES (900001, 1, 'p900001', 'outbound', 'x', 'x.example', 'https://x.example', 'https://y.example', 'accepted', 's', '0123456789012345678901234567890123456789012345678901234567890123', '', '{}', 1, 1)`,
		`INSERT INTO partner_links (id, account_id, ticket_id, partner_id, uuid, direction, state, cause_kind, created_at, updated_at) SELECT 900001, 1, MIN(t.id), 900001, 'l900001', 'sent', 'synced', 'person', 1, 1 FROM tickets t WHERE t.account_id = 1`,
		`INSERT INTO partner_messages (account_id, link_id, uuid, message_id, origin, created_at) SELECT 1, 900001, 'm900001', MAX(m.id), 'ours', 1 FROM messages m WHERE m.account_id = 1 AND m.merged_from IS NULL
AND m.ticket_id <> (SELECT ticket_id FROM partner_links WHERE id = 900001)`}},
	{rule: "partner_delivery", do: []string{`INSERT INTO partners (id, account_id, uuid, direction, name, host, partner_url, our_url, status, secret, secret_hash, fingerprint, terms, created_at, updated_at) VALUES (900001, 1, 'p900001', 'outbound', 'x', 'x.example', 'https://x.example', 'https://y.example', 'accepted', 's', '0123456789012345678901234567890123456789012345678901234567890123', '', '{}', 1, 1)`,
		`INSERT INTO partner_deliveries (account_id, partner_id, kind, state, created_at) VALUES (1, 900001, 'agreement.status', 'waiting', 1)`}},
	{rule: "file_place", do: []string{`INSERT INTO attachments (account_id, ticket_id, message_id, name, content_type, size, digest, blob_key, created_at)
SELECT m.account_id, (SELECT MAX(t.id) FROM tickets t WHERE t.account_id = m.account_id), m.id, 'a', 'b', 1, '0123456789012345678901234567890123456789012345678901234567890123', '', 1
FROM messages m WHERE m.id = (SELECT MIN(id) FROM messages)`}},
	{rule: "search_missing", mendable: true, do: []string{`DELETE FROM messages_fts WHERE rowid IN (SELECT (account_id << 41) + 2 * id FROM messages ORDER BY id LIMIT 3)`}},
	{rule: "primary_address", do: []string{`UPDATE people SET address = 'someone@else.example' WHERE id = ` + anAgent}},
	{rule: "no_owner", do: []string{`UPDATE people SET active = 0 WHERE id IN (SELECT pr.person_id FROM person_roles pr JOIN roles r ON r.id = pr.role_id WHERE r.built_in = 'owner' AND pr.account_id = 1)`}},
	{rule: "notice_switch", do: []string{`INSERT INTO notice_switches (account_id, brand_id, person_id, kind, enabled) VALUES (1, 0, 999999, 'x', 1)`}},
	{rule: "job_kind", do: []string{`INSERT INTO jobs (account_id, kind, args, run_at, created_at) VALUES (1, 'no.such', '{}', 1, 1)`}},
	{rule: "job_account", do: []string{`INSERT INTO jobs (account_id, kind, args, run_at, created_at) VALUES (999, 'mail.in', '{}', 1, 1)`}},
	{rule: "job_line", do: []string{`INSERT INTO jobs (account_id, kind, args, run_at, created_at, state, ordering_key) VALUES (1, 'mail.in', '{}', 1, 1, 'waiting', 'x')`}},
	{rule: "reference", do: []string{`UPDATE tickets SET assignee_id = 999999 WHERE id = ` + aTicket}},
}

// TestDamage does to a sound desk what each rule is there to notice: it is
// noticed, nothing else is, and what follows from other rows is mended.
func TestDamage(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, open func(t *testing.T) *world) {
		for _, d := range damages {
			t.Run(d.rule, func(t *testing.T) {
				t.Parallel()
				w := open(t)
				if found, sum := w.check(check.Options{Deep: true}); len(found) > 0 || sum != (check.Summary{}) {
					t.Fatalf("a sound desk has faults: %+v", found)
				}
				w.do(d.do...)
				found, sum := w.check(check.Options{})
				names := slices.Sorted(maps.Keys(found))
				if !slices.Equal(names, slices.Sorted(slices.Values(append(d.along, d.rule)))) {
					t.Fatalf("found %v: %+v", names, found)
				}
				if notice := found[d.rule][0].Notice; sum.Mended != 0 || (sum.Notices > 0) != notice || (sum.Faults > 0) == (notice && len(names) == 1) {
					t.Errorf("%+v", sum)
				}
				again, _ := w.check(check.Options{})
				if len(again[d.rule]) != len(found[d.rule]) {
					t.Errorf("looking has changed something: %+v, %+v", found, again)
				}
				mended, _ := w.check(check.Options{Repair: true})
				if f := mended[d.rule]; len(f) != len(found[d.rule]) || f[0].Mended != d.mendable {
					t.Errorf("repairing gives %+v", f)
				}
				after, _ := w.check(check.Options{})
				if (len(after[d.rule]) == 0) != d.mendable {
					t.Errorf("after the repair there is %+v", after)
				}
			})
		}
	})
}

// TestEveryRuleIsDamaged keeps the table above whole.
func TestEveryRuleIsDamaged(t *testing.T) {
	t.Parallel()
	for _, r := range store.Rules(nil) {
		if r.Name == "search_orphan" { // TestOrphanDocument: each engine writes documents differently
			continue
		}
		if !slices.ContainsFunc(damages, func(d damage) bool { return d.rule == r.Name && d.mendable == r.Mendable }) {
			t.Errorf("no damage is done for the rule %s", r.Name)
		}
	}
}

func TestOrphanDocument(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, open func(t *testing.T) *world) {
		w := open(t)
		if w.db.Engine() == "sqlite" {
			w.do(`INSERT INTO messages_fts (rowid, subject, body) VALUES ((1 << 41) + 2 * 999999, '', 'x')`)
		} else {
			w.do(`INSERT INTO messages_fts (rowid, tsv) VALUES ((1::bigint << 41) + 2 * 999999, to_tsvector('simple', 'x'))`)
		}
		found, _ := w.check(check.Options{})
		if f := found["search_orphan"]; len(f) != 1 || f[0].ID != 999999 || f[0].Account != 1 || len(found) != 1 {
			t.Errorf("found %+v", found)
		}
		w.check(check.Options{Repair: true})
		if found, _ := w.check(check.Options{}); len(found) != 0 {
			t.Errorf("after the repair: %+v", found)
		}
	})
}

// TestManyFaults mends more than fit into one transaction.
func TestManyFaults(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, open func(t *testing.T) *world) {
		w := open(t)
		n := w.number(`SELECT COUNT(*) FROM tickets`)
		w.do(`UPDATE tickets SET message_count = message_count + 1, list_state = (list_state + 1) % 4`)
		found, sum := w.check(check.Options{Repair: true})
		if len(found["message_count"]) != int(n) || len(found["list_state"]) != int(n) || sum.Faults != 0 || sum.Mended < 2*int(n) {
			t.Errorf("%d tickets: %+v", n, sum)
		}
		if found, _ := w.check(check.Options{}); len(found) != 0 {
			t.Errorf("after the repair: %+v", found)
		}
	})
}

func TestFiles(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, open func(t *testing.T) *world) {
		w := open(t)
		row := func(key string, size int, digest string) {
			w.do(fmt.Sprintf(`INSERT INTO attachments (account_id, name, content_type, size, digest, blob_key, created_at) VALUES (1, 'a', 'b', %d, '%s', '%s', 1)`, size, digest, key))
		}
		var keys []string
		for range 3 {
			key, digest := w.put("hello")
			row(key, 5, digest)
			row(key, 5, digest) // merged messages share bytes
			keys = append(keys, key)
		}
		_, other := w.put("other")
		if found, sum := w.check(check.Options{Deep: true}); len(found) > 0 || sum != (check.Summary{}) {
			t.Errorf("young bytes without a row are no orphan: %+v", found)
		}

		row("00000000000000000000000000000000", 1, other)
		row("ffffffffffffffffffffffffffffffff", 1, other)
		row("../../etc/passwd", 1, other)
		w.do(fmt.Sprintf(`UPDATE attachments SET size = 7 WHERE blob_key = '%s'`, keys[0]))
		w.do(fmt.Sprintf(`UPDATE attachments SET digest = '%s' WHERE id = (SELECT MIN(id) FROM attachments WHERE blob_key = '%s')`, other, keys[1]))
		w.do(fmt.Sprintf(`INSERT INTO raw_mails (account_id, envelope_from, recipient, remote_ip, size, blob_key, created_at) VALUES (1, '', '', '', 4, '%s', 1)`, keys[2]))
		w.age(keys)
		counts := func(o check.Options) map[string]int {
			found, _ := w.check(o)
			n := map[string]int{}
			for rule, list := range found {
				n[rule] = len(list)
			}
			return n
		}
		want := map[string]int{"blob_missing": 2, "blob_key": 1, "blob_size": 3, "blob_orphan": 1}
		if got := counts(check.Options{}); !maps.Equal(got, want) {
			t.Errorf("found %v, want %v", got, want)
		}
		want["blob_digest"] = 1
		if got := counts(check.Options{Deep: true, Repair: true}); !maps.Equal(got, want) {
			t.Errorf("deep: found %v, want %v", got, want)
		}
	})
}

// age makes all files old.
func (w *world) age(keys []string) {
	w.Helper()
	old, files := time.Now().Add(-2*time.Hour), 0
	w.must(filepath.Walk(w.folder, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			files++
			err = os.Chtimes(path, old, old)
		}
		return err
	}))
	if files <= len(keys) {
		w.Fatalf("only %d files", files)
	}
}

// TestManyFiles reads rows and files over several pages.
func TestManyFiles(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, open func(t *testing.T) *world) {
		w := open(t)
		w.do(`INSERT INTO attachments (account_id, name, content_type, size, digest, blob_key, created_at)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1699)
SELECT 1, 'a', 'b', 1, '0123456789012345678901234567890123456789012345678901234567890123', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaa' || CAST(1000 + i / 2 AS TEXT), 1 FROM n`)
		w.do(`INSERT INTO raw_mails (account_id, envelope_from, recipient, remote_ip, size, blob_key, created_at)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 799)
SELECT 1, '', '', '', 1, 'bbbbbbbbbbbbbbbbbbbbbbbbbbbb' || CAST(1000 + i AS TEXT), 1 FROM n`)
		w.do(`INSERT INTO raw_mails (account_id, envelope_from, recipient, remote_ip, size, blob_key, created_at)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1199)
SELECT 1, '', '', '', 1, 'cccccccccccccccccccccccccccccccc', 1 FROM n`)
		found, _ := w.check(check.Options{})
		// Of a key that more rows name than a page holds, a page of rows is told.
		if n := len(found["blob_missing"]); n < 1700+800+500 || n > 1700+800+1200 || len(found) != 1 {
			t.Errorf("%d are missing, of %d rules", n, len(found))
		}
	})
}
