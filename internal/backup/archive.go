package backup

import (
	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// formatVersion is raised when an archive changes so that older programs must
// not read it.
const formatVersion = 1

// Names of the archive's entries.
const (
	manifestName = "manifest.json"
	totalsName   = "totals.json"
	tablesFolder = "tables/"
	blobsFolder  = "blobs/"
)

// manifest is the first entry: what the archive is and what will follow.
type manifest struct {
	Format  int             `json:"format"`
	Schema  int64           `json:"schema"`
	Engine  string          `json:"engine"` // where it comes from; either can read it
	TakenAt dm.Time         `json:"taken_at"`
	Tables  []manifestTable `json:"tables"`
}

// manifestTable names the columns in the order in which the rows hold them.
type manifestTable struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	LastID  int64    `json:"last_id,omitempty"` // the last id the database gave out, where it keeps it
}

// totals is the last entry: what the archive must have held.
type totals struct {
	Tables []tableTotal `json:"tables"`
	Blobs  int64        `json:"files"`
	Bytes  int64        `json:"file_bytes"`
	// Missing counts the files that a row names and that were not there.
	Missing int64  `json:"files_missing"`
	SHA256  string `json:"sha256"` // of the names, sizes and bytes of all entries before
}

// tableTotal holds for the rows of one table, on either engine.
type tableTotal struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"` // of the lines
}

// Summary says what an archive holds.
type Summary struct {
	Engine  string // "sqlite" or "postgres": where it was taken
	TakenAt dm.Time
	Tables  int
	Rows    int64
	Files   int64
	Bytes   int64 // of the files
	// Missing counts files that rows name and that were not in the file store
	// when the archive was written; each was logged with its key.
	Missing int64
}

func summarise(m *manifest, t *totals) *Summary {
	s := &Summary{Engine: m.Engine, TakenAt: m.TakenAt, Tables: len(t.Tables), Files: t.Blobs, Bytes: t.Bytes, Missing: t.Missing}
	for _, table := range t.Tables {
		s.Rows += table.Rows
	}
	return s
}

// tableOf gives the table as the archive's rows come.
func (m *manifest) tableOf(name string) (store.Table, bool) {
	for _, t := range m.Tables {
		if t.Name == name {
			return store.Table{Name: t.Name, Columns: t.Columns}, true
		}
	}
	return store.Table{}, false
}

// damaged answers for an archive that is not whole.
func damaged(cause error) *dm.Error {
	return dm.Errorf(dm.Invalid, "The backup is damaged or cut short. Nothing was restored.").With("damaged").Because(cause)
}
