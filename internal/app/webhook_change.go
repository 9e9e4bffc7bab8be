package app

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/webhook"
)

// WebhookPatch sets a webhook's properties; nil leaves a value as it is. Of a
// new webhook what is left out of the reach is everything, but never internal
// content. A list without its flag sets the flag to false.
type WebhookPatch struct {
	Name        *string
	URL         *string
	Events      *[]dm.EventKind // "all" alone stands for every event
	Condition   *[]byte         // JSON; see dm.ParseCondition
	Headers     *map[string]string
	AllBrands   *bool
	Brands      *[]int64
	AllInboxes  *bool
	Inboxes     *[]int64
	AllGroups   *bool
	Groups      *[]int64
	SeeInternal *bool
	APIVersion  *string
	Active      *bool
}

// AllEvents stands, alone in a list, for every event there is.
const AllEvents dm.EventKind = "all"

// webhookChange is one change of a webhook being checked.
type webhookChange struct {
	*act
	patch   *WebhookPatch
	old     dm.Webhook // the zero value for a new one
	next    dm.Webhook
	created bool
}

// check applies the patch and refuses what is wrong with it; what changed is
// noted for the log.
func (c *webhookChange) check() error {
	for _, step := range []func() error{c.checkTexts, c.checkEvents, c.checkCondition, c.checkHeaders, c.checkReach} {
		if err := step(); err != nil {
			return err
		}
	}
	c.checkActive()
	if err := c.faults.err(); err != nil {
		return err
	}
	c.describe()
	if c.onlySwitchedOff() {
		return nil
	}
	if !c.created {
		if err := c.covers(&c.old.Reach); err != nil {
			return err
		}
	}
	return c.covers(&c.next.Reach)
}

// onlySwitchedOff says whether nothing changes but that the webhook stops.
func (c *webhookChange) onlySwitchedOff() bool {
	return !c.created && !c.next.Active && len(c.changes) == 1 && c.changes[0].Field == "active"
}

func (c *webhookChange) checkTexts() error {
	p := c.patch
	if c.created || p.Name != nil {
		c.next.Name = c.faults.name("name", value(p.Name), maxNameLength)
	}
	if c.created || p.URL != nil {
		c.next.URL = c.address(value(p.URL))
	}
	if c.created {
		c.next.APIVersion = dm.WebhookVersions[len(dm.WebhookVersions)-1]
	}
	if p.APIVersion != nil {
		c.next.APIVersion = oneOf(&c.faults, "api_version", *p.APIVersion, dm.WebhookVersions...)
	}
	return nil
}

const (
	maxWebhookURL = 2000
	maxCondition  = 40_000 // bytes, as it is stored
)

// address checks the address of a receiver as far as that can be done without
// asking a name server; the rest is done at every try.
func (c *webhookChange) address(text string) string {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Scheme == "" || u.Host == "" || u.Opaque != "" || u.Fragment != "" || len(u.String()) > maxWebhookURL {
		c.faults.add("url", "This is a whole address such as https://example.com/hook, without a fragment and of at most %d characters.", maxWebhookURL)
		return ""
	}
	if err := c.app.webhookClient().Check(u); errors.Is(err, httpx.ErrBlocked) {
		c.faults.add("url", "This server may not send to that address: it takes https, no user name, the port 443 or one from 1024 on, and a host outside the server's own network.")
		return ""
	}
	return u.String()
}

// webhookClient is the client of webhooks; where the desk sends none, one with
// the strictest policy.
func (a *App) webhookClient() *webhook.Client {
	if a.Hooks == nil {
		return webhook.NewClient(httpx.ClientOptions{})
	}
	return a.Hooks
}

func (c *webhookChange) checkEvents() error {
	if c.patch.Events == nil {
		if c.created {
			c.faults.add("events", "Say which events the webhook hears of, or all.")
		}
		return nil
	}
	list := *c.patch.Events
	if slices.Equal(list, []dm.EventKind{AllEvents}) {
		c.next.Events = nil
		return nil
	}
	if len(list) == 0 || len(list) > len(dm.WebhookEvents) {
		c.faults.add("events", "This list has 1 to %d events, or all alone.", len(dm.WebhookEvents))
		return nil
	}
	for i, kind := range list {
		if !slices.Contains(dm.WebhookEvents, kind) {
			c.faults.add("events["+strconv.Itoa(i)+"]", "There is no such event.")
		}
	}
	c.next.Events = sortedSet(list)
	return nil
}

// checkCondition reads the condition. A webhook is nobody, so nothing in it may
// stand for whoever asks.
func (c *webhookChange) checkCondition() error {
	if c.patch.Condition == nil {
		return nil
	}
	dir, err := c.tx.Directory(c.account)
	if err != nil {
		return err
	}
	condition, err := dm.ParseCondition(*c.patch.Condition)
	if err == nil {
		err = dir.CheckCondition(&condition)
	}
	if err == nil && len(conditionText(&condition)) > maxCondition {
		err = dm.BadField("condition", "This condition is too long.")
	}
	if e, ok := errors.AsType[*dm.Error](err); ok && e.Code == dm.Invalid {
		c.faults.add("condition", "%s", e.Public)
		return nil
	}
	if err != nil {
		return err
	}
	c.next.Condition, c.next.Broken = condition, false
	return condition.Walk(func(leaf *dm.Condition, place string) error {
		if slices.ContainsFunc(leaf.Values, func(v dm.ConditionValue) bool { return v.Kind == dm.SelfValue }) {
			c.faults.add("condition", "%s: a webhook is nobody, so that me and mine mean nothing here.", place)
		}
		return nil
	})
}

// checkHeaders checks the extra headers. Their values are secrets: no message
// repeats them.
func (c *webhookChange) checkHeaders() error {
	if c.patch.Headers == nil {
		return nil
	}
	headers := *c.patch.Headers
	if len(headers) > webhook.MaxHeaders {
		c.faults.add("headers", "At most %d headers are added.", webhook.MaxHeaders)
		return nil
	}
	seen := map[string]bool{}
	c.next.Headers = nil
	for _, name := range sortedKeys(headers) {
		switch lower := strings.ToLower(name); {
		case !webhook.AllowedHeader(name):
			c.faults.add("headers", "One of these names is not that of a header that can be added.")
		case seen[lower]:
			c.faults.add("headers", "A header stands here twice.")
		case !webhook.AllowedValue(headers[name]):
			c.faults.add("headers", "The value of a header has 1 to %d printable characters of ASCII, without blanks at its ends.", webhook.MaxHeaderValue)
		default:
			seen[lower] = true
			c.next.Headers = append(c.next.Headers, name)
		}
	}
	return nil
}

func (c *webhookChange) checkReach() error {
	p, r := c.patch, &c.next.Reach
	for _, part := range []struct {
		field string
		flag  *bool
		list  *[]int64
		all   *bool
		ids   *[]int64
		noun  string
		known func(account int64, ids []int64) (map[int64]bool, error)
	}{
		{"brands", p.AllBrands, p.Brands, &r.AllBrands, &r.Brands, "brand", c.tx.KnownBrands},
		{"inboxes", p.AllInboxes, p.Inboxes, &r.AllInboxes, &r.Inboxes, "inbox", c.tx.KnownInboxes},
		{"groups", p.AllGroups, p.Groups, &r.AllGroups, &r.Groups, "group", c.tx.LiveGroups},
	} {
		switch {
		case part.flag != nil:
			*part.all = *part.flag
		case part.list != nil:
			*part.all = false
		case c.created:
			*part.all = true
		}
		if part.list != nil {
			ids, err := c.faults.ids(part.field, *part.list, maxReachList, part.noun, func(ids []int64) (map[int64]bool, error) { return part.known(c.account, ids) })
			if err != nil {
				return err
			}
			*part.ids = ids
		}
		switch {
		case *part.all && part.list != nil && len(*part.list) > 0:
			c.faults.add(part.field, "Give a list, or all_%s, not both.", part.field)
		case *part.all:
			*part.ids = nil
		}
	}
	if p.SeeInternal != nil {
		r.SeeInternal = *p.SeeInternal
	}
	return nil
}

func (c *webhookChange) checkActive() {
	if c.patch.Active == nil {
		return
	}
	if c.next.Active = *c.patch.Active; c.created && !c.next.Active {
		c.faults.add("active", "A new webhook is active.")
	}
}

// switched stores whether the webhook is on. One that is switched on begins with
// a clean slate, and with what has waited.
func (c *webhookChange) switched() error {
	if c.next.Active == c.old.Active {
		return nil
	}
	if err := c.tx.SwitchWebhook(c.account, c.next.ID, c.next.Active, dm.NotPaused); err != nil || !c.next.Active {
		return err
	}
	return wakeWebhook(c.tx, c.account, c.next.ID)
}

// describe notes for the log what has changed. The path of an address may be a
// secret, so that only its host is told; of headers only that they changed.
func (c *webhookChange) describe() {
	o, n := &c.old, &c.next
	c.changed("name", o.Name, n.Name)
	if o.URL != n.URL {
		before, after := hostOf(o.URL), hostOf(n.URL)
		c.changed("host", before, after)
		if before == after {
			c.touched("url")
		}
	}
	if before, after := joinTexts(o.Events), joinTexts(n.Events); c.created || before != after {
		c.changes = append(c.changes, dm.FieldChange{Field: "events", Old: before, New: after})
	}
	if o.Broken != n.Broken || conditionText(&o.Condition) != conditionText(&n.Condition) {
		c.touched("condition")
	}
	if c.patch.Headers != nil && len(o.Headers)+len(n.Headers) > 0 {
		c.touched("headers")
	}
	c.changedFlag("all_brands", o.Reach.AllBrands, n.Reach.AllBrands)
	c.changedIDs("brands", o.Reach.Brands, n.Reach.Brands)
	c.changedFlag("all_inboxes", o.Reach.AllInboxes, n.Reach.AllInboxes)
	c.changedIDs("inboxes", o.Reach.Inboxes, n.Reach.Inboxes)
	c.changedFlag("all_groups", o.Reach.AllGroups, n.Reach.AllGroups)
	c.changedIDs("groups", o.Reach.Groups, n.Reach.Groups)
	c.changedFlag("see_internal", o.Reach.SeeInternal, n.Reach.SeeInternal)
	c.changed("api_version", o.APIVersion, n.APIVersion)
	c.changedFlag("active", o.Active, n.Active)
}

func conditionText(c *dm.Condition) string {
	raw, err := c.MarshalJSON()
	if c.Empty() || err != nil {
		return ""
	}
	return string(raw)
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
