package backup

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/blob"
	"github.com/deskmesh/deskmesh/internal/store"
)

// busyDesk is a desk at which several writers make tickets without a pause.
type busyDesk struct {
	*desk
	account, inbox, person int64
	acknowledged           atomic.Int64  // tickets
	moved                  chan struct{} // a ticket was acknowledged
}

func newBusyDesk(t *testing.T, engine string) *busyDesk {
	t.Helper()
	d := &busyDesk{desk: newDesk(t, engine), moved: make(chan struct{}, 1)}
	if err := d.db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := d.db.Write(t.Context(), store.Urgent, func(tx *store.Tx) (err error) {
		if d.account, err = tx.CreateAccount(dm.Account{Slug: "acme", Name: "Acme", BaseURL: "https://acme.example", Edition: "full"}); err != nil {
			return err
		}
		brand, err := tx.CreateBrand(d.account, "Acme")
		if err != nil {
			return err
		}
		if d.inbox, err = tx.CreateInbox(d.account, &dm.Inbox{BrandID: brand, Name: "Support", Address: "support@acme.example"}); err != nil {
			return err
		}
		d.person, err = tx.CreatePerson(d.account, &dm.Person{Kind: dm.Requester, Name: "Rita", Address: "rita@customer.example"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	d.longTicket()
	return d
}

// longTicket makes a ticket whose messages take several writes of an archive.
func (d *busyDesk) longTicket() {
	d.t.Helper()
	if err := d.ticket(d.t.Context(), busyWriters, 0); err != nil {
		d.t.Fatal(err)
	}
	noise := rand.NewChaCha8([32]byte{})
	for range 10 {
		text := make([]byte, 32<<10)
		noise.Read(text)
		d.exec(fmt.Sprintf(`INSERT INTO messages (account_id, ticket_id, kind, text, via, created_at)
SELECT account_id, id, 'note', '%x', 'api', 1 FROM tickets`, text))
	}
	d.exec(`UPDATE tickets SET message_count = message_count + 10`)
}

// await waits until the writers have made so many tickets, or ctx ends.
func (d *busyDesk) await(ctx context.Context, goal int64) {
	for d.acknowledged.Load() < goal {
		select {
		case <-d.moved:
		case <-ctx.Done():
			return
		}
	}
}

// slowDisk takes an archive no faster than the writers make tickets.
type slowDisk struct {
	ctx  context.Context
	desk *busyDesk
	bytes.Buffer
}

func (s *slowDisk) Write(p []byte) (int, error) {
	s.desk.await(s.ctx, s.desk.acknowledged.Load()+1)
	return s.Buffer.Write(p)
}

// ticket makes a ticket with its messages, files and job as a request does: the
// bytes of a file first, then all rows in one transaction.
func (d *busyDesk) ticket(ctx context.Context, writer, n int) error {
	content := fmt.Sprintf("file %d of writer %d", n, writer)
	key, size, digest, err := d.blobs.Put(ctx, strings.NewReader(content), 1<<20)
	if err != nil {
		return err
	}
	err = d.db.Write(ctx, store.Urgent, func(tx *store.Tx) error {
		t := &dm.Ticket{
			Subject: fmt.Sprintf("Subject %d/%d", writer, n), Status: dm.StatusNew, Priority: dm.PriorityNormal, Type: dm.TypeTask,
			InboxID: d.inbox, RequesterID: d.person, Via: dm.ViaAPI,
		}
		if err := tx.InsertTicket(d.account, t); err != nil {
			return err
		}
		messages := 1 + n%3
		for i := range messages {
			m := &dm.Message{TicketID: t.ID, Kind: dm.Reply, AuthorID: d.person, Text: strings.Repeat("word ", 50*i+n%50), Via: dm.ViaAPI}
			if err := tx.InsertMessage(d.account, m, i == 0); err != nil {
				return err
			}
			if i > 0 {
				continue
			}
			file := &dm.Attachment{UploaderID: d.person, TicketID: t.ID, MessageID: m.ID, Name: "a.txt", ContentType: "text/plain", Size: size, Digest: digest, BlobKey: key}
			if err := tx.InsertAttachment(d.account, file); err != nil {
				return err
			}
		}
		t.Messages = messages
		if err := tx.SetMessages(d.account, t); err != nil {
			return err
		}
		if _, _, err := tx.Enqueue(store.NewJob{Account: d.account, Kind: "work", UniqueKey: key}); err != nil {
			return err
		}
		return tx.NumberTicket(d.account, t)
	})
	if err == nil {
		d.acknowledged.Add(1)
		select {
		case d.moved <- struct{}{}:
		default:
		}
	}
	return err
}

// TestBackupUnderLoad takes backups while writers never pause, and holds that
// what is restored is one moment of the desk: every ticket acknowledged before
// the backup began, none that began after it ended, each whole.
func TestBackupUnderLoad(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			d := newBusyDesk(t, engine)
			for i, b := range d.backupsUnderLoad(2, 20) {
				if b.summary.Missing != 0 {
					t.Errorf("%d files are missing", b.summary.Missing)
				}
				target := newDesk(t, engines[i%2])
				if _, err := target.restore(b.archive); err != nil {
					t.Fatalf("restore to %s: %v", target.engine, err)
				}
				target.oneMoment(b.least, b.most)
			}
		})
	}
}

// taken is a backup with the number of tickets it may hold.
type taken struct {
	archive     []byte
	summary     *Summary
	least, most int64
}

const busyWriters = 3

// backupsUnderLoad takes some backups, one whenever the writers have made some
// more tickets.
func (d *busyDesk) backupsUnderLoad(count int, pace int64) (all []taken) {
	d.t.Helper()
	ctx, stop := context.WithCancel(d.t.Context())
	var writers sync.WaitGroup
	defer writers.Wait()
	defer stop()
	for writer := range busyWriters {
		writers.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				if err := d.ticket(ctx, writer, n); err != nil && ctx.Err() == nil {
					d.t.Error(err)
					stop()
				}
			}
		})
	}
	for range count {
		d.await(ctx, d.acknowledged.Load()+pace)
		b := taken{least: d.acknowledged.Load()}
		disk := &slowDisk{ctx: ctx, desk: d}
		var err error
		if b.summary, err = Write(d.t.Context(), d.db, d.blobs, disk); err != nil {
			d.t.Fatal(err)
		}
		b.archive = disk.Bytes()
		// A writer whose commit is done may not have counted it yet.
		b.most = d.acknowledged.Load() + busyWriters
		all = append(all, b)
	}
	return all
}

// oneMoment holds that a restored desk is what a busy one was at one moment.
func (d *desk) oneMoment(least, most int64) {
	d.t.Helper()
	tickets := d.number(`SELECT COUNT(*) FROM tickets`)
	if tickets < least || tickets > most {
		d.t.Errorf("%d tickets, not %d to %d", tickets, least, most)
	}
	for _, same := range []string{
		`SELECT MAX(number) FROM tickets`,
		`SELECT MAX(last_number) FROM accounts`,
		`SELECT COUNT(DISTINCT number) FROM tickets WHERE number > 0`,
		`SELECT COUNT(*) FROM attachments a JOIN messages m ON m.id = a.message_id AND m.ticket_id = a.ticket_id`,
		`SELECT COUNT(*) FROM jobs`,
		`SELECT COUNT(*) FROM tickets t WHERE message_count = (SELECT COUNT(*) FROM messages m WHERE m.ticket_id = t.id)`,
	} {
		if n := d.number(same); n != tickets {
			d.t.Errorf("%s: %d, not %d", same, n, tickets)
		}
	}
	if n, m := d.number(`SELECT COUNT(*) FROM messages_fts WHERE rowid % 2 = 0`), d.number(`SELECT COUNT(*) FROM messages`); n != m {
		d.t.Errorf("%d search documents for %d messages", n, m)
	}
	if n := int64(len(d.files())); n != tickets {
		d.t.Errorf("%d files for %d tickets", n, tickets)
	}
}

// TestFileDeletedMeanwhile deletes a file between the moment of the rows and
// the copying of its bytes: the backup is whole but for that file.
func TestFileDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	source, target := filledDesk(t, "sqlite"), newDesk(t, "sqlite")
	var archive bytes.Buffer
	summary, err := Write(t.Context(), source.db, vanishing{source.blobs}, &archive)
	if err != nil || summary.Files != 1 || summary.Missing != 3 {
		t.Fatalf("%+v, %v", summary, err)
	}
	restored, err := target.restore(archive.Bytes())
	if err != nil || restored.Missing != 3 {
		t.Errorf("%+v, %v", restored, err)
	}
	if n := target.number(`SELECT COUNT(*) FROM attachments`); n != 3 {
		t.Errorf("%d attachments", n)
	}
}

// vanishing is a file store from which one file is deleted just before it is
// opened.
type vanishing struct{ *blob.Folder }

func (v vanishing) Open(ctx context.Context, key string) (file io.ReadSeekCloser, size int64, err error) {
	if key == keyTwo {
		if err := v.Delete(ctx, key); err != nil {
			return nil, 0, err
		}
	}
	return v.Folder.Open(ctx, key)
}
