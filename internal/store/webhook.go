package store

import (
	"database/sql"
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

const webhookColumns = `id, name, url, events, condition, header_names, all_brands, all_inboxes, all_groups, see_internal, api_version, active, pause_reason, paused_at,
failures, failing_from, delivered_at, hold_until, CASE WHEN old_secret = '' THEN NULL ELSE old_secret_until END, created_by, created_at, updated_at`

func scanWebhook(rows *sql.Rows) (dm.Webhook, error) {
	var w dm.Webhook
	var events, condition, headers string
	err := rows.Scan(&w.ID, &w.Name, &w.URL, &events, &condition, &headers, flag{&w.Reach.AllBrands}, flag{&w.Reach.AllInboxes}, flag{&w.Reach.AllGroups},
		flag{&w.Reach.SeeInternal}, &w.APIVersion, flag{&w.Active}, &w.PauseReason, opt(&w.PausedAt), &w.Failures, opt(&w.FailingFrom), opt(&w.DeliveredAt),
		opt(&w.HoldUntil), opt(&w.OldSecretAt), opt(&w.CreatedBy), &w.CreatedAt, &w.UpdatedAt)
	if err != nil {
		return w, err
	}
	if err := json.Unmarshal([]byte(events), &w.Events); err != nil {
		return w, err
	}
	if err := json.Unmarshal([]byte(headers), &w.Headers); err != nil {
		return w, err
	}
	w.Broken = condition != "" && json.Unmarshal([]byte(condition), &w.Condition) != nil
	return w, nil
}

// Webhooks lists the account's webhooks by id.
func (tx *Tx) Webhooks(account int64) ([]dm.Webhook, error) {
	list := []dm.Webhook{}
	err := tx.query(`SELECT `+webhookColumns+` FROM webhooks WHERE account_id = ? ORDER BY id`, func(rows *sql.Rows) error {
		w, err := scanWebhook(rows)
		list = append(list, w)
		return err
	}, account)
	if err != nil || len(list) == 0 {
		return list, err
	}
	return list, tx.webhookReach(account, list)
}

// Webhook reads one webhook; NotFound when there is none.
func (tx *Tx) Webhook(account, id int64) (*dm.Webhook, error) {
	var list []dm.Webhook
	err := tx.query(`SELECT `+webhookColumns+` FROM webhooks WHERE account_id = ? AND id = ?`, func(rows *sql.Rows) error {
		w, err := scanWebhook(rows)
		list = append(list, w)
		return err
	}, account, id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, dm.Missing("webhook")
	}
	return &list[0], tx.webhookReach(account, list)
}

// webhookReach fills in the lists of brands, inboxes and groups.
func (tx *Tx) webhookReach(account int64, list []dm.Webhook) error {
	at := make(map[int64]*dm.WebhookReach, len(list))
	ids := make([]int64, len(list))
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, &list[i].Reach
	}
	for _, part := range []struct {
		query string
		to    func(*dm.WebhookReach) *[]int64
	}{
		{`SELECT webhook_id, brand_id FROM webhook_brands WHERE account_id = ? AND webhook_id IN (`, func(r *dm.WebhookReach) *[]int64 { return &r.Brands }},
		{`SELECT webhook_id, inbox_id FROM webhook_inboxes WHERE account_id = ? AND webhook_id IN (`, func(r *dm.WebhookReach) *[]int64 { return &r.Inboxes }},
		{`SELECT webhook_id, group_id FROM webhook_groups WHERE account_id = ? AND webhook_id IN (`, func(r *dm.WebhookReach) *[]int64 { return &r.Groups }},
	} {
		err := tx.query(part.query+marks(len(ids))+`) ORDER BY 1, 2`, func(rows *sql.Rows) error {
			var webhook, id int64
			if err := rows.Scan(&webhook, &id); err != nil {
				return err
			}
			l := part.to(at[webhook])
			*l = append(*l, id)
			return nil
		}, append([]any{account}, padded(ids)...)...)
		if err != nil {
			return err
		}
	}
	return nil
}

// CountWebhooks gives how many webhooks the account has.
func (tx *Tx) CountWebhooks(account int64) (n int, err error) {
	err = tx.row(`SELECT COUNT(*) FROM webhooks WHERE account_id = ?`, account).Scan(&n)
	return n, err
}

// CreateWebhook keeps a new, active webhook and gives its id. It has no secret
// until SetWebhookSecret is called, in the same transaction.
func (tx *Tx) CreateWebhook(account int64, w *dm.Webhook) (int64, error) {
	texts, err := webhookTexts(w)
	if err != nil {
		return 0, err
	}
	w.ID, err = tx.insert(`INSERT INTO webhooks (account_id, name, url, events, condition, header_names, all_brands, all_inboxes, all_groups, see_internal, api_version,
secret, active, created_by, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '-', 1, ?, ?, ?)`,
		account, w.Name, w.URL, texts[0], texts[1], texts[2], bit(w.Reach.AllBrands), bit(w.Reach.AllInboxes), bit(w.Reach.AllGroups), bit(w.Reach.SeeInternal), w.APIVersion,
		none(w.CreatedBy), int64(tx.now), int64(tx.now))
	if err != nil {
		return 0, err
	}
	return w.ID, tx.setWebhookReach(account, w)
}

// SaveWebhook saves what people set, but not whether the webhook is on.
func (tx *Tx) SaveWebhook(account int64, w *dm.Webhook) error {
	texts, err := webhookTexts(w)
	if err != nil {
		return err
	}
	n, err := tx.exec(`UPDATE webhooks SET name = ?, url = ?, events = ?, condition = ?, header_names = ?, all_brands = ?, all_inboxes = ?, all_groups = ?, see_internal = ?,
api_version = ?, updated_at = ? WHERE account_id = ? AND id = ?`,
		w.Name, w.URL, texts[0], texts[1], texts[2], bit(w.Reach.AllBrands), bit(w.Reach.AllInboxes), bit(w.Reach.AllGroups), bit(w.Reach.SeeInternal), w.APIVersion,
		int64(tx.now), account, w.ID)
	if err := one(n, err, "webhook"); err != nil {
		return err
	}
	return tx.setWebhookReach(account, w)
}

// SwitchWebhook switches a webhook on, with a clean slate, or off, with the
// program's reason where it is the program that does.
func (tx *Tx) SwitchWebhook(account, id int64, on bool, reason dm.PauseReason) error {
	set, at := `active = 0`, any(nil)
	if on {
		set = `active = 1, failures = 0, failing_from = NULL, hold_until = NULL`
	}
	if reason != dm.NotPaused {
		at = int64(tx.now)
	}
	n, err := tx.exec(`UPDATE webhooks SET `+set+`, pause_reason = ?, paused_at = ?, updated_at = ? WHERE account_id = ? AND id = ?`, reason, at, int64(tx.now), account, id)
	if err := one(n, err, "webhook"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// webhookTexts gives events, condition and names of headers as they are stored.
func webhookTexts(w *dm.Webhook) (texts [3]string, err error) {
	for i, value := range []any{w.Events, w.Condition, w.Headers} {
		raw, err := json.Marshal(value)
		if err != nil {
			return texts, err
		}
		texts[i] = string(raw)
		if i != 1 && texts[i] == "null" {
			texts[i] = "[]"
		}
	}
	if w.Condition.Empty() {
		texts[1] = ""
	}
	return texts, nil
}

func (tx *Tx) setWebhookReach(account int64, w *dm.Webhook) error {
	for _, part := range []struct {
		ids              []int64
		noun, clear, add string
	}{
		{w.Reach.Brands, "brand", `DELETE FROM webhook_brands WHERE account_id = ? AND webhook_id = ?`,
			`INSERT INTO webhook_brands (account_id, webhook_id, brand_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`},
		{w.Reach.Inboxes, "inbox", `DELETE FROM webhook_inboxes WHERE account_id = ? AND webhook_id = ?`,
			`INSERT INTO webhook_inboxes (account_id, webhook_id, inbox_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`},
		{w.Reach.Groups, "group", `DELETE FROM webhook_groups WHERE account_id = ? AND webhook_id = ?`,
			`INSERT INTO webhook_groups (account_id, webhook_id, group_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`},
	} {
		if err := tx.replaceList(account, w.ID, part.ids, part.noun, part.clear, part.add); err != nil {
			return err
		}
	}
	return nil
}

// DeleteWebhook removes a webhook with its log; what waits is never sent.
func (tx *Tx) DeleteWebhook(account, id int64) error {
	n, err := tx.exec(`DELETE FROM webhooks WHERE account_id = ? AND id = ?`, account, id)
	if err := one(n, err, "webhook"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// SealedWebhook is what of a webhook is kept sealed. Headers is a JSON object of
// names and values, or "".
type SealedWebhook struct {
	Secret      string
	OldSecret   string // "" once its time is over
	OldSecretAt dm.Time
	Headers     string
}

// SealedWebhook reads what of a webhook is kept sealed.
func (tx *Tx) SealedWebhook(account, id int64) (*SealedWebhook, error) {
	s := &SealedWebhook{}
	err := tx.row(`SELECT secret, old_secret, old_secret_until, headers FROM webhooks WHERE account_id = ? AND id = ?`, account, id).
		Scan(&s.Secret, &s.OldSecret, opt(&s.OldSecretAt), &s.Headers)
	if isNoRows(err) {
		return nil, dm.Missing("webhook")
	}
	if s.OldSecretAt <= tx.now {
		s.OldSecret = ""
	}
	return s, err
}

// SetWebhookSealed replaces what of a webhook is kept sealed.
func (tx *Tx) SetWebhookSealed(account, id int64, s *SealedWebhook) error {
	n, err := tx.exec(`UPDATE webhooks SET secret = ?, old_secret = ?, old_secret_until = ?, headers = ? WHERE account_id = ? AND id = ?`,
		s.Secret, s.OldSecret, none(s.OldSecretAt), s.Headers, account, id)
	return one(n, err, "webhook")
}

// WebhookViewer resolves a webhook as a viewer, with the account's directory.
func WebhookViewer(d *Directory, w *dm.Webhook) *access.Viewer {
	reach := w.Reach
	reach.Groups = nil
	for _, id := range w.Reach.Groups {
		if _, live := d.Groups[id]; live {
			reach.Groups = append(reach.Groups, id)
		}
	}
	return access.ForWebhook(access.WebhookProfile{Account: d.Account.ID, Webhook: w.ID, Name: w.Name, Reach: reach, Directory: d.reach, Rules: access.RulesOf(&d.Settings)})
}

// dirWebhooks keeps the active webhooks, so that a change in an account without
// any costs nothing.
func (tx *Tx) dirWebhooks(d *Directory, account int64) error {
	list, err := tx.Webhooks(account)
	for _, w := range list {
		if w.Active && !w.Broken {
			d.Webhooks = append(d.Webhooks, w)
		}
	}
	return err
}
