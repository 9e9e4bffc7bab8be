package app

import (
	"encoding/json"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// outbox puts notices where they wait for their turn: as a job of their own, or
// among the lines of a digest, when the person wants their mail.
type outbox struct {
	tx      *store.Tx
	account int64
	rules   *store.NoticeRules
	jobs    []store.NewJob
	lines   []store.DigestLine
	due     map[int64]dm.Time // of the digests that have lines, by person
}

// notice takes one notice to one person.
func (o *outbox) notice(args noticeArgs) { o.put(JobNotice, args.Person, args.Event, args.Kind, args) }

// put takes a notice that a job of some kind sends. A reply is never held back.
func (o *outbox) put(job string, person, event int64, kind dm.NoticeKind, args any) {
	mail := store.NewJob{Account: o.account, Kind: job, Args: args, Urgency: store.Normal}
	likes, now := o.rules.Likes(person), o.tx.Now().Std()
	switch digest := likes.Notices.Digest; {
	case kind == dm.NoticeReply:
	case digest == dm.DigestHourly, digest == dm.DigestDaily:
		o.line(job, person, event, args, dm.TimeOf(likes.NextDigest(now)))
		return
	case digest == dm.DigestOff && !o.rules.Cell(kind, dm.NoticeMail).Always():
		return
	default:
		if until := likes.QuietUntil(now); until.After(now) {
			mail.RunAt = dm.TimeOf(until)
		}
	}
	o.jobs = append(o.jobs, mail)
}

// line keeps a notice for the person's digest.
func (o *outbox) line(job string, person, event int64, args any, due dm.Time) {
	text, err := json.Marshal(digestArgs(job, args))
	if err != nil {
		panic("app: the arguments of a notice: " + err.Error()) // they are numbers and words of ours
	}
	if o.due == nil {
		o.due = map[int64]dm.Time{}
	}
	o.due[person] = due
	o.lines = append(o.lines, store.DigestLine{PersonID: person, EventID: event, Args: string(text), DueAt: due})
}

// send writes what was taken.
func (o *outbox) send() error {
	if err := o.tx.InsertDigestLines(o.account, o.lines); err != nil {
		return err
	}
	for _, person := range sortedKeys(o.due) {
		if err := digestAt(o.tx, o.account, person, o.due[person]); err != nil {
			return err
		}
	}
	return o.tx.EnqueueAll(o.jobs)
}

// digestAt sees to it that a person's digest is sent at a moment, once.
func digestAt(tx *store.Tx, account, person int64, due dm.Time) error {
	_, _, err := tx.Enqueue(store.NewJob{Account: account, Kind: JobDigest, Args: digestJobArgs{Person: person}, Urgency: store.Normal, RunAt: due,
		UniqueKey: strconv.FormatInt(person, 10) + "." + strconv.FormatInt(int64(due), 10)})
	return err
}
