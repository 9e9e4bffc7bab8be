package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// dkimKeyJSON is a key that signs mail. Its private half is never shown.
type dkimKeyJSON struct {
	ID          int64             `json:"id"`
	Domain      string            `json:"domain"`
	Selector    string            `json:"selector"`
	Algorithm   dm.DKIMAlgorithm  `json:"algorithm" enum:"rsa,ed25519"`
	RecordName  string            `json:"record_name" doc:"Where the record belongs in the domain name system."`
	RecordValue string            `json:"record_value" doc:"What belongs there, as a TXT record."`
	State       dm.DKIMState      `json:"state" enum:"new,signing,retired" doc:"new: it signs nothing. retired: another signs in its place, and its record is needed for a week yet."`
	Found       dm.DKIMFound      `json:"found" enum:",yes,missing,different,unknown" doc:"What the last look at the record found; empty before the first."`
	CheckedAt   orNull[time.Time] `json:"checked_at"`
	SigningAt   orNull[time.Time] `json:"signing_at" doc:"When it began to sign."`
	RetiredAt   orNull[time.Time] `json:"retired_at"`
	CreatedAt   time.Time         `json:"created_at"`
}

func dkimKeyOf(k *dm.DKIMKey) dkimKeyJSON {
	return dkimKeyJSON{ID: k.ID, Domain: k.Domain, Selector: k.Selector, Algorithm: k.Algorithm, RecordName: k.RecordName(), RecordValue: k.Record(), State: k.State, Found: k.Found,
		CheckedAt: moment(k.CheckedAt), SigningAt: moment(k.SigningAt), RetiredAt: moment(k.RetiredAt), CreatedAt: k.CreatedAt.Std()}
}

// sendingDomainJSON is a domain that the account's mail comes from.
type sendingDomainJSON struct {
	Domain string        `json:"domain"`
	InUse  bool          `json:"in_use" doc:"An active inbox has its address there."`
	Keys   []dkimKeyJSON `json:"keys"`
}

type newDKIMKeyJSON struct {
	Domain    string           `json:"domain" maxLength:"253" doc:"Of an active inbox."`
	Algorithm dm.DKIMAlgorithm `json:"algorithm" required:"false" enum:"rsa,ed25519" default:"rsa" doc:"rsa is understood everywhere; ed25519 is shorter, and meant to go along with rsa."`
}

// dkimRoutes are the keys that sign mail.
func dkimRoutes(a *API) {
	who := permission(dm.InboxesManage)
	keys := &noun[dm.DKIMKey, dkimKeyJSON]{path: "/dkim-keys", name: "dkim-key", find: a.app.DKIMKey, say: dkimKeyOf}
	route(a, operation(http.MethodGet, "/sending-domains", "list-sending-domains", "The domains that mail comes from, with the keys that sign it", "inboxes"), who,
		func(ctx context.Context, c *caller, _ *struct{}) (*pageAnswer[sendingDomainJSON], error) {
			list, err := a.app.SendingDomains(ctx, c.Viewer)
			if err != nil {
				return nil, err
			}
			return &pageAnswer[sendingDomainJSON]{pageOf(each(list, func(d *app.SendingDomain) sendingDomainJSON {
				return sendingDomainJSON{Domain: d.Domain, InUse: d.InUse, Keys: each(d.Keys, dkimKeyOf)}
			}), "")}, nil
		})
	keys.one(a, who)
	creates(a, keys, who, "Make a key for a domain; it signs nothing yet", func(ctx context.Context, c *caller, b *newDKIMKeyJSON) error {
		return a.app.CreateDKIMKey(ctx, c.Viewer, b.Domain, b.Algorithm)
	})
	keys.acts(a, who, "check", "Look a key's record up in the domain name system", a.app.CheckDKIMKey)
	keys.acts(a, who, "start", "Let a key sign, in the place of the one that does; its record is looked up first", a.app.StartDKIMKey)
	keys.acts(a, who, "stop", "Let a key sign no more", a.app.StopDKIMKey)
	keys.deletes(a, who, "Delete a key that does not sign", a.app.DeleteDKIMKey)
}
