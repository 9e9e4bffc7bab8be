package origin

import (
	"bytes"
	"slices"
	"strings"

	"github.com/emersion/go-msgauth/authres"

	dm "github.com/deskmesh/deskmesh"
)

// maxHeader is how much of a mail is looked through for the results of others.
const maxHeader = 256 << 10

// readTrusted reads what the trusted hosts have found; nil where they say nothing.
// Of several results of one check the topmost counts: hosts add theirs above what
// they got. A trusted host has to take such fields out of mails that come from
// outside (RFC 8601 section 5).
func readTrusted(raw []byte, hosts []string) *dm.MailChecks {
	if len(hosts) == 0 {
		return nil
	}
	var found *dm.MailChecks
	for _, value := range fields(raw, "authentication-results") {
		id, results, err := authres.Parse(value)
		// The id may be followed by a version.
		id, _, _ = strings.Cut(strings.TrimSpace(id), " ")
		if err != nil || !slices.ContainsFunc(hosts, func(h string) bool { return strings.EqualFold(h, id) }) {
			continue
		}
		if found == nil {
			found = &dm.MailChecks{By: strings.ToLower(id)}
		}
		for _, r := range results {
			take(found, r)
		}
	}
	return found
}

// take notes one result, unless a higher one stands.
func take(c *dm.MailChecks, r authres.Result) {
	switch r := r.(type) {
	case *authres.SPFResult:
		if c.SPF == "" {
			c.SPF, c.SPFDomain = word(r.Value), domainOrHost(r.From)
			if c.SPFDomain == "" {
				c.SPFDomain = hostOf(r.Helo)
			}
		}
	case *authres.DKIMResult:
		// A mail may have several signatures; one that holds says more.
		if c.DKIM == "" || c.DKIM != pass && r.Value == authres.ResultPass {
			c.DKIM, c.DKIMDomain = word(r.Value), hostOf(r.Domain)
			if c.DKIMDomain == "" {
				c.DKIMDomain = domainOrHost(r.Identifier)
			}
		}
	case *authres.DMARCResult:
		if c.DMARC == "" {
			c.DMARC = word(r.Value)
		}
	}
}

// word keeps a result that RFC 8601 knows.
func word(v authres.ResultValue) string {
	switch s := strings.ToLower(string(v)); s {
	case none, pass, fail, tempError, permError, "neutral", "softfail", "policy":
		return s
	case "hardfail":
		return fail
	}
	return permError
}

func domainOrHost(s string) string {
	if strings.Contains(s, "@") {
		return domainOf(s)
	}
	return hostOf(s)
}

// fields gives the unfolded values of a header field, the topmost first.
func fields(raw []byte, name string) []string {
	raw = raw[:min(len(raw), maxHeader)]
	var values []string
	open := false
	for row := range bytes.Lines(raw) {
		bare := bytes.TrimRight(row, "\r\n")
		if len(bare) == 0 {
			break
		}
		if bare[0] == ' ' || bare[0] == '\t' {
			if open {
				values[len(values)-1] += " " + string(bytes.TrimSpace(bare))
			}
			continue
		}
		key, value, _ := bytes.Cut(bare, []byte(":"))
		if open = strings.EqualFold(string(bytes.TrimSpace(key)), name); open {
			values = append(values, string(bytes.TrimSpace(value)))
		}
	}
	return values
}
