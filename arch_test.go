package deskmesh_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The tests of this file read the source tree and hold the lines of the
// architecture: who imports whom, where SQL may stand, which files may name a
// table that holds what people may or may not see, where time comes from.
// Folders are written from the root of the module; "." is the root package.

const module = "github.com/deskmesh/deskmesh"

// Limits of length, in lines.
const (
	maxLines     = 500
	maxTestLines = 1000
	maxMainLines = 40
	minDocLines  = 3
	maxDocLines  = 30
)

// direction says what the packages in a folder, and below it, may import of
// this module in production code. Of several that fit a package the one with
// the longest folder holds. Folders below its own are always allowed.
type direction struct {
	of string
	// only lists all that may be imported; nil leaves it open.
	only []string
	// never lists what may not be, with all that is below.
	never []string
}

var directions = []direction{
	{of: ".", only: []string{}},
	{of: "locales", only: []string{"."}},

	// Pure: values in, values out.
	{of: "internal/access", only: []string{"."}},
	{of: "internal/rules", only: []string{".", "internal/access"}},
	{of: "internal/notify", only: []string{".", "internal/access", "locales"}},
	{of: "internal/oracle", only: []string{}},

	// Beside the line: they know nothing of tickets in a database.
	{of: "internal/config", never: []string{"internal/store", "internal/app", "internal/jobs"}},
	{of: "internal/credential", only: []string{"."}},
	{of: "internal/blob", only: []string{".", "internal/config"}},
	{of: "internal/webhook", only: []string{".", "internal/httpx"}},
	{of: "internal/oidc", only: []string{"internal/httpx"}},
	{of: "internal/httpx", never: []string{"internal/store", "internal/app", "internal/jobs"}},

	// The line: store <- jobs, live <- app <- the doors <- cli.
	{of: "internal/search", only: []string{}},
	{of: "internal/store", only: []string{".", "internal/access", "internal/search", "internal/rules"}},
	{of: "internal/jobs", only: []string{".", "internal/access", "internal/store"}},
	{of: "internal/live", only: []string{".", "internal/access", "internal/store"}},
	{of: "internal/app", never: []string{"internal/httpapi", "internal/site", "internal/nhd", "internal/mail/smtpin", "internal/mail/imapin"}},
	{of: "internal/httpapi", never: []string{"internal/store", "internal/site", "internal/mail", "internal/nhd"}},
	{of: "internal/site", never: []string{"internal/store", "internal/httpapi", "internal/mail", "internal/nhd"}},
	{of: "internal/mail", never: []string{"internal/store", "internal/httpapi", "internal/site", "internal/nhd"}},
	{of: "internal/nhd", never: []string{"internal/store", "internal/httpapi", "internal/site", "internal/mail"}},
	{of: "internal/cli"},
	{of: "cmd", only: []string{"internal/cli"}},

	// Helpers of tests, and programs for developers.
	{of: "internal/store/storetest"},
	{of: "internal/store/pgtest", only: []string{}},
	{of: "internal/mission", only: []string{}},
	{of: "internal/gotest", only: []string{}},
}

// forDevelopers is what the program itself never imports: helpers of tests,
// and what measures or checks it. They may import each other, and anything.
var forDevelopers = []string{
	"internal/store/storetest", "internal/store/pgtest", "internal/testkit", "internal/oracle",
	"internal/bench", "internal/mission", "internal/gotest", "e2e",
}

// wiring may import cli, which puts the parts together.
var wiring = []string{"cmd", "internal/cli", "internal/testkit", "internal/bench", "e2e"}

// databases are the ways to a database; only the store knows them.
var databases = []string{
	"database/sql", "github.com/jackc/pgx/v5", "modernc.org/sqlite", "github.com/pressly/goose/v3",
}

// guardedTables hold what the access rule gives to some and not to others.
var guardedTables = []string{
	"tickets", "messages", "shares", "attachments", "events", "ticket_ccs", "ticket_tags",
	"ticket_followers", "ticket_mutes", "ticket_links", "ticket_field_values", "messages_fts",
	"access_requests", "drafts", "draft_files", "scheduled_replies", "scheduled_files",
	"mail_suggestions", "side_conversations", "side_parties", "side_messages",
	"ticket_clocks",
	"public_links", "public_link_uses", "link_messages", "outgoing_mails", "satisfaction", "ticket_clocks",
	"partner_links", "partner_messages", "partner_files", "partner_marks",
}

// renderer is the one file that turns a Scope into SQL.
const renderer = "internal/store/visible.go"

// confined are the types that show in a function's signature for whom it reads:
// a Scope, a viewer, a ticket that was found through one, the plan of a list,
// which carries its Scope, or a filter: a condition on tickets that the Scope
// must admit in the same statement.
var confined = []string{"access.Scope", "*access.Viewer", "*Found", "*listPlan", "*searchPlan", "*filter"}

// guardedReaders are the declarations of the store, outside the renderer, that
// read a guarded table though their signature does not say for whom, each with
// the reason why nothing leaks there: the ticket was let through before, in
// the same transaction, or the rows stay inside the program.
var guardedReaders = map[string]string{
	// Parts of a ticket that the caller found through a Scope or has locked.
	"Tx.Events":          "one ticket's history; the caller found the ticket and says whether internal lines may come",
	"Tx.LatestEvents":    "one ticket's history; only Apply asks, for the ticket it has locked",
	"Tx.ReindexHead":     "one ticket's first message, to write its search document anew; the ticket is locked, or a job does it",
	"ticketDetails":      "fills in a ticket that the caller has already",
	"Tx.ticketLinks":     "one ticket's links by number alone; TicketLinks shows the other side through the viewer",
	"Tx.InsertLink":      "looks for the same link before it makes one between two tickets that were found",
	"partnerLinkColumns": "the links of one ticket that was found or is locked, or the one link that a partner or a delivery of the program names",
	"partnerFileColumns": "files of messages that Messages or AllMessages has read, or the one that a job fetches",
	"publicLinkColumns":  "the links of one ticket that was found or is locked, or the one link that a secret or a message names",
	"messageColumns":     "the messages of one ticket, with the link they came through; every use names the ticket",
	"hasLink":            "whether a live link opens a ticket that the statement lets through; a yes or no in its row",
	"shareColumns":       "the shares of one ticket that was found or is locked; every use names the ticket",
	"Tx.MutesOf":         "who wants to hear no more of tickets that people are told of, who are decided again each; shown to nobody",
	"Tx.Followers":       "one ticket's followers, to be told of a change; the ticket is locked, and each is decided again when told",

	// Parts of rows that a list has let through.
	"Tx.messageSides":      "marks on messages that Messages or AllMessages has read",
	"Tx.messageFiles":      "files of messages that Messages or AllMessages has read",
	"Tx.listTags":          "tags of the rows of a page that went through the Scope",
	"Tx.ListFields":        "values of own fields in the rows of a page that went through the Scope",
	"Tx.ticketRows":        "rows whose ids a list or a search found through the Scope in the same request",
	"Tx.TicketsOfPartners": "how many tickets cross with each partner, for those who keep partners; numbers alone",
	"liveShareCount":       "a number inside a row that went through the Scope",

	"Tx.KnownPartnerComments": "which comments of a shared ticket are known, for the partner whose ticket it is; ids alone",
	"Tx.LastMessageID":        "the newest message of a locked ticket, from which on messages cross; an id alone",
	"Tx.KnowsPartnerTicket":   "whether a ticket with an id of the protocol is here, to refuse loops; a yes or no",
	"Tx.fillPartners":         "part of fillSnapshots, see there; with whom a ticket is shared",

	"Tx.clocksOf": "clocks of tickets that a list or a viewer found, that are locked, or of fillSnapshots, see there",
	"nextDue":     "when a ticket is due that the statement lets through; a moment in its row, or none",
	"breached":    "whether a promised time of a ticket was missed that the statement lets through; a yes or no in its row",

	"Tx.fillTags":       "part of fillSnapshots, whose tickets a list has let through or the program itself looks at",
	"Tx.fillPeople":     "part of fillSnapshots, see there; CCs and followers",
	"Tx.fillFields":     "part of fillSnapshots, see there; own fields",
	"Tx.fillRequesters": "part of fillSnapshots, see there; requesters and their companies",
	"Tx.fillLinks":      "part of fillSnapshots, see there; whether there is a live link, and nothing of it",
	"Tx.fillMessages":   "part of fillSnapshots, see there; notes count only where the reader may read them",

	// Work of the program itself: nothing of it is shown to anybody.
	"Tx.AssignedOutOfReach":    "tickets to unassign after an inbox or brand was taken away",
	"Tx.EventsByID":            "an event for a job; whom it is told is decided again for each person",
	"Tx.TicketSnapshot":        "a ticket for the conditions of webhooks, rules and the sharing policy; nothing of it is shown, and what follows decides access again",
	"Tx.MissedClocks":          "tickets whose promised time is over, to be noted in their history; nothing of them is shown",
	"Tx.OpenTicketsAfter":      "ids of open tickets whose clocks are set anew; nothing of them is shown",
	"Tx.AnswersOf":             "when a locked ticket was answered and asked again, to begin its clocks; only moments come out",
	"Tx.RuleTickets":           "tickets for an account's time rules; nothing of them is shown, and what a rule does decides access again",
	"Tx.OpenTicketsOf":         "how many open tickets each of some agents has, to find who has the fewest; the numbers are shown to nobody",
	"Tx.LooseAttachments":      "uploads that no message took, of every account, to be swept",
	"Tx.DeleteLooseAttachment": "sees whether a draft has the upload that is swept; nothing is shown",
	"Tx.DeleteOldDrafts":       "which drafts are old enough to be removed; nothing of them is read",
	"Tx.OldRawMails":           "which raw mails wait for a decision and stay therefore; nothing of them is shown",
	"Tx.RetryRawMail":          "which raw mails wait on a ticket and stay therefore; nothing of that is shown",
	"Tx.NoteOutgoing":          "whether a mail's ticket is still there, before a line about it is written",
	"Tx.outgoing":              "lines of the log of mails: of one ticket that was found, of a job or a report for the program itself, or the account's, of which is decided ticket by ticket what its reader may know",
	"Tx.DeleteOldOutgoing":     "which lines of a log are old enough to be removed; nothing of them is read",
	"Tx.HeldMails":             "which raw mails wait on a ticket and are left out therefore; nothing of that is shown",
	"Tx.SideParty":             "whom a signed address was made for; the mail's sender is compared with it, and nothing is shown",
	"Tx.CopySide":              "marks of messages that are copied when tickets are merged; both are locked",
	"Tx.LockScheduled":         "a message that is sent later, for the job that decides again and for its author, whom ScheduledReply has let see it",
	"Tx.ScheduledTicket":       "the id of such a message's ticket, which is locked before it",
	"Tx.ScheduledFileIDs":      "files of such a message that is locked; its author takes them",
	"Tx.UnreviewedScheduled":   "ids of what waits after access has changed; the author's access is decided for each",
	"Tx.DeleteOldScheduled":    "which records are old enough to be removed; nothing of them is read",
	"Tx.Visiting":              "whether a visit goes on, by the hash of a secret that only its browser has",
	"Tx.LogLinkUse":            "which lines of a log are too many; nothing of them is read",
	"Tx.DeleteOldLinkUses":     "which lines of a log are old enough to be removed; nothing of them is read",
	"Tx.BlobInUse":             "whether any row still names some bytes, before they are deleted",
	"Tx.ExpiredShares":         "shares of every account whose time is over, to be swept",
	"Tx.SharesOfClosed":        "shares on tickets closed long ago, to be ended by a job",
	"Tx.SharesOfGroup":         "shares to be ended with the group they were for",
	"Tx.bulkEvents":            "whether a share that a bulk made still stands; the tickets named to people are decided again for each person",
	"sqlText.shareArm":         "ids of the account's shares and tickets, for who keeps all shares; what of a ticket is shown goes through TicketNames",
	"Snapshot.Rows":            "whole tables of every account, for a backup; only the operator of the machine can take one",
	"Snapshot.BlobKeys":        "names of every account's files, for a backup; only the operator of the machine can take one",
	"Tx.hasRows":               "whether a table is empty, before a backup is restored into it",
	"documentQuery":            "what search documents are made of; it is written into them and goes nowhere else",
	"Tx.documentFiles":         "names of files for search documents, as documentQuery",
	"Tx.ReindexRequester":      "tickets of a requester whose name changed, for a job that writes their search documents anew",
	"Tx.LiveTickets":           "facts of tickets that changed, for the live hub; it decides for each stream whether it hears of one",

	// Looking for faults in the data of every account; only the operator of the
	// machine can ask, and no content is read but ids.
	"ticketRules":          "ids of rows that break a rule, for deskmesh check",
	"mendLastNumber":       "writes a counter anew from the highest number",
	"copyRules":            "ids of rows that break a rule, and writing copies and counts anew",
	"shareRules":           "ids of rows that break a rule, for deskmesh check",
	"partnerRules":         "ids of rows that break a rule, for deskmesh check",
	"messageRules":         "ids of rows that break a rule, for deskmesh check",
	"Tx.settled":           "locks a ticket whose counts are written anew",
	"Tx.crowdedTickets":    "ids of tickets over a cap, for deskmesh check",
	"Tx.sharePage":         "ids of shares to be compared with their history",
	"Tx.tellShares":        "which shares the history speaks of; nothing else is kept",
	"Tx.unindexedMessages": "ids of messages that search does not know",
	"Tx.orphanDocuments":   "ids of search documents without a message",
	"Tx.BlobRows":          "keys, sizes and digests of files to be compared with the bytes",
	"reference.query":      "ids of rows whose reference leads nowhere, table by table",

	// No guarded table at all, which the test cannot see.
	"Tx.pageByName": "lists by name of roles, groups, brands, departments and companies; none is guarded",
}

// clocks may ask for the time of day, each with the reason.
var clocks = map[string]string{
	"internal/store/clock.go":  "the clock of the program: the database's time, from which all other time comes",
	"internal/store/writer.go": "bounds how long a batch stays open; a duration that is never stored, and a test's clock must not stretch it",
	"internal/mail/smtpin":     "deadlines of connections, which the network keeps by the machine's own clock; nothing of it is stored",
	"internal/mail/smtpout":    "deadlines of connections, which the network keeps by the machine's own clock; nothing of it is stored",
	"internal/bench":           "measures how long things take from outside",
}

func TestImports(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		rule := directionOf(f.folder)
		for _, imported := range f.imports() {
			if slices.Contains(databases, imported) && !within(f.folder, "internal/store") {
				t.Errorf("%s imports %s: only the store speaks to a database", f.path, imported)
			}
			target, ok := localFolder(imported)
			if !ok || target == rule.of || (rule.of != "." && within(target, rule.of) && !within(target, forDevelopers...)) {
				continue
			}
			if reason := rule.forbids(f.folder, target); reason != "" {
				t.Errorf("%s imports %s: %s", f.path, target, reason)
			}
		}
	}
}

// directionOf gives the rule for a folder; where none is written the rule is
// that of the parts beside the line, which may import anything but the doors.
func directionOf(folder string) direction {
	best := direction{of: folder, never: []string{"internal/httpapi", "internal/site", "internal/nhd", "internal/mail/smtpin", "internal/mail/imapin"}}
	if within(folder, forDevelopers...) || within(folder, wiring...) {
		best.never = nil
	}
	length := -1
	for _, rule := range directions {
		if within(folder, rule.of) && len(rule.of) > length {
			best, length = rule, len(rule.of)
		}
	}
	return best
}

func (d direction) forbids(folder, target string) string {
	switch {
	case within(target, "internal/cli") && !within(folder, wiring...):
		return "only " + strings.Join(wiring, ", ") + " may"
	case within(target, forDevelopers...) && !within(folder, forDevelopers...):
		return "it is for tests and developers"
	case d.only != nil && !slices.Contains(d.only, target):
		return fmt.Sprintf("%s may import only %q", d.of, d.only)
	case within(target, d.never...):
		return fmt.Sprintf("%s may import none of %q", d.of, d.never)
	}
	return ""
}

// TestTestImports keeps tests, which may import more, from reaching through the
// wiring: a test of a part stands its world up itself or through testkit.
func TestTestImports(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		if !f.test || within(f.folder, wiring...) {
			continue
		}
		for _, imported := range f.imports() {
			if target, ok := localFolder(imported); ok && within(target, "internal/cli", "cmd") {
				t.Errorf("%s imports %s: only %q may", f.path, target, wiring)
			}
		}
	}
}

func TestPackageDocs(t *testing.T) {
	t.Parallel()
	documented := map[string]int{}
	for _, f := range sources(t) {
		lines := 0
		if f.file.Doc != nil {
			lines = strings.Count(f.file.Doc.Text(), "\n")
		}
		// A folder that holds tests only is a package too.
		if !f.test || lines > 0 || !hasProduction(t, f.folder) {
			documented[f.folder] += lines
		}
	}
	for folder, lines := range documented {
		if lines < minDocLines || lines > maxDocLines {
			t.Errorf("%s: the comment of the package has %d lines, not %d to %d: say what it is for, what it must not know, what it keeps",
				folder, lines, minDocLines, maxDocLines)
		}
	}
}

func TestFileLength(t *testing.T) {
	t.Parallel()
	walk(t, func(name string) {
		limit := maxLines
		switch {
		case strings.HasSuffix(name, "_test.go"), strings.HasSuffix(name, ".e2e.ts"), strings.HasSuffix(name, ".test.ts"), strings.HasSuffix(name, ".test.tsx"):
			limit = maxTestLines
		case strings.HasPrefix(name, "cmd/") && path.Base(name) == "main.go":
			limit = maxMainLines
		case !slices.Contains([]string{".go", ".ts", ".tsx", ".css"}, path.Ext(name)), strings.HasSuffix(name, ".d.ts"):
			return
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if generated(text) {
			return
		}
		if lines := bytes.Count(text, []byte("\n")); lines > limit {
			t.Errorf("%s has %d lines, more than %d", name, lines, limit)
		}
	})
}

var generatedLine = regexp.MustCompile(`(?m)^(?://|/\*) ?(?:Code generated .* DO NOT EDIT\.|This file was auto-generated)`)

func generated(text []byte) bool {
	return generatedLine.Match(text[:min(len(text), 1000)])
}

func TestClock(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, f := range sources(t) {
		name, ok := f.nameOf("time")
		if f.test || !ok {
			continue
		}
		ast.Inspect(f.file, func(node ast.Node) bool {
			selector, ok := node.(*ast.SelectorExpr)
			if !ok || selector.Sel.Name != "Now" {
				return true
			}
			if ident, ok := selector.X.(*ast.Ident); ok && ident.Name == name {
				if entry, ok := listed(f.path, clocks); ok {
					used[entry] = true
				} else {
					t.Errorf("%s asks for the time of day: it comes from the clock that is handed in", f.at(node))
				}
			}
			return true
		})
	}
	checkReasons(t, "clocks", clocks)
	for entry := range clocks {
		if _, err := os.Stat(entry); err == nil && !used[entry] {
			t.Errorf("clocks: %s needs no line", entry)
		}
	}
}

// TestGuardedTables holds the lock of the access rule: in the store a guarded
// table is read by the renderer, by functions that take a Scope, a viewer or a
// ticket found through one, and by those of guardedReaders.
func TestGuardedTables(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, f := range sources(t) {
		if f.test || !within(f.folder, "internal/store") || within(f.folder, forDevelopers...) || f.path == renderer {
			continue
		}
		for _, decl := range f.declarations() {
			for _, text := range textsIn(decl.node) {
				for _, table := range tablesRead(text.value) {
					switch {
					case table != unreadable && !slices.Contains(guardedTables, table):
					case decl.takes(confined):
					case guardedReaders[decl.name] != "":
						used[decl.name] = true
					case table == unreadable:
						t.Errorf("%s: %s reads from a table whose name is put together: write it out, or add a line to guardedReaders with the reason why nothing leaks", f.at(text.node), decl.name)
					default:
						t.Errorf("%s: %s reads %s: take one of %q, or add a line to guardedReaders with the reason why nothing leaks", f.at(text.node), decl.name, table, confined)
					}
				}
			}
		}
	}
	checkReasons(t, "guardedReaders", guardedReaders)
	for name := range guardedReaders {
		if !used[name] {
			t.Errorf("guardedReaders: %s needs no line", name)
		}
	}
}

var statement = regexp.MustCompile(`\bSELECT\b[\s\S]*\bFROM\b|\bINSERT\s+(?:OR\s+\w+\s+)?INTO\b|\bUPDATE\s+\S+\s+SET\b|\bDELETE\s+FROM\b`)

func TestNoSQLOutsideStore(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		if f.test || within(f.folder, "internal/store") {
			continue
		}
		for _, text := range textsIn(f.file) {
			if statement.MatchString(text.value) {
				t.Errorf("%s looks like SQL, which only the store knows", f.at(text.node))
			}
		}
	}
}

// checkReasons wants a real reason for each entry of a list.
func checkReasons(t *testing.T, name string, list map[string]string) {
	t.Helper()
	for entry, reason := range list {
		if len(strings.Fields(reason)) < 5 {
			t.Errorf("%s: %s has no reason that says anything: %q", name, entry, reason)
		}
	}
}

// listed finds the entry of a list, a file or a folder, that a file falls under.
func listed(file string, list map[string]string) (string, bool) {
	for entry := range list {
		if within(file, entry) {
			return entry, true
		}
	}
	return "", false
}

func TestTablesRead(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string][]string{
		"SELECT id FROM tickets WHERE id = ?":             {"tickets"},
		"select 1 from people p join shares s on true":    {"people", "shares"},
		"SELECT 1 FROM people p, tickets AS t, events":    {"people", "tickets", "events"},
		"SELECT 1\nFROM\n\t(messages m JOIN people p":     {"messages", "people"},
		`SELECT 1 FROM "public"."tickets"`:                {"tickets"},
		"SELECT 1 FROM main.tickets":                      {"tickets"},
		"EXISTS (SELECT 1 FROM (SELECT 2 FROM shares) x)": {"shares"},
		"LEFT JOIN LATERAL (SELECT 1 FROM events) e":      {"events"},
		"DELETE FROM tickets WHERE id = ?":                nil,
		"DELETE FROM tickets RETURNING id":                {"tickets"},
		"DELETE FROM x WHERE id IN (SELECT 1 FROM events": {"events"},
		"UPDATE people SET x = s.y FROM shares s":         {"shares"},
		"INSERT INTO tickets (id) VALUES (?)":             nil,
		"UPDATE tickets SET x = 1":                        nil,
		"SELECT tickets FROM shared_things":               {"shared_things"},
		"SELECT 1 FROM %s":                                {unreadable},
		"SELECT 1 FROM " + unreadable + " WHERE":          {unreadable},
		"SELECT 1 FROM people JOIN ":                      {"people", unreadable},
		"a mail from %s arrived":                          nil,
	} {
		if got := tablesRead(sql); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", sql, got, want)
		}
	}
}

// unreadable stands for a piece of a text that the source does not spell out.
const unreadable = "\x00"

var (
	reading    = regexp.MustCompile(`(?i)\b(?:FROM|JOIN)\s+(?:ONLY\s+|LATERAL\s+)?[\s(]*((?:[\w."]+(?:\s+(?:AS\s+)?\w+)?\s*,\s*)*[\w."]+)`)
	deleting   = regexp.MustCompile(`(?i)\bDELETE\s+FROM\b`)
	givingBack = regexp.MustCompile(`(?i)\bRETURNING\b`)
	// putTogether is written in capitals, as all SQL here is: "from %s" is English.
	putTogether = regexp.MustCompile(`\b(?:FROM|JOIN)\s*(?:\s(?:%|` + unreadable + `)|$)`)
)

// tablesRead lists the tables that stand after FROM or JOIN in a piece of SQL,
// without schema and quotes, and unreadable where the name is not spelled out.
// Deleting without giving anything back is no reading.
func tablesRead(sql string) []string {
	var tables []string
	if !givingBack.MatchString(sql) {
		sql = deleting.ReplaceAllString(sql, "DELETE ")
	}
	for _, match := range reading.FindAllStringSubmatch(sql, -1) {
		for item := range strings.SplitSeq(match[1], ",") {
			words := strings.Fields(item)
			name := strings.ToLower(strings.ReplaceAll(words[0], `"`, ""))
			name = name[strings.LastIndexByte(name, '.')+1:]
			if name != "select" {
				tables = append(tables, name)
			}
		}
	}
	if putTogether.MatchString(sql) {
		tables = append(tables, unreadable)
	}
	return tables
}

// source is one parsed Go file of the module.
type source struct {
	path   string
	folder string
	test   bool
	set    *token.FileSet
	file   *ast.File
}

// text is a string of the source, its additions carried out.
type text struct {
	node  ast.Node
	value string
}

func (f source) at(node ast.Node) string {
	return fmt.Sprintf("%s:%d", f.path, f.set.Position(node.Pos()).Line)
}

func (f source) imports() []string {
	var all []string
	for _, spec := range f.file.Imports {
		if name, err := strconv.Unquote(spec.Path.Value); err == nil {
			all = append(all, name)
		}
	}
	return all
}

// nameOf gives the name under which the file knows an imported package.
func (f source) nameOf(imported string) (string, bool) {
	for _, spec := range f.file.Imports {
		if name, err := strconv.Unquote(spec.Path.Value); err != nil || name != imported {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name, true
		}
		return path.Base(imported), true
	}
	return "", false
}

// declaration is one function, type, constant or variable of a file's top level.
type declaration struct {
	name string // a method's with its receiver: "Tx.Events"
	node ast.Node
}

func (f source) declarations() []declaration {
	var all []declaration
	for _, decl := range f.file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			name := decl.Name.Name
			if decl.Recv != nil {
				name = strings.TrimLeft(types.ExprString(decl.Recv.List[0].Type), "*") + "." + name
			}
			all = append(all, declaration{name, decl})
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					all = append(all, declaration{spec.Names[0].Name, spec})
				case *ast.TypeSpec:
					all = append(all, declaration{spec.Name.Name, spec})
				}
			}
		}
	}
	return all
}

// takes says whether a function has a parameter, or a method a receiver, of one
// of the types.
func (d declaration) takes(wanted []string) bool {
	function, ok := d.node.(*ast.FuncDecl)
	if !ok {
		return false
	}
	fields := function.Type.Params.List
	if function.Recv != nil {
		fields = append(slices.Clone(function.Recv.List), fields...)
	}
	return slices.ContainsFunc(fields, func(field *ast.Field) bool {
		return slices.Contains(wanted, types.ExprString(field.Type))
	})
}

// textsIn lists the strings below a node. Where strings are added up they are
// one text, in which unreadable stands for what is no literal.
func textsIn(root ast.Node) []text {
	var all []text
	var visit func(ast.Node) bool
	visit = func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			for _, name := range node.Names {
				ast.Inspect(name, visit)
			}
			ast.Inspect(node.Type, visit)
			return false
		case *ast.BasicLit, *ast.BinaryExpr:
			value, rest, ok := folded(node.(ast.Expr))
			if !ok {
				return true
			}
			all = append(all, text{node, value})
			for _, part := range rest {
				ast.Inspect(part, visit)
			}
			return false
		}
		return true
	}
	ast.Inspect(root, visit)
	return all
}

// folded adds up an expression of strings; the parts that are no literals come
// back to be looked into. It is not ok where no literal is in it.
func folded(expression ast.Expr) (value string, rest []ast.Expr, ok bool) {
	switch expression := expression.(type) {
	case *ast.BasicLit:
		if expression.Kind == token.STRING {
			value, err := strconv.Unquote(expression.Value)
			return value, nil, err == nil
		}
		return "", nil, false
	case *ast.ParenExpr:
		return folded(expression.X)
	case *ast.BinaryExpr:
		if expression.Op == token.ADD {
			left, leftRest, leftOK := folded(expression.X)
			right, rightRest, rightOK := folded(expression.Y)
			return left + right, append(leftRest, rightRest...), leftOK || rightOK
		}
	}
	return unreadable, []ast.Expr{expression}, false
}

// sources parses every Go file of the module.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	walk(t, func(name string) {
		if path.Ext(name) != ".go" {
			return
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, source{
			path: name, folder: path.Dir(name), set: set, file: file,
			test: strings.HasSuffix(name, "_test.go"),
		})
	})
	return all
}

// walk calls visit for every file of the repository, with slashes in its name.
func walk(t *testing.T, visit func(name string)) {
	t.Helper()
	outsideRoot := []string{".git", "bin", "build", "data"}
	outsideAnywhere := []string{"node_modules", "testdata", "dist"}
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains(outsideRoot, name) || slices.Contains(outsideAnywhere, d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		visit(filepath.ToSlash(name))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func hasProduction(t *testing.T, folder string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.FromSlash(folder), "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(name string) bool { return !strings.HasSuffix(name, "_test.go") })
}

// localFolder gives the folder of a package of this module.
func localFolder(imported string) (string, bool) {
	if imported == module {
		return ".", true
	}
	return strings.CutPrefix(imported, module+"/")
}

// within says whether a folder or file is one of the roots or below one. Below
// "." is nothing, since it stands for the root package alone.
func within(name string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(root string) bool {
		return name == root || strings.HasPrefix(name, root+"/")
	})
}
