package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
)

// partSize is the size from which on a part of a table is written out.
const partSize = 1 << 20

// archiveWriter writes the entries of an archive and sums them up.
type archiveWriter struct {
	output *bufio.Writer
	gzip   *gzip.Writer
	tar    *tar.Writer
	digest hash.Hash
}

func newArchiveWriter(w io.Writer) (*archiveWriter, error) {
	output := bufio.NewWriterSize(w, 64<<10)
	compressed, err := gzip.NewWriterLevel(output, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	return &archiveWriter{output: output, gzip: compressed, tar: tar.NewWriter(compressed), digest: sha256.New()}, nil
}

// begin starts an entry of the given size and takes its bytes.
func (w *archiveWriter) begin(name string, size int64) (io.Writer, error) {
	if err := w.header(name, size); err != nil {
		return nil, err
	}
	sumEntry(w.digest, name, size)
	return io.MultiWriter(w.tar, w.digest), nil
}

func (w *archiveWriter) header(name string, size int64) error {
	return w.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600})
}

// sumEntry adds an entry's name and size to the digest; its bytes follow.
func sumEntry(digest hash.Hash, name string, size int64) {
	fmt.Fprintf(digest, "%s %d\n", name, size)
}

func (w *archiveWriter) entry(name string, content []byte) error {
	to, err := w.begin(name, int64(len(content)))
	if err != nil {
		return err
	}
	_, err = to.Write(content)
	return err
}

func (w *archiveWriter) manifest(m *manifest) error {
	content, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return w.entry(manifestName, append(content, '\n'))
}

// finish writes the totals, which the digest does not cover, and ends the
// archive.
func (w *archiveWriter) finish(t *totals) error {
	t.SHA256 = hex.EncodeToString(w.digest.Sum(nil))
	content, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return err
	}
	content = append(content, '\n')
	if err := w.header(totalsName, int64(len(content))); err != nil {
		return err
	}
	if _, err := w.tar.Write(content); err != nil {
		return err
	}
	if err := w.tar.Close(); err != nil {
		return err
	}
	if err := w.gzip.Close(); err != nil {
		return err
	}
	return w.output.Flush()
}

// table writes the rows that read gives, in parts.
func (w *archiveWriter) table(name string, read func(each func(row []any) error) error) (tableTotal, error) {
	var part bytes.Buffer
	parts := 0
	flush := func() error {
		parts++
		err := w.entry(partName(name, parts), part.Bytes())
		part.Reset()
		return err
	}
	encoder := newRowEncoder(&part)
	err := read(func(row []any) error {
		if err := encoder.write(row); err != nil {
			return err
		}
		if part.Len() < partSize {
			return nil
		}
		return flush()
	})
	if err == nil && part.Len() > 0 {
		err = flush()
	}
	if err != nil {
		return tableTotal{}, fmt.Errorf("write the table %s: %w", name, err)
	}
	return encoder.total(name), nil
}

func partName(table string, part int) string {
	return fmt.Sprintf("%s%s/%06d.jsonl", tablesFolder, table, part)
}
