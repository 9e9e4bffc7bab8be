package app

import (
	"bytes"
	"context"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
)

// JobMailIn makes a ticket or a message of one raw mail.
const JobMailIn = "mail.in"

// mailMax is the largest mail taken in.
func (a *App) mailMax() int64 {
	if a.MailMax == 0 {
		return 25 << 20
	}
	return a.MailMax
}

// largeMail is the size beyond which only two mails are read at the same time, and
// others are put off: in memory one takes several times its size.
const largeMail = 1 << 20

var readingLarge = make(chan struct{}, 2)

type mailInArgs struct {
	Mail int64 `json:"mail"`
}

// MailRecipient says whether this desk takes mail for an address: an inbox's
// own one, or one that the desk signed for a reply. Anything else is NotFound.
// Mail to an inactive inbox is taken and held, so that nothing is lost.
func (a *App) MailRecipient(ctx context.Context, address string) error {
	return a.DB.Read(ctx, func(tx *store.Tx) error {
		_, _, err := a.mailInbox(tx, address)
		return err
	})
}

// mailInbox finds the account and inbox that an envelope address means.
func (a *App) mailInbox(tx *store.Tx, address string) (int64, *dm.Inbox, error) {
	base, of := address, int64(0)
	if b, reply, signed := a.Signer.Parse(address); signed {
		base, of = b, reply.Account
	} else if b, side, signed := a.Signer.ParseSide(address); signed {
		base, of = b, side.Account
	}
	account, box, err := tx.InboxByAddress(base)
	if err != nil {
		return 0, nil, err
	}
	if of != 0 && of != account {
		return 0, nil, dm.Missing("inbox")
	}
	return account, box, nil
}

// ArrivedMail is a mail as the SMTP server took it.
type ArrivedMail struct {
	From     string   // envelope sender; "" for bounces
	To       []string // accepted recipients
	RemoteIP string
	HELO     string        // how the sending host introduced itself
	Source   dm.MailSource // "" is SMTP
	// Trusted are the hosts whose Authentication-Results in the mail count,
	// because it came through them; without one this desk checks itself.
	Trusted []string
	Raw     []byte
}

// AcceptMail keeps a mail, once for each recipient, with a job that will read
// it. When it returns nil both are durable, and the sender may be told so.
func (a *App) AcceptMail(ctx context.Context, m ArrivedMail) error {
	keys := make([]string, len(m.To))
	for i := range m.To {
		key, _, _, err := a.Blobs.Put(ctx, bytes.NewReader(m.Raw), a.mailMax())
		if err != nil {
			return err
		}
		keys[i] = key
	}
	return a.write(ctx, func(tx *store.Tx) error {
		for i, to := range m.To {
			account, _, err := a.mailInbox(tx, to)
			if err != nil {
				return err
			}
			raw := &store.RawMail{Account: account, EnvelopeFrom: m.From, Recipient: to, RemoteIP: m.RemoteIP, Size: int64(len(m.Raw)), BlobKey: keys[i],
				Source: m.Source, HELO: cutText(m.HELO, 255), Trusted: m.Trusted}
			if err := tx.InsertRawMail(raw); err != nil {
				return err
			}
			if _, _, err := tx.Enqueue(store.NewJob{Account: account, Kind: JobMailIn, Args: mailInArgs{raw.ID}, Urgency: store.Normal}); err != nil {
				return err
			}
		}
		return nil
	})
}

// arrival is one raw mail on its way to a ticket.
type arrival struct {
	raw   *store.RawMail
	in    *mail.Incoming
	from  mail.Address
	text  string
	html  string
	files []dm.Attachment
	reply *mail.Reply
	side  *mail.Side
	bytes []byte // as it arrived, until its sender is checked
}

// fresh is what the sender wrote, without what it answers to.
func (m *arrival) fresh() string {
	fresh, _ := mail.SplitQuote(m.text)
	if fresh, _ = mail.SplitSignature(fresh); fresh == "" {
		fresh = m.text
	}
	if fresh == "" && len(m.files) == 0 {
		fresh = "(no text)"
	}
	return fresh
}

// takeMail does the job JobMailIn. It may run twice: a mail that was dealt with
// is left alone.
func (a *App) takeMail(ctx context.Context, account, id int64) error {
	var m arrival
	err := a.DB.Read(ctx, func(tx *store.Tx) (err error) {
		m.raw, err = tx.RawMail(account, id)
		return err
	})
	if err != nil || m.raw.State != "waiting" {
		return err
	}
	if m.raw.Size > largeMail {
		select {
		case readingLarge <- struct{}{}:
			defer func() { <-readingLarge }()
		default:
			return jobs.Snooze(checkAgain)
		}
	}
	for _, step := range []func(context.Context, *arrival) error{a.readMail, a.checkSender, a.keepFiles} {
		if err := step(ctx, &m); err != nil {
			if dm.CodeOf(err) != dm.Invalid && dm.CodeOf(err) != dm.TooLarge {
				return err
			}
			return a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error { return finish(tx, &m, "failed", err.Error()) })
		}
	}
	err = a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error {
		now, err := tx.RawMail(account, id)
		if err != nil || now.State != "waiting" {
			return err
		}
		return a.placeMail(tx, &m)
	})
	if err != nil || m.raw.State == "ticket" || m.raw.State == "reply" {
		return err
	}
	return a.dropFiles(ctx, &m)
}

// dropFiles deletes the files of a mail that became no message. The raw mail has
// them still.
func (a *App) dropFiles(ctx context.Context, m *arrival) error {
	for i := range m.files {
		if err := a.deleteBlob(ctx, m.files[i].BlobKey); err != nil {
			return err
		}
	}
	return nil
}

// finish stores what became of a mail.
func finish(tx *store.Tx, m *arrival, state, detail string) error {
	m.raw.State, m.raw.Detail = state, cutText(detail, 1000)
	return tx.FinishRawMail(m.raw)
}

func cutText(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most])
	}
	return s
}

// readMail parses the raw mail.
func (a *App) readMail(ctx context.Context, m *arrival) error {
	raw, err := a.rawBytes(ctx, m.raw)
	if err != nil {
		return err
	}
	if m.in, err = mail.Parse(raw, mail.Limits{Bytes: int(a.mailMax())}); err != nil {
		return err
	}
	m.bytes = raw
	m.from = m.in.From
	if m.from.Email == "" {
		m.from = mail.Address{Email: m.raw.EnvelopeFrom}
	}
	m.raw.FromName, m.raw.FromAddress, m.raw.Digest = cutText(cleanText(m.from.Name), 200), cutText(m.from.Email, 320), m.in.Digest()
	if _, r, ok := a.Signer.Parse(m.raw.Recipient); ok {
		m.reply = &r
	}
	if _, x, ok := a.Signer.ParseSide(m.raw.Recipient); ok {
		m.side = &x
	}
	m.text = cutText(strings.TrimSpace(cleanText(m.in.Text)), maxMessageText)
	if m.in.HTML != "" && len(m.in.HTML) <= maxMessageHTML {
		m.html, _ = mail.Sanitise(m.in.HTML, nil)
	}
	return nil
}

// rawBytes reads a raw mail, whose size is known, in one piece of memory.
func (a *App) rawBytes(ctx context.Context, m *store.RawMail) ([]byte, error) {
	body, _, err := a.Blobs.Open(ctx, m.BlobKey)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	raw := bytes.NewBuffer(make([]byte, 0, min(m.Size, a.mailMax())+bytes.MinRead))
	_, err = raw.ReadFrom(body)
	return raw.Bytes(), err
}

// keepFiles stores the mail's attachments. A file that the account does not
// accept is left out of the ticket; the raw mail still has it.
func (a *App) keepFiles(ctx context.Context, m *arrival) error {
	dir, err := a.directory(ctx, m.raw.Account)
	if err != nil {
		return err
	}
	for i := range m.in.Attachments {
		part := &m.in.Attachments[i]
		if len(m.files) == maxFilesTaken {
			return nil
		}
		name, err := fileName(part.Name, &dir.Settings)
		if err != nil {
			continue
		}
		f, err := a.storeFile(ctx, name, bytes.NewReader(part.Content), int64(dir.Settings.AttachmentMaxBytes))
		if dm.CodeOf(err) == dm.TooLarge {
			continue
		}
		if err != nil {
			return err
		}
		f.ContentID = cutText(part.ContentID, 500)
		m.files = append(m.files, *f)
	}
	return nil
}
