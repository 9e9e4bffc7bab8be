package store

import (
	"errors"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
)

// dialect is what differs between the engines. Everything else is one text.
type dialect struct {
	name      string
	forUpdate string // ends a SELECT whose rows the transaction will change
	skipLock  string // the same, leaving out rows others hold
	// armsOrdered: every arm of a page's union carries its own ORDER BY and LIMIT.
	armsOrdered bool
}

var (
	sqliteDialect   = dialect{name: "sqlite"}
	postgresDialect = dialect{name: "postgres", forUpdate: " FOR UPDATE", skipLock: " FOR UPDATE SKIP LOCKED", armsOrdered: true}
)

// planned gives a statement's arguments so that it is planned for them at every
// run. A search must not run on a plan that fits every word: a rare one and a
// common one want different plans.
func (d *dialect) planned(args []any) []any {
	if d.name == "sqlite" {
		return args
	}
	return append([]any{pgx.QueryExecModeExec}, args...)
}

var rebound sync.Map // statement with ? -> statement with $n

// rebind turns each ? outside quotes into $1, $2, ...
func rebind(query string) string {
	if got, ok := rebound.Load(query); ok {
		return got.(string)
	}
	var b strings.Builder
	b.Grow(len(query) + 16)
	n, quoted := 0, false
	for i := 0; i < len(query); i++ {
		c := query[i]
		switch {
		case c == '\'':
			quoted = !quoted
			b.WriteByte(c)
		case c == '?' && !quoted:
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
		default:
			b.WriteByte(c)
		}
	}
	out := b.String()
	rebound.Store(query, out)
	return out
}

// SQLite's extended result codes (sqlite.org/rescode.html) and PostgreSQL's
// SQLSTATEs for the same faults.
const (
	sqliteUnique     = 2067
	sqlitePrimaryKey = 1555
	sqliteForeignKey = 787
	sqliteCheck      = 275
	pgUnique         = "23505"
	pgForeignKey     = "23503"
	pgCheck          = "23514"
	pgSerialisation  = "40001"
	pgDeadlock       = "40P01"
)

func sqliteCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return 0
}

func pgCode(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

// isDuplicate says whether a unique index refused the row.
func isDuplicate(err error) bool {
	c := sqliteCode(err)
	return c == sqliteUnique || c == sqlitePrimaryKey || pgCode(err) == pgUnique
}

// isForeignKey says whether a foreign key refused the row.
func isForeignKey(err error) bool {
	return sqliteCode(err) == sqliteForeignKey || pgCode(err) == pgForeignKey
}

// isCheck says whether a CHECK constraint refused the row.
func isCheck(err error) bool {
	return sqliteCode(err) == sqliteCheck || pgCode(err) == pgCheck
}

// isRetryable says whether PostgreSQL asks to run the transaction again.
// Retryable says whether the transaction that an error came from is to be tried
// again as a whole.
func Retryable(err error) bool { return isRetryable(err) }

func isRetryable(err error) bool {
	c := pgCode(err)
	return c == pgSerialisation || c == pgDeadlock
}
