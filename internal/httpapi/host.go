package httpapi

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

const (
	keepHost = 5 * time.Second
	maxHosts = 1000
)

// accountCache remembers for some seconds which account answers at a host. What
// is remembered of the account are its id and address, never rights.
type accountCache struct {
	mu     sync.Mutex
	byHost map[string]cachedAccount
}

type cachedAccount struct {
	account *dm.Account
	until   dm.Time
}

var errWrongHost = &httpx.Problem{Title: http.StatusText(http.StatusMisdirectedRequest), Status: http.StatusMisdirectedRequest,
	Code: string(dm.NotFound), Reason: "unknown_host", Detail: "No desk answers at this host name."}

// at finds the account of a Host header; 421 when nobody answers there.
func (c *accountCache) at(ctx context.Context, a *app.App, host string) (*dm.Account, error) {
	name := hostName(host)
	now := a.Now()
	if known := c.get(name, now); known != nil {
		return known, nil
	}
	if len(name) > 253 || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errWrongHost
	}
	account, _, err := a.AccountAt(ctx, name)
	if dm.CodeOf(err) == dm.NotFound {
		return nil, errWrongHost
	}
	if err != nil {
		return nil, err
	}
	c.put(name, cachedAccount{account, now.Add(keepHost)})
	return account, nil
}

func (c *accountCache) get(name string, now dm.Time) *dm.Account {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known, ok := c.byHost[name]; ok && known.until > now {
		return known.account
	}
	return nil
}

func (c *accountCache) put(name string, known cachedAccount) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byHost == nil || len(c.byHost) >= maxHosts {
		c.byHost = map[string]cachedAccount{}
	}
	c.byHost[name] = known
}

// hostName cuts the port off and folds the case.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}
