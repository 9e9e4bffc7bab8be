package store

import (
	"fmt"
	"testing"
)

// TestStatementsBounded holds that statements that the cache has forgotten are
// closed in the end: filters have texts without number.
func TestStatementsBounded(t *testing.T) {
	t.Parallel()
	db := openJobDB(t, "sqlite", Options{Relaxed: true})
	for i := range maxStatements + 3*graceStatements {
		var n int
		if err := db.Read(t.Context(), func(tx *Tx) error { return tx.row(fmt.Sprintf(`SELECT %d`, i)).Scan(&n) }); err != nil || n != i {
			t.Fatalf("statement %d gave %d: %v", i, n, err)
		}
	}
	if kept := len(db.stmts.byText); kept > maxStatements {
		t.Errorf("%d statements are kept", kept)
	}
	if gone := len(db.stmts.gone); gone > graceStatements {
		t.Errorf("%d forgotten statements are open", gone)
	}
}
