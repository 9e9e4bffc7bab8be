package app

import (
	"context"
	"crypto/subtle"
	"io"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/store"
)

// JobPartnerFile fetches a file that a message of a partner names.
const JobPartnerFile = "partner.file"

type partnerFileArgs struct {
	File int64 `json:"file"`
}

// partnerFilePauses are the waits after failed tries to fetch a file.
var partnerFilePauses = []time.Duration{2 * time.Second, 30 * time.Second, 5 * time.Minute, time.Hour, 6 * time.Hour}

// partnerFileHold is after how many failed tries a message goes on to other partners
// without a file that is still not here: about half a minute.
const partnerFileHold = 3

// maxPartnerFiles bounds the files of one message.
const maxPartnerFiles = maxFilesTaken

// fetchLater notes the files of a message that came from a partner, and puts the
// jobs in line that fetch them. What is not fetched is said so.
func (a *App) fetchLater(tx *store.Tx, dir *store.Directory, p *dm.Partner, link, message int64, files []PartnerAttachment) error {
	for i, f := range files {
		row := &dm.PartnerFile{LinkID: link, MessageID: message, URL: f.URL, Name: plainName(f.Name), Type: f.Type, State: dm.PartnerWaiting, NextAt: tx.Now()}
		name, err := fileName(row.Name, &dir.Settings)
		switch {
		case len(f.URL) > 2000:
			row.URL, row.Error = "about:blank", "Its address is too long."
		case !p.Terms.Attachments:
			row.Error = "The agreement lets no files cross."
		case i >= maxPartnerFiles:
			row.Error = "The message has too many files."
		case err != nil:
			row.Error = "Files of this name are not accepted here."
		default:
			row.Name = name
		}
		if row.Error != "" {
			row.State, row.NextAt = dm.PartnerLost, 0
		}
		if err := tx.InsertPartnerFile(dir.Account.ID, row); err != nil {
			return err
		}
		if row.State == dm.PartnerLost {
			continue
		}
		if _, _, err := tx.Enqueue(store.NewJob{Account: dir.Account.ID, Kind: JobPartnerFile, Args: partnerFileArgs{row.ID}, Urgency: store.Normal}); err != nil {
			return err
		}
	}
	return nil
}

// fetchPartnerFile does the job JobPartnerFile.
func (a *App) fetchPartnerFile(ctx context.Context, account int64, args partnerFileArgs) error {
	if a.Partners == nil {
		return jobs.Snooze(hookWait)
	}
	var f *dm.PartnerFile
	var p dm.Partner
	var key string
	var most int64
	err := a.DB.Read(ctx, func(tx *store.Tx) (err error) {
		if f, err = tx.PartnerFile(account, args.File); err != nil {
			return err
		}
		k, err := tx.PartnerLink(account, f.LinkID)
		if err != nil {
			return err
		}
		dir, err := tx.Directory(account)
		if err != nil {
			return err
		}
		p, most = dir.Partners[k.PartnerID], int64(dir.Settings.AttachmentMaxBytes)
		m, err := a.beginPartnerMessage(tx, account, &dm.PartnerDelivery{PartnerID: p.ID})
		if err == nil {
			key = m.Key
		}
		return err
	})
	if err != nil || f.State != dm.PartnerWaiting {
		return gone(err)
	}
	var problem string
	var stored *dm.Attachment
	if p.Status != dm.PartnerAccepted {
		problem = "The agreement is not in force."
	} else if stored, problem, err = a.copyPartnerFile(ctx, &p, key, f, most); err != nil {
		return err
	}
	return a.DB.Write(context.WithoutCancel(ctx), store.Normal, func(tx *store.Tx) error { return a.keepPartnerFile(tx, account, f, stored, problem) })
}

// copyPartnerFile fetches the bytes; problem says in words why there are none.
func (a *App) copyPartnerFile(ctx context.Context, p *dm.Partner, key string, f *dm.PartnerFile, most int64) (*dm.Attachment, string, error) {
	body, problem := a.Partners.Fetch(ctx, p, key, f.URL, most)
	if problem != "" {
		return nil, problem, ctx.Err()
	}
	defer body.Close()
	stored, err := a.storeFile(ctx, f.Name, io.LimitReader(body, most+1), most)
	switch {
	case dm.CodeOf(err) == dm.TooLarge:
		return nil, "It is larger than files may be here.", nil
	case err != nil && ctx.Err() == nil:
		return nil, "It broke off on the way.", nil
	}
	return stored, "", err
}

// keepPartnerFile gives a file to its message, or notes why it is not here.
func (a *App) keepPartnerFile(tx *store.Tx, account int64, f *dm.PartnerFile, stored *dm.Attachment, problem string) error {
	k, err := tx.PartnerLink(account, f.LinkID)
	if err != nil {
		return gone(err)
	}
	now, err := tx.PartnerFile(account, f.ID)
	if err != nil || now.State != dm.PartnerWaiting {
		return gone(err)
	}
	now.Attempts++
	now.Error = problem
	switch {
	case problem == "":
		stored.TicketID, stored.MessageID = k.TicketID, f.MessageID
		if err := tx.InsertAttachment(account, stored); err != nil {
			return err
		}
		now.State, now.NextAt, now.AttachmentID = dm.PartnerDone, 0, stored.ID
		if err := tx.ReindexMessage(account, f.MessageID); err != nil {
			return err
		}
	case now.Attempts > len(partnerFilePauses):
		now.State, now.NextAt = dm.PartnerLost, 0
	default:
		now.NextAt = tx.Now().Add(partnerFilePauses[now.Attempts-1])
		if _, _, err := tx.Enqueue(store.NewJob{Account: account, Kind: JobPartnerFile, Args: partnerFileArgs{f.ID}, RunAt: now.NextAt, Urgency: store.Normal}); err != nil {
			return err
		}
	}
	if err := tx.SavePartnerFile(account, now); err != nil || now.State == dm.PartnerWaiting && now.Attempts < partnerFileHold {
		return err
	}
	return a.passOn(tx, account, k)
}

// passOn tells the other partners of a ticket what waited for a file that came over
// a link.
func (a *App) passOn(tx *store.Tx, account int64, from *dm.PartnerLink) error {
	links, err := tx.LockPartnerLinks(account, from.TicketID)
	if err != nil {
		return err
	}
	dir, err := tx.Directory(account)
	if err != nil {
		return err
	}
	for i := range links {
		k := &links[i]
		p := dir.Partners[k.PartnerID]
		if k.ID == from.ID || !k.State.Live() || p.Status != dm.PartnerAccepted {
			continue
		}
		waiting, err := tx.WaitingOnPartnerLink(account, p.ID, k.ID)
		if err == nil && waiting == 0 {
			err = a.tellPartner(tx, account, &p, k.ID, dm.SendTicketUpdate, tellData{})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// PartnerFile opens a file for whoever has its signed address, while ticket,
// agreement and file are shared still; else NotFound, whatever the reason.
func (a *App) PartnerFile(ctx context.Context, account int64, ticket string, file int64, sign string) (*dm.Attachment, io.ReadCloser, error) {
	missing := dm.Missing("file")
	var found *dm.Attachment
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		dir, err := tx.Directory(account)
		if err != nil {
			return err
		}
		links, err := tx.PartnerLinksByUUID(account, ticket)
		if err != nil {
			return err
		}
		for i := range links {
			k, p := &links[i], dir.Partners[links[i].PartnerID]
			want, err := partnerFileSign(tx, account, &p, k, file)
			if err != nil {
				return err
			}
			if subtle.ConstantTimeCompare([]byte(want), []byte(sign)) != 1 {
				continue
			}
			if !k.State.Live() || p.Status != dm.PartnerAccepted || !PartnersOn(dir) {
				return missing
			}
			found, err = fileOverLink(tx, dir, &p, k, file)
			return err
		}
		return missing
	})
	if err != nil {
		return nil, nil, err
	}
	body, _, err := a.Blobs.Open(ctx, found.BlobKey)
	return found, body, err
}

func fileOverLink(tx *store.Tx, dir *store.Directory, p *dm.Partner, k *dm.PartnerLink, file int64) (*dm.Attachment, error) {
	r, err := readAsPartner(tx, dir, p, k)
	if err != nil {
		return nil, dm.Missing("file").Because(err)
	}
	f, err := tx.Attachment(store.PartnerViewer(dir, p, k.TicketID), file)
	if err != nil {
		return nil, err
	}
	yes, err := r.seesFile(f)
	if err == nil && !yes {
		err = dm.Missing("file")
	}
	return f, err
}
