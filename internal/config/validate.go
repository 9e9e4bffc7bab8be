package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

func (c *CLI) validate(command string) error {
	switch command {
	case "serve":
		return c.Serve.validate()
	case "account create":
		return c.Account.Create.validate()
	case "seed":
		return c.Seed.validate()
	case "backup":
		return c.Backup.Storage.validate()
	case "restore":
		return c.Restore.Storage.validate()
	case "doctor":
		return c.Doctor.Serve.validate()
	case "check":
		return c.Check.Storage.validate()
	case "mail-in":
		return errors.Join(c.MailIn.Storage.validate(), wrong("--mail-max", checkSize(c.MailIn.MailMax, 1<<10, 100<<20)))
	case "migrate":
		return c.Migrate.Database.validate()
	}
	return nil
}

func (s Serve) validate() error {
	return errors.Join(
		s.Storage.validate(),
		s.validateListeners(),
		wrong("--smtp-out", checkMailServer(s.SMTPOut)),
		s.validateOutbound(),
		wrong("--mail-max", checkSize(s.MailMax, 1<<10, 100<<20)),
		wrong("--mail-rate", checkNumber(s.MailRate, 1, 1_000_000)),
		wrong("--job-workers", checkNumber(s.JobWorkers, 1, 256)),
		wrong("--live-streams", checkNumber(s.LiveStreams, 1, 1_000_000)),
		wrong("--limit-caller", checkNumber(s.LimitCaller, 0, 1_000_000)),
		wrong("--limit-address", checkNumber(s.LimitAddress, 0, 1_000_000)),
		wrong("--limit-partner", checkNumber(s.LimitPartner, 0, 1_000_000)),
		s.validateMetrics(),
		wrong("--drain-delay", checkDelay(s.DrainDelay, 10*time.Minute)),
	)
}

// leastToken is how long a token for the metrics must be.
const leastToken = 20

func (s Serve) validateMetrics() error {
	if s.MetricsListen == "" {
		return nil
	}
	if err := checkListen(s.MetricsListen, false); err != nil {
		return wrong("--metrics-listen", err)
	}
	host, _, _ := net.SplitHostPort(s.MetricsListen)
	switch {
	case s.MetricsToken == "" && !isLoopback(host):
		return wrong("--metrics-listen", fmt.Errorf("other machines can reach %q: give --metrics-token as well, or listen on this machine (127.0.0.1)", host))
	case s.MetricsToken != "" && len(s.MetricsToken) < leastToken:
		return wrong("--metrics-token", fmt.Errorf("it needs at least %d characters", leastToken))
	}
	return nil
}

func (s Serve) validateOutbound() error {
	var errs []error
	for _, host := range s.OutboundHosts {
		errs = append(errs, wrong("--outbound-host", checkPattern(hostPattern, host, "a host name in lower case, without a port")))
	}
	return errors.Join(errs...)
}

func (s Serve) validateListeners() error {
	if s.DemoPublic && !s.Demo {
		return wrong("--demo-public", errors.New("this needs --demo"))
	}
	errs := []error{wrong("--listen", checkListen(s.Listen, s.Demo && !s.DemoPublic))}
	if s.SMTPListen != "" {
		errs = append(errs, wrong("--smtp-listen", checkListen(s.SMTPListen, s.Demo && !s.DemoPublic)))
	}
	if s.LMTPListen != "" {
		errs = append(errs, wrong("--lmtp-listen", checkListen(s.LMTPListen, s.Demo && !s.DemoPublic)))
	}
	if (s.MailCertificate == "") != (s.MailKey == "") {
		errs = append(errs, wrong("--mail-cert", errors.New("this and --mail-key need each other")))
	}
	return errors.Join(errs...)
}

func (a AccountCreate) validate() error {
	return errors.Join(
		a.Database.validate(),
		wrong("--name", checkText(a.Name)),
		wrong("--slug", checkPattern(slugPattern, a.Slug, "2 to 40 lower-case letters, digits and hyphens")),
		wrong("--host", checkPattern(hostPattern, a.Host, "a host name in lower case, without a port")),
		wrong("--base-url", checkBaseURL(a.BaseURL)),
		wrong("--owner-name", checkText(a.OwnerName)),
		wrong("--owner-address", checkAddress(a.OwnerAddress)),
	)
}

func (s Seed) validate() error {
	return errors.Join(
		s.Database.validate(),
		wrong("--tickets", checkNumber(s.Tickets, 0, 100_000_000)),
		wrong("--agents", checkNumber(s.Agents, 1, 100_000)),
		wrong("--groups", checkNumber(s.Groups, 1, 10_000)),
		wrong("--shares", checkNumber(s.Shares, -1, 100_000_000)),
	)
}

func (s Storage) validate() error {
	err := s.Database.validate()
	if s.Data == "" {
		return errors.Join(err, wrong("--data", errors.New("name a folder")))
	}
	return err
}

// validate looks only at how the address begins: the driver knows the rest, and
// a message about the rest could repeat a password.
func (d Database) validate() error {
	for _, scheme := range []string{"sqlite:", "postgres://", "postgresql://"} {
		if rest, found := strings.CutPrefix(d.DB, scheme); found && rest != "" {
			return nil
		}
	}
	return wrong("--db", errors.New("it must be sqlite:path or postgres://user:password@host/name"))
}

func wrong(flag string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", flag, err)
}

func checkListen(address string, loopbackOnly bool) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%q is not host:port, such as 127.0.0.1:8080", address)
	}
	if err := checkPort(port); err != nil {
		return err
	}
	if loopbackOnly && !isLoopback(host) {
		return fmt.Errorf("the demo has passwords everybody knows, so it only listens on this machine (127.0.0.1, [::1] or localhost), not on %q; --demo-public allows it", host)
	}
	return nil
}

func checkPort(port string) error {
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("%q is not a port between 0 and 65535", port)
	}
	return nil
}

func isLoopback(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().IsLoopback()
	}
	return strings.EqualFold(host, "localhost")
}

func checkMailServer(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "smtp" && u.Scheme != "smtps") || u.Hostname() == "" || u.Port() == "" ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("it must be smtp://host:port or smtps://host:port, with user:password@ before the host where needed")
	}
	return checkPort(u.Port())
}

func checkBaseURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("it must be https://host (or http://host:port for trying things out), without a path")
	}
	return nil
}

func checkAddress(address string) error {
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address {
		return fmt.Errorf("%q is not a mail address", address)
	}
	return nil
}

func checkText(text string) error {
	if strings.TrimSpace(text) == "" || len(text) > 200 {
		return errors.New("it needs 1 to 200 characters")
	}
	return nil
}

var (
	slugPattern = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])$`)
	hostPattern = regexp.MustCompile(`^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)
)

func checkPattern(pattern *regexp.Regexp, text, form string) error {
	if len(text) > 253 || !pattern.MatchString(text) {
		return fmt.Errorf("%q is not %s", text, form)
	}
	return nil
}

func checkSize(size, least, most Size) error {
	if size < least || size > most {
		return fmt.Errorf("%s is not between %s and %s", size, least, most)
	}
	return nil
}

func checkDelay(d, most time.Duration) error {
	if d < 0 || d > most {
		return fmt.Errorf("%s is not between 0s and %s", d, most)
	}
	return nil
}

func checkNumber(n, least, most int) error {
	if n < least || n > most {
		return fmt.Errorf("%d is not between %d and %d", n, least, most)
	}
	return nil
}
