package origin

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"strings"
	"time"

	"blitiri.com.ar/go/spf"
	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-msgauth/dmarc"

	dm "github.com/deskmesh/deskmesh"
)

// The words of RFC 8601 that decide something.
const (
	none      = "none"
	pass      = "pass"
	fail      = "fail"
	tempError = "temperror"
	permError = "permerror"
)

const (
	defaultTimeout = 10 * time.Second
	maxSignatures  = 5
	maxLookups     = 40 // of one mail
)

// Resolver asks the domain name system. *net.Resolver is one.
type Resolver = spf.DNSResolver

// Checker checks mails. It is safe for concurrent use. Its zero value asks the
// system's resolver.
type Checker struct {
	Resolver Resolver
	Timeout  time.Duration // for one mail; 0 takes 10 seconds
}

// Mail is what is checked.
type Mail struct {
	RemoteIP     string // of the host that handed the mail over
	HELO         string
	EnvelopeFrom string
	From         string // the address in the From field
	// Several says that the From field, or more than one of them, names several
	// senders. Nobody can say which of them a signature is for.
	Several bool
	// Direct says that the mail came from its sender's host to this one by SMTP, so
	// that RemoteIP says something about the sender.
	Direct bool
	// Trusted are the hosts whose Authentication-Results count. With any, nothing
	// but DKIM is checked here.
	Trusted []string
	Raw     []byte
}

// Check finds out who sent a mail.
func (c *Checker) Check(ctx context.Context, m Mail) (dm.MailVerdict, dm.MailChecks) {
	timeout := c.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	w := &check{ctx: ctx, mail: &m, domain: domainOf(m.From)}
	w.dns = &bounded{resolver: c.Resolver, left: maxLookups}
	if w.dns.resolver == nil {
		w.dns.resolver = net.DefaultResolver
	}
	if trusted := readTrusted(m.Raw, m.Trusted); trusted != nil {
		w.checks = *trusted
	} else {
		w.checkDKIM()
		if m.Direct && len(m.Trusted) == 0 {
			w.checkSPF()
			w.checkDMARC()
		}
	}
	return w.verdict(), w.checks
}

// check is one mail being checked.
type check struct {
	ctx    context.Context
	mail   *Mail
	domain string // of the From field, in lower case
	dns    *bounded
	checks dm.MailChecks
	aspf   dmarc.AlignmentMode
	adkim  dmarc.AlignmentMode
}

// verdict sums the checks up. A domain without DMARC is taken at what an aligned
// SPF or DKIM says.
func (w *check) verdict() dm.MailVerdict {
	c := &w.checks
	proven := w.aligned(c.SPF, c.SPFDomain, w.aspf) || w.aligned(c.DKIM, c.DKIMDomain, w.adkim)
	switch {
	case w.mail.Several:
		return dm.MailFail
	case w.domain == "":
		return dm.MailUnknown
	case c.DMARC == pass:
		return dm.MailPass
	case c.DMARC == fail:
		return dm.MailFail
	case c.DMARC == tempError || c.DMARC == permError:
		return dm.MailUnknown
	case proven:
		return dm.MailPass
	case c.SPF == fail && sameOrganisation(c.SPFDomain, w.domain):
		return dm.MailFail
	}
	return dm.MailUnknown
}

// aligned says whether a check passed for the domain of the From field (RFC 7489
// section 3.1).
func (w *check) aligned(result, domain string, mode dmarc.AlignmentMode) bool {
	if result != pass || w.domain == "" {
		return false
	}
	return strings.EqualFold(domain, w.domain) || mode != dmarc.AlignmentStrict && sameOrganisation(domain, w.domain)
}

// checkSPF asks whether the host may send for the domain of the envelope, or for
// the name it gave itself where the envelope is empty. An address inside one's
// own network says nothing.
func (w *check) checkSPF() {
	ip, err := netip.ParseAddr(w.mail.RemoteIP)
	if err != nil || ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() {
		return
	}
	w.checks.SPFDomain = domainOf(w.mail.EnvelopeFrom)
	if w.checks.SPFDomain == "" {
		w.checks.SPFDomain = hostOf(w.mail.HELO)
	}
	if w.checks.SPFDomain == "" {
		return
	}
	result, _ := spf.CheckHostWithSender(net.IP(ip.Unmap().AsSlice()), w.mail.HELO, w.mail.EnvelopeFrom, spf.WithContext(w.ctx), spf.WithResolver(w.dns))
	w.checks.SPF = string(result)
}

// checkDKIM verifies the signatures and keeps the result that says most: one that
// holds for the sender's domain, else any that holds, else what went wrong.
func (w *check) checkDKIM() {
	defer func() {
		if recover() != nil { // a fault of the library must not stop the mail
			w.checks.DKIM, w.checks.DKIMDomain = permError, ""
		}
	}()
	// Too many signatures, or a header that cannot be read: what was verified counts.
	list, _ := dkim.VerifyWithOptions(bytes.NewReader(w.mail.Raw), &dkim.VerifyOptions{LookupTXT: w.lookupTXT, MaxVerifications: maxSignatures})
	best := -1
	for _, v := range list {
		result, rank := fail, 1
		switch {
		case v.Err == nil && sameOrganisation(v.Domain, w.domain):
			result, rank = pass, 4
		case v.Err == nil:
			result, rank = pass, 3
		case dkim.IsTempFail(v.Err):
			result, rank = tempError, 2
		case dkim.IsPermFail(v.Err):
			result, rank = permError, 0
		}
		if rank > best {
			best, w.checks.DKIM, w.checks.DKIMDomain = rank, result, hostOf(v.Domain)
		}
	}
	if len(list) == 0 {
		w.checks.DKIM = none
	}
}

// checkDMARC applies the rules of the sender's domain, or of the organisation it
// belongs to.
func (w *check) checkDMARC() {
	if w.domain == "" {
		return
	}
	if w.checks.SPF == "" && w.checks.DKIM == none {
		// Nothing is known that a policy could be held against: it is not asked for.
		w.checks.DMARC = none
		return
	}
	record, err := w.policy()
	switch {
	case err == dmarc.ErrNoPolicy: //nolint:errorlint // the library gives it bare
		w.checks.DMARC = none
		return
	case err != nil && (dmarc.IsTempFail(err) || w.ctx.Err() != nil):
		w.checks.DMARC = tempError
		return
	case err != nil:
		w.checks.DMARC = permError
		return
	}
	c := &w.checks
	w.aspf, w.adkim = record.SPFAlignment, record.DKIMAlignment
	switch {
	case w.aligned(c.SPF, c.SPFDomain, w.aspf), w.aligned(c.DKIM, c.DKIMDomain, w.adkim):
		c.DMARC = pass
	case c.SPF == tempError || c.DKIM == tempError:
		c.DMARC = tempError
	case c.SPF == "":
		// Without SPF half of the evidence is missing: the mail came from inside.
		c.DMARC = none
	default:
		c.DMARC = fail
	}
}

func (w *check) policy() (*dmarc.Record, error) {
	options := &dmarc.LookupOptions{LookupTXT: w.lookupTXT}
	record, err := dmarc.LookupWithOptions(w.domain, options)
	if above := organisation(w.domain); err == dmarc.ErrNoPolicy && above != "" && above != w.domain { //nolint:errorlint // see checkDMARC
		return dmarc.LookupWithOptions(above, options)
	}
	return record, err
}

func (w *check) lookupTXT(name string) ([]string, error) { return w.dns.LookupTXT(w.ctx, name) }
