package config

import (
	"net/netip"
	"slices"
	"time"
)

// Serve is `deskmesh serve`.
type Serve struct {
	Storage

	Listen       string `name:"listen" env:"DESKMESH_LISTEN" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address for HTTP."`
	SMTPListen   string `name:"smtp-listen" env:"DESKMESH_SMTP_LISTEN" default:"127.0.0.1:2525" placeholder:"HOST:PORT" help:"Address for incoming mail; empty switches it off."`
	LMTPListen   string `name:"lmtp-listen" env:"DESKMESH_LMTP_LISTEN" placeholder:"HOST:PORT" help:"Address for mail that a mail server of one's own hands over by LMTP; without it there is none."`
	SMTPOut      string `name:"smtp-out" env:"DESKMESH_SMTP_OUT" placeholder:"URL" help:"Server for outgoing mail: smtp://user:password@host:port, or smtps:// for TLS from the first byte. Without it, mail waits in the queue."`
	HoldMail     bool   `name:"hold-mail" env:"DESKMESH_HOLD_MAIL" help:"Let no mail leave, whatever server is set here or in the desk: it waits. For looking into a copy."`
	NextFreePort bool   `name:"next-free-port" env:"DESKMESH_NEXT_FREE_PORT" help:"Take the next free port when one is busy."`

	Demo       bool `name:"demo" env:"DESKMESH_DEMO" help:"Put demo data into an empty database, and keep outgoing mail in a mailbox that anybody can read."`
	DemoPublic bool `name:"demo-public" env:"DESKMESH_DEMO_PUBLIC" help:"Let the demo listen on addresses other machines can reach."`

	TrustedProxies []Network `name:"trusted-proxy" env:"DESKMESH_TRUSTED_PROXY" placeholder:"NETWORK" help:"Network of a reverse proxy whose X-Forwarded-For, -Proto and -Host count, such as 10.0.0.0/8; may be given several times."`

	OutboundHosts []string `name:"outbound-host" env:"DESKMESH_OUTBOUND_HOST" placeholder:"HOST" help:"Host in one's own network that webhooks may be sent to, mailboxes fetched from and sign-in providers be at, such as robot.intern; may be given several times. Others are reached at public addresses only."`

	MailCertificate string    `name:"mail-cert" env:"DESKMESH_MAIL_CERT" placeholder:"FILE" help:"Certificate in PEM, with which senders may use TLS (STARTTLS); it is read anew for each connection."`
	MailKey         string    `name:"mail-key" env:"DESKMESH_MAIL_KEY" placeholder:"FILE" help:"Private key of --mail-cert, in PEM."`
	MailRelays      []Network `name:"mail-relay" env:"DESKMESH_MAIL_RELAY" placeholder:"NETWORK" help:"Network of a mail server that hands mail of others on to this one, such as 10.0.0.5/32; SPF is not asked for what comes from there. May be given several times."`
	MailAuthHosts   []string  `name:"mail-auth-host" env:"DESKMESH_MAIL_AUTH_HOST" placeholder:"HOST" help:"Name of a mail server whose Authentication-Results are believed in mail from a --mail-relay, this machine, LMTP or mail-in. Only one that takes such fields out of mails from outside. May be given several times."`
	MailRate        int       `name:"mail-rate" env:"DESKMESH_MAIL_RATE" default:"600" placeholder:"N" help:"Mails a minute that are taken from one client address."`

	MailMax    Size `name:"mail-max" env:"DESKMESH_MAIL_MAX" default:"25MiB" placeholder:"SIZE" help:"Largest incoming mail."`
	JobWorkers int  `name:"job-workers" env:"DESKMESH_JOB_WORKERS" default:"4" placeholder:"N" help:"Jobs that this node runs at the same time."`

	LiveStreams  int `name:"live-streams" env:"DESKMESH_LIVE_STREAMS" default:"5000" placeholder:"N" help:"Streams of live updates that this node has open at the same time."`
	LimitCaller  int `name:"limit-caller" env:"DESKMESH_LIMIT_CALLER" default:"50" placeholder:"N" help:"Requests a second of one person who is signed in, four seconds' worth at once; 0 sets no limit."`
	LimitAddress int `name:"limit-address" env:"DESKMESH_LIMIT_ADDRESS" default:"50" placeholder:"N" help:"Requests a second from one client address that nobody has signed in for, four seconds' worth at once; 0 sets no limit."`
	LimitPartner int `name:"limit-partner" env:"DESKMESH_LIMIT_PARTNER" default:"500" placeholder:"N" help:"Requests a second of another desk under one agreement, four seconds' worth at once, a large body more; 0 sets no limit."`

	AccessLog     string        `name:"access-log" env:"DESKMESH_ACCESS_LOG" default:"info" enum:"debug,info,off" placeholder:"LEVEL" help:"Level of the line about each request that was answered: debug, info or off. Failures are warnings always."`
	MetricsListen string        `name:"metrics-listen" env:"DESKMESH_METRICS_LISTEN" placeholder:"HOST:PORT" help:"Address for /metrics, /healthz and /readyz, apart from the desk's own. Without it there are no metrics."`
	MetricsToken  string        `name:"metrics-token" env:"DESKMESH_METRICS_TOKEN" placeholder:"SECRET" help:"Bearer token that /metrics asks for, of at least 20 characters; needed where other machines can reach the address."`
	DrainDelay    time.Duration `name:"drain-delay" env:"DESKMESH_DRAIN_DELAY" default:"0s" placeholder:"TIME" help:"How long the server goes on taking requests after it was asked to end, while /readyz answers 503, so that a load balancer looks elsewhere."`
}

// Outbound says whether a host in one's own network may be sent to. The name is
// in lower case.
func (s Serve) Outbound(host string) bool { return slices.Contains(s.OutboundHosts, host) }

// Relays gives the networks of mail servers that hand on mail of others.
func (s Serve) Relays() []netip.Prefix { return prefixes(s.MailRelays) }

// Proxies gives the trusted networks in the form the HTTP layer takes.
func (s Serve) Proxies() []netip.Prefix {
	return prefixes(s.TrustedProxies)
}

func prefixes(networks []Network) []netip.Prefix {
	list := make([]netip.Prefix, len(networks))
	for i, n := range networks {
		list[i] = n.Prefix
	}
	return list
}
