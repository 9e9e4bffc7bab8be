package app

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net"
	"slices"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/mail/dkim"
	"github.com/deskmesh/deskmesh/internal/store"
)

// TXTResolver looks texts up in the domain name system. *net.Resolver is one.
type TXTResolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
}

const (
	dkimSecret  = "dkim keys"
	maxDKIMKeys = 6 // of one domain
	dnsTime     = 10 * time.Second
)

// SendingDomain is a domain that this account sends from, with its keys.
type SendingDomain struct {
	Domain string
	InUse  bool // an active inbox has an address there
	Keys   []dm.DKIMKey
}

// SendingDomains lists the domains of the account's inboxes, and those that still
// have keys, each with its keys, oldest first. It needs inboxes.manage.
func (a *App) SendingDomains(ctx context.Context, v *access.Viewer) ([]SendingDomain, error) {
	if err := require(v, dm.InboxesManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]SendingDomain, error) {
		keys, err := tx.DKIMKeys(v.Account())
		if err != nil {
			return nil, err
		}
		domains, err := inboxDomains(tx, v.Account())
		if err != nil {
			return nil, err
		}
		of := map[string]*SendingDomain{}
		for _, d := range domains {
			of[d] = &SendingDomain{Domain: d, InUse: true, Keys: []dm.DKIMKey{}}
		}
		for _, k := range keys {
			if of[k.Domain] == nil {
				of[k.Domain] = &SendingDomain{Domain: k.Domain}
				domains = append(domains, k.Domain)
			}
			of[k.Domain].Keys = append(of[k.Domain].Keys, k)
		}
		slices.Sort(domains)
		list := make([]SendingDomain, len(domains))
		for i, d := range domains {
			list[i] = *of[d]
		}
		return list, nil
	})
}

// inboxDomains lists the domains of active inboxes, each once.
func inboxDomains(tx *store.Tx, account int64) ([]string, error) {
	dir, err := tx.Directory(account)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, box := range dir.Inboxes {
		if _, domain, _ := strings.Cut(strings.ToLower(box.Address), "@"); box.Active && domain != "" && !slices.Contains(list, domain) {
			list = append(list, domain)
		}
	}
	slices.Sort(list)
	return list, nil
}

// DKIMKey reads one key. It needs inboxes.manage.
func (a *App) DKIMKey(ctx context.Context, v *access.Viewer, id int64) (*dm.DKIMKey, error) {
	if err := require(v, dm.InboxesManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*dm.DKIMKey, error) { return tx.DKIMKey(v.Account(), id) })
}

// CreateDKIMKey makes a key for a domain that one of the account's inboxes has its
// address in. It signs nothing before it is switched on. It needs inboxes.manage.
// Conflict where the domain has too many keys.
func (a *App) CreateDKIMKey(ctx context.Context, v *access.Viewer, domain string, algorithm dm.DKIMAlgorithm) error {
	if err := require(v, dm.InboxesManage); err != nil {
		return err
	}
	private, public, err := dkim.Generate(algorithm) // takes long, so outside of the transaction
	if err != nil {
		return err
	}
	return a.administer(ctx, v, dm.InboxesManage, func(t *act) error {
		domain := strings.ToLower(strings.TrimSpace(domain))
		algorithm := oneOf(&t.faults, "algorithm", algorithm, dm.DKIMRSA, dm.DKIMEd25519)
		domains, err := inboxDomains(t.tx, t.account)
		if err != nil {
			return err
		}
		if !slices.Contains(domains, domain) {
			t.faults.add("domain", "No active inbox has an address in this domain.")
		}
		if err := t.faults.err(); err != nil {
			return err
		}
		all, err := t.tx.DKIMKeys(t.account)
		if err != nil {
			return err
		}
		own := slices.DeleteFunc(all, func(k dm.DKIMKey) bool { return k.Domain != domain })
		if len(own) >= maxDKIMKeys {
			return dm.Errorf(dm.Conflict, "This domain has %d keys. Delete those that are not used any more.", maxDKIMKeys).With("too_many")
		}
		k := &dm.DKIMKey{Domain: domain, Selector: newSelector(t.tx.Now(), algorithm), Algorithm: algorithm, Public: public}
		key, err := t.tx.Secret(dkimSecret)
		if err != nil {
			return err
		}
		sealed, err := seal(key, dkimPlace(t.account, k), base64.StdEncoding.EncodeToString(private))
		if err != nil {
			return err
		}
		if err := t.tx.InsertDKIMKey(t.account, k, sealed); err != nil {
			return err
		}
		t.changed("domain", "", k.Domain)
		t.changed("selector", "", k.Selector)
		return t.log("dkim_key.created", "dkim_key", k.ID)
	})
}

// newSelector names a key by when it was made, with some letters that keep it
// apart from others of that day, in this account and elsewhere.
func newSelector(now dm.Time, algorithm dm.DKIMAlgorithm) string {
	kind := map[dm.DKIMAlgorithm]string{dm.DKIMRSA: "r", dm.DKIMEd25519: "e"}[algorithm]
	return "dm" + now.Std().UTC().Format("20060102") + kind + strings.ToLower(rand.Text()[:6])
}

// CheckDKIMKey looks a key's record up and keeps what was found. It needs
// inboxes.manage.
func (a *App) CheckDKIMKey(ctx context.Context, v *access.Viewer, id int64) error {
	_, err := a.lookUpDKIM(ctx, v, id)
	return err
}

func (a *App) lookUpDKIM(ctx context.Context, v *access.Viewer, id int64) (dm.DKIMFound, error) {
	k, err := a.DKIMKey(ctx, v, id)
	if err != nil {
		return "", err
	}
	found := a.findDKIM(ctx, k)
	return found, a.administer(ctx, v, dm.InboxesManage, func(t *act) error {
		t.once.note(id)
		return t.tx.DKIMChecked(t.account, id, found)
	})
}

// findDKIM asks the domain name system for a key's record.
func (a *App) findDKIM(ctx context.Context, k *dm.DKIMKey) dm.DKIMFound {
	ctx, cancel := context.WithTimeout(ctx, dnsTime)
	defer cancel()
	resolver := a.DNS
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	records, err := resolver.LookupTXT(ctx, k.RecordName()+".")
	if missing, ok := errors.AsType[*net.DNSError](err); ok && missing.IsNotFound {
		return dm.DKIMMissing
	}
	if err != nil {
		return dm.DKIMUnknown
	}
	return dkim.Compare(k, records)
}

// StartDKIMKey lets a key sign, in the place of one of its kind. Its record is
// looked up first: mail with a signature that nobody can check is worse than mail
// without one. It needs inboxes.manage. Conflict where the record is not there.
func (a *App) StartDKIMKey(ctx context.Context, v *access.Viewer, id int64) error {
	found, err := a.lookUpDKIM(WithOnce(ctx, nil), v, id)
	if err != nil {
		return err
	}
	if found != dm.DKIMRight {
		return dm.Errorf(dm.Conflict, "The record cannot be found yet, so nothing is signed. New records can take some hours to be seen everywhere.").With("record_" + string(found))
	}
	return a.administer(ctx, v, dm.InboxesManage, func(t *act) error {
		k, err := t.tx.DKIMKey(t.account, id)
		if err != nil {
			return err
		}
		if err := t.tx.StartDKIM(t.account, k); err != nil {
			return err
		}
		t.changed("state", string(k.State), string(dm.DKIMSigning))
		return t.log("dkim_key.started", "dkim_key", id)
	})
}

// StopDKIMKey ends the signing of a key. It needs inboxes.manage. Conflict for one
// that does not sign.
func (a *App) StopDKIMKey(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.InboxesManage, func(t *act) error {
		k, err := t.tx.DKIMKey(t.account, id)
		if err != nil {
			return err
		}
		if k.State != dm.DKIMSigning {
			return dm.Errorf(dm.Conflict, "This key does not sign.").With("not_signing")
		}
		if err := t.tx.StopDKIM(t.account, id); err != nil {
			return err
		}
		t.changed("state", string(k.State), string(dm.DKIMNew))
		return t.log("dkim_key.stopped", "dkim_key", id)
	})
}

// DeleteDKIMKey deletes a key for good. It needs inboxes.manage. Conflict for one
// that signs.
func (a *App) DeleteDKIMKey(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.InboxesManage, func(t *act) error {
		k, err := t.tx.DKIMKey(t.account, id)
		if err != nil {
			return err
		}
		if k.State == dm.DKIMSigning {
			return dm.Errorf(dm.Conflict, "This key signs. Stop that before you delete it.").With("signing")
		}
		t.changed("selector", k.Selector, "")
		if err := t.tx.DeleteDKIMKey(t.account, id); err != nil {
			return err
		}
		return t.log("dkim_key.deleted", "dkim_key", id)
	})
}

func dkimPlace(account int64, k *dm.DKIMKey) string {
	return "account " + idText(account) + " dkim " + k.Selector + " " + k.Domain
}

// openDKIM opens the private half of a key.
func openDKIM(tx *store.Tx, account int64, k *dm.DKIMKey, sealed string) ([]byte, error) {
	key, err := tx.Secret(dkimSecret)
	if err != nil {
		return nil, err
	}
	text, err := unseal(key, dkimPlace(account, k), sealed)
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(text)
}
