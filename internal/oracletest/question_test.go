package oracletest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/deskmesh/deskmesh/internal/oracle"
	"github.com/deskmesh/deskmesh/internal/store"
)

// door names a place of the store where people ask.
type door string

const (
	doorDecide   door = "decide"       // access.Decide, with facts that no SQL has gone through
	doorTicket   door = "ticket"       // by its number
	doorByID     door = "ticket by id" // also of the other account
	doorList     door = "list"
	doorCount    door = "count"
	doorSearch   door = "search"
	doorMessages door = "messages"
	doorFile     door = "file" // of a message, also of the other account
	doorUpload   door = "upload"
	doorHistory  door = "history"
	doorLinks    door = "links"
	doorWhoSees  door = "who sees"
)

// role is as what an agent asks.
type role string

const (
	himself     role = ""
	asRequester role = "requester" // through Viewer.AsRequester
	byToken     role = "token"     // through Viewer.WithToken
)

// question is what one person asks at one door. Ids are the oracle's.
type question struct {
	Door     door
	Account  int64
	Person   int64
	As       role  `json:",omitempty"`
	Of       int64 `json:",omitempty"` // the account of ticket, message or upload
	Ticket   int64 `json:",omitempty"`
	Message  int64 `json:",omitempty"`
	Uploader int64 `json:",omitempty"`

	View  store.View `json:",omitempty"`
	State string     `json:",omitempty"`
	Sort  string     `json:",omitempty"`
	Size  int        `json:",omitempty"` // of a page; every page is read
	Words []word     `json:",omitempty"`

	Filter  *sharingFilter `json:",omitempty"`
	Link    *link          `json:",omitempty"` // of the door of public links; the person made it
	Partner *agreement     `json:",omitempty"` // of the door of partners
}

// word is one that stands in texts of the world: see desk.word.
type word struct {
	What string
	ID   int64 `json:",omitempty"`
}

func (q question) String() string {
	text, err := json.Marshal(q)
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(text)
}

var (
	listStates = []string{"", "open", "done"}
	// views are those that the oracle knows: it keeps no time of a share's end, by
	// which the lately unshared are listed.
	views       = slices.DeleteFunc(slices.Clone(store.Views), func(v store.View) bool { return v == store.ViewUnshared })
	plainSorts  = []string{"", "updated", "-created", "created", "number"}
	sharedSorts = []string{"", "updated", "-shared", "shared"}
	byMeSorts   = []string{"", "updated"}
)

func sortsOf(v store.View) []string {
	switch v {
	case store.ViewSharedWithMe, store.ViewSharedWithMine:
		return sharedSorts
	case store.ViewSharedByMe:
		return byMeSorts
	}
	return plainSorts
}

// asker is somebody who asks.
type asker struct {
	account, person int64
	as              role
}

// askers lists everybody in one account; an agent can ask in three roles.
func askers(a *oracle.Account) []asker {
	var list []asker
	for _, p := range a.People {
		list = append(list, asker{a.ID, p.ID, himself})
		if p.Kind == oracle.Agent {
			list = append(list, asker{a.ID, p.ID, asRequester}, asker{a.ID, p.ID, byToken})
		}
	}
	return list
}

func (a asker) asks(at door) question {
	return question{Door: at, Account: a.account, Person: a.person, As: a.as, Of: a.account}
}

func (a asker) about(at door, of, ticket int64) question {
	q := a.asks(at)
	q.Of, q.Ticket = of, ticket
	return q
}

func (a asker) list(at door, v store.View, state, sort string, size int) question {
	q := a.asks(at)
	q.Of, q.View, q.State, q.Sort, q.Size = 0, v, state, sort, size
	return q
}

func (a asker) search(size int, words ...word) question {
	q := a.asks(doorSearch)
	q.Of, q.Size, q.Words = 0, size, words
	return q
}

// near gives the questions that a step makes worth asking: everybody's about a
// ticket, one person's about everything, or, where the step was about neither,
// those of two people.
func (d *desk) near(s oracle.Step, rng *rand.Rand) []question {
	var list []question
	a := d.world.Account(s.Account)
	switch {
	case s.Ticket != 0:
		for _, who := range askers(a) {
			list = append(list, who.about(one(rng, doorTicket, doorByID), a.ID, s.Ticket))
			if who.as == himself {
				list = append(list, who.list(one(rng, doorList, doorCount), one(rng, store.ViewAll, one(rng, views...)), "", "", d.pageRows))
			}
		}
		for _, p := range a.People {
			list = append(list, randomLink(rng, a, a, s.Ticket, one(rng, a.Tickets...).ID), asker{account: a.ID, person: p.ID}.holding(link{s.Ticket, oracle.Comment}, a.ID, s.Ticket))
		}
		list = append(list, randomPartner(rng, a, a, s.Ticket, one(rng, a.Tickets...).ID), partnerAsks(a.ID, agreement{s.Ticket, true}, a.ID, s.Ticket))
		return append(list, asker{account: a.ID}.about(doorWhoSees, a.ID, s.Ticket))
	case s.Person != 0:
		return d.allOf(asker{a.ID, s.Person, himself}, rng)
	case a == nil:
		a = &d.world.Accounts[rng.IntN(len(d.world.Accounts))]
	}
	return append(d.allOf(one(rng, askers(a)...), rng), d.allOf(one(rng, askers(a)...), rng)...)
}

// allOf asks for every ticket and every view.
func (d *desk) allOf(who asker, rng *rand.Rand) []question {
	var list []question
	for _, t := range d.world.Account(who.account).Tickets {
		list = append(list, who.about(one(rng, doorTicket, doorByID), who.account, t.ID))
	}
	for _, v := range views {
		list = append(list, who.list(doorList, v, "", "", d.pageRows))
	}
	return list
}

// random draws a question from all there are, every door as often as its cost
// allows.
func (d *desk) random(rng *rand.Rand) question {
	a := &d.world.Accounts[rng.IntN(len(d.world.Accounts))]
	of := &d.world.Accounts[rng.IntN(len(d.world.Accounts))]
	who := one(rng, askers(a)...)
	if len(a.Tickets) == 0 || len(of.Tickets) == 0 {
		return who.list(doorList, store.ViewAll, "", "", d.pageRows)
	}
	t, foreign := one(rng, a.Tickets...), one(rng, of.Tickets...)
	switch n := rng.IntN(23); {
	case n < 5:
		v := one(rng, views...)
		return who.list(doorList, v, one(rng, listStates...), one(rng, sortsOf(v)...), d.pageRows)
	case n < 7:
		v := one(rng, store.ViewAll, one(rng, views...))
		q := who.list(one(rng, doorList, doorList, doorCount), v, one(rng, listStates...), one(rng, sortsOf(v)...), d.pageRows)
		q.Filter = randomFilter(rng, a)
		return q
	case n < 9:
		return who.list(doorCount, one(rng, views...), one(rng, listStates...), "", 0)
	case n < 13:
		return who.search(d.pageRows, randomWords(rng, t)...)
	case n < 14:
		return who.about(doorTicket, a.ID, t.ID)
	case n < 15:
		return who.about(doorByID, of.ID, foreign.ID)
	case n < 16:
		return who.about(doorMessages, a.ID, t.ID)
	case n < 17:
		return who.about(doorHistory, a.ID, t.ID)
	case n < 18:
		return who.about(doorLinks, a.ID, t.ID)
	case n < 20:
		return randomLink(rng, a, of, t.ID, foreign.ID)
	case n < 21:
		return randomPartner(rng, a, of, t.ID, foreign.ID)
	case n < 22 && len(foreign.Messages) > 0:
		q := who.about(doorFile, of.ID, 0)
		q.Message = one(rng, foreign.Messages...).ID
		return q
	default:
		q := who.about(doorUpload, of.ID, 0)
		q.Uploader = one(rng, of.People...).ID
		if rng.IntN(2) == 0 {
			q.Of, q.Uploader = q.Account, q.Person
		}
		return q
	}
}

func randomWords(rng *rand.Rand, t oracle.Ticket) []word {
	common := word{What: "common"}
	if len(t.Messages) == 0 {
		return []word{common}
	}
	message := word{"message", one(rng, t.Messages...).ID}
	switch rng.IntN(8) {
	case 0, 1:
		return []word{common}
	case 2, 3:
		return []word{{"subject", t.ID}}
	case 4:
		return []word{common, message}
	case 5:
		return []word{{"subject", t.ID}, message}
	}
	return []word{message}
}

// every lists all questions that can be asked in the world, but for those of
// decide, which are asked after every step.
func (d *desk) every() []question {
	var list []question
	for i := range d.world.Accounts {
		a := &d.world.Accounts[i]
		for _, who := range askers(a) {
			list = append(list, d.everyList(who)...)
			list = append(list, d.everyTicket(who, a)...)
			list = append(list, d.everyFile(who)...)
			list = append(list, who.search(d.pageRows, word{What: "common"}))
		}
		for _, t := range a.Tickets {
			list = append(list, asker{account: a.ID}.about(doorWhoSees, a.ID, t.ID))
		}
	}
	return list
}

func (d *desk) everyList(who asker) []question {
	var list []question
	for _, v := range views {
		for _, state := range listStates {
			list = append(list, who.list(doorCount, v, state, "", 0))
			for _, sort := range sortsOf(v) {
				list = append(list, who.list(doorList, v, state, sort, d.pageRows))
			}
		}
	}
	return list
}

func (d *desk) everyTicket(who asker, a *oracle.Account) []question {
	var list []question
	for _, t := range a.Tickets {
		if who.as == himself {
			list = append(list, who.holding(link{t.ID, oracle.Comment}, a.ID, t.ID), who.holding(link{t.ID, oracle.View}, a.ID, t.ID))
		}
		for _, at := range []door{doorTicket, doorMessages, doorHistory, doorLinks} {
			list = append(list, who.about(at, a.ID, t.ID))
		}
		list = append(list, who.search(d.pageRows, word{"subject", t.ID}))
		for _, m := range t.Messages {
			list = append(list, who.search(d.pageRows, word{"message", m.ID}))
		}
	}
	for i := range d.world.Accounts {
		of := &d.world.Accounts[i]
		for _, t := range of.Tickets {
			list = append(list, who.about(doorByID, of.ID, t.ID))
		}
	}
	return list
}

func (d *desk) everyFile(who asker) []question {
	var list []question
	for i := range d.world.Accounts {
		of := &d.world.Accounts[i]
		for _, t := range of.Tickets {
			for _, m := range t.Messages {
				q := who.about(doorFile, of.ID, 0)
				q.Message = m.ID
				list = append(list, q)
			}
		}
		for _, p := range of.People {
			q := who.about(doorUpload, of.ID, 0)
			q.Uploader = p.ID
			list = append(list, q)
		}
	}
	return list
}

// one draws one of the values.
func one[V any](rng *rand.Rand, values ...V) V { return values[rng.IntN(len(values))] }

// texts joins the words of a search.
func (d *desk) texts(words []word) string {
	var list []string
	for _, w := range words {
		list = append(list, d.word(w.What, w.ID))
	}
	return strings.Join(list, " ")
}
