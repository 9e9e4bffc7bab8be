package e2e

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// storm is random work on tickets that several desks share, while what crosses
// between them meets faults.
type storm struct {
	*testing.T
	desks   []*ownDesk
	tickets []*sharedTicket
	seed    uint64
	run     string // goes into every text, so that runs on the same desks differ
	changes int
	kills   int
	hops    int // links that a change crosses at most

	done    atomic.Int64
	failure atomic.Pointer[error]
}

// sharedTicket is one ticket with its copies, and what was written on it.
type sharedTicket struct {
	numbers map[*ownDesk]int64
	whole   bool // under terms that let everything cross

	mu   sync.Mutex
	said []saying
}

// saying is a message that a desk has acknowledged.
type saying struct {
	by      *ownDesk
	text    string
	kind    string
	file    string // its name; "" for none
	crosses bool
}

// expected is what a desk has to show of a message: it and its file. A file stays
// behind where the terms say so.
func (s *saying) expected(on *ownDesk) (message, file bool) {
	message = s.crosses || s.by == on
	return message, message && s.file != "" && (s.by == on || !strings.Contains(s.file, staysPut))
}

// rage lets every desk change tickets, kills desks meanwhile, and then lets
// everything arrive.
func (s *storm) rage() {
	s.Helper()
	began, before := time.Now(), s.traffic()
	for _, d := range s.desks {
		d.proxy.set(func() { d.proxy.stormy = true })
	}
	var workers sync.WaitGroup
	for i, d := range s.desks {
		w := &worker{storm: s, desk: d, rng: rand.New(rand.NewPCG(s.seed, uint64(i))), count: s.changes / len(s.desks)}
		workers.Go(w.work)
	}
	rng := rand.New(rand.NewPCG(s.seed, 99))
	for k := range s.kills {
		goal := int64(s.changes * (k + 1) / (s.kills + 1))
		patiently(s.T, time.Hour, "the work goes on", func() bool { return s.done.Load() >= goal || s.failure.Load() != nil })
		s.desks[rng.IntN(len(s.desks))].again()
	}
	workers.Wait()
	if err := s.failure.Load(); err != nil {
		s.Fatal(*err)
	}
	worked := time.Since(began)
	s.calm()
	after := s.traffic()
	asked, failed := after.asked-before.asked, after.failed-before.failed
	s.Logf("seed %d: %d changes on %d tickets of %d desks in %.1f s, %d kills, everything there after %.1f s; %d requests, %d of them failed; faults %v",
		s.seed, s.done.Load(), len(s.tickets), len(s.desks), worked.Seconds(), s.kills, time.Since(began).Seconds(), asked, failed, after.counts)
	// A change goes over each link once. What failed comes again, and a kill may have
	// cut off whatever was on its way.
	if most := s.hops * (int(s.done.Load()) + len(s.tickets)); asked-failed > most+100*s.kills {
		s.Errorf("%d requests arrived, more than %d: something goes round", asked-failed, most)
	}
}

// traffic is what the proxies have counted.
type traffic struct {
	asked, failed int
	counts        map[string]int
}

func (s *storm) traffic() traffic {
	sum := traffic{counts: map[string]int{}}
	for _, d := range s.desks {
		d.proxy.set(func() {
			sum.asked += d.proxy.asked
			sum.failed += d.proxy.failed
			for fault, n := range d.proxy.counts {
				sum.counts[fault] += n
			}
		})
	}
	return sum
}

// calm ends the faults and waits until nothing is on its way any more. A status
// that went to and fro too often is let cross again.
func (s *storm) calm() {
	s.Helper()
	for _, d := range s.desks {
		d.proxy.set(func() { d.proxy.stormy, d.proxy.kept = false, nil })
	}
	for _, d := range s.desks {
		d.hurry()
	}
	s.settle()
	for _, k := range s.tickets { // a desk that is killed while it fetches one tries again minutes later
		for _, d := range s.desks {
			patiently(s.T, 20*time.Minute, "every file is there", func() bool {
				_, whole := s.read(k, d)
				return whole
			})
		}
	}
	s.settle()
	thawed := false
	for _, k := range s.tickets {
		for d, number := range k.numbers {
			for _, link := range d.owner.get(fmt.Sprintf("/api/v1/tickets/%d/partners", number)).items() {
				if link["status_frozen"] == true {
					d.owner.want(200, "POST", fmt.Sprintf("/api/v1/tickets/%d/partners/%v/resume", number, link["id"]), nil)
					thawed = true
				}
			}
		}
	}
	if thawed {
		s.settle()
	}
}

// settle waits until nothing waits on any desk, twice with nothing sent between.
func (s *storm) settle() {
	s.Helper()
	last := -1
	patiently(s.T, 10*time.Minute, "everything has arrived", func() bool {
		waiting := int64(0)
		for _, d := range s.desks {
			waiting += d.waiting()
		}
		asked := s.traffic().asked
		quiet := waiting == 0 && asked == last
		last = asked
		return quiet
	})
}

// worker changes tickets on one desk.
type worker struct {
	*storm
	desk  *ownDesk
	rng   *rand.Rand
	count int
}

func (w *worker) work() {
	for i := range w.count {
		if w.failure.Load() != nil {
			return
		}
		if err := w.change(i); err != nil {
			w.failure.CompareAndSwap(nil, &err)
			return
		}
		w.done.Add(1)
	}
}

// change does one thing at random.
func (w *worker) change(i int) error {
	k := w.tickets[w.rng.IntN(len(w.tickets))]
	name := fmt.Sprintf("%s-%s-%d", strings.ToLower(w.desk.name), w.run, i)
	// Of a ticket under narrow terms tags and fields stay where they are.
	marked := "crosses-" + name
	if !k.whole {
		marked = staysPut + "-" + name
	}
	var body map[string]any
	switch n := w.rng.IntN(100); {
	case n < 12:
		body = map[string]any{"status": []string{"open", "pending", "on_hold", "solved"}[w.rng.IntN(4)]}
	case n < 22:
		body = map[string]any{"tags": []string{marked, "both"}}
	case n < 32:
		body = map[string]any{"fields": map[string]any{fmt.Sprint(w.desk.field): marked}}
	case n < 40:
		body = map[string]any{"subject": "Subject " + name}
	default:
		return w.say(k, n, name)
	}
	_, err := w.desk.insist("PATCH", fmt.Sprintf("/tickets/%d", k.numbers[w.desk]), body, "")
	return err
}

// say adds a message: a reply, at times with a file, a note, or a local note.
func (w *worker) say(k *sharedTicket, n int, name string) error {
	m := saying{by: w.desk, kind: "reply", crosses: true}
	switch {
	case n >= 87:
		m.kind, m.crosses = "local_note", false
	case n >= 72:
		m.kind, m.crosses = "note", k.whole
	}
	m.text = "crosses-" + name
	if !m.crosses {
		m.text = staysPut + "-" + name
	}
	body := map[string]any{"kind": m.kind, "text": m.text}
	if n%8 == 0 {
		m.file = "crosses-" + name + ".txt"
		if !m.crosses || !k.whole {
			m.file = staysPut + "-" + name + ".txt"
		}
		a, err := w.desk.insist("POST", "/attachments?name="+m.file, []byte("The file "+m.file), "file-"+name)
		if err != nil {
			return err
		}
		body["attachments"] = []int64{a.number("id")}
	}
	if _, err := w.desk.insist("POST", fmt.Sprintf("/tickets/%d/messages", k.numbers[w.desk]), body, name); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.said = append(k.said, m)
	return nil
}

// agree requires that every desk has every message once and nothing else, that the
// agreed values are the same, that nothing crossed that should not have, and that
// everything is silent meanwhile.
func (s *storm) agree() {
	s.Helper()
	before, spoken := s.traffic().asked, 0
	for i, k := range s.tickets {
		first := ""
		for _, d := range s.desks {
			s.messages(i, k, d)
			values := s.values(k, d)
			if first == "" {
				first = values
			}
			if values != first {
				s.Errorf("ticket %d differs: %s has %s, %s has %s", i, s.desks[0].name, first, d.name, values)
			}
		}
	}
	for _, d := range s.desks {
		d.proxy.set(func() {
			if len(d.proxy.leaked) > 0 {
				s.Errorf("%d times something crossed to %s that stays: %s", len(d.proxy.leaked), d.name, d.proxy.leaked[0])
			}
			spoken += d.proxy.spoken
		})
	}
	if after := s.traffic().asked; after != before {
		s.Errorf("%d requests while nothing changed", after-before)
	}
	if spoken == 0 {
		s.Error("nothing crossed: the test proves nothing")
	}
}

// values is what is agreed of a ticket, as a desk has it.
func (s *storm) values(k *sharedTicket, d *ownDesk) string {
	s.Helper()
	a := d.owner.get(fmt.Sprintf("/api/v1/tickets/%d", k.numbers[d]))
	status := a.body["status"]
	if status == "new" { // is open for others
		status = "open"
	}
	text := fmt.Sprintf("%v, %v", a.body["subject"], status)
	if !k.whole {
		return text
	}
	value := any("")
	fields, _ := a.body["fields"].([]any)
	for _, f := range fields {
		if f := f.(map[string]any); f["name"] == "Cause" {
			value = f["value"]
		}
	}
	return fmt.Sprintf("%s, %v, %v", text, a.body["tags"], value)
}

// messages compares a desk's messages of a ticket with what was written.
func (s *storm) messages(i int, k *sharedTicket, d *ownDesk) {
	s.Helper()
	var want []string
	for _, m := range k.said {
		if there, file := m.expected(d); there {
			line := m.kind + " " + m.text
			if file {
				line += " " + m.file
			}
			want = append(want, line)
		}
	}
	slices.Sort(want)
	got, _ := s.read(k, d)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		s.Errorf("ticket %d on %s: %s", i, d.name, difference(want, got))
	}
}

// read gives a desk's messages of a ticket but the first, and says whether no file
// is missing.
func (s *storm) read(k *sharedTicket, d *ownDesk) (lines []string, whole bool) {
	s.Helper()
	whole = true
	pages(d.owner, fmt.Sprintf("/api/v1/tickets/%d/messages?", k.numbers[d]), func(it map[string]any) {
		text, _ := it["text"].(string)
		if strings.HasPrefix(text, "It all began") {
			return
		}
		line := fmt.Sprint(it["kind"], " ", text)
		files, _ := it["attachments"].([]any)
		for _, f := range files {
			line += " " + fmt.Sprint(f.(map[string]any)["name"])
		}
		lines = append(lines, line)
		missing, _ := it["missing_files"].([]any)
		whole = whole && len(missing) == 0
	})
	return lines, whole
}

// difference names what is missing and what is too much of two sorted lists.
func difference(want, got []string) string {
	var text []string
	for len(want) > 0 || len(got) > 0 {
		switch {
		case len(got) == 0 || len(want) > 0 && want[0] < got[0]:
			text, want = append(text, "missing "+want[0]), want[1:]
		case len(want) == 0 || got[0] < want[0]:
			text, got = append(text, "too much "+got[0]), got[1:]
		default:
			want, got = want[1:], got[1:]
		}
	}
	return strings.Join(text, "; ")
}
