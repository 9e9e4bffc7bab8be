package backup

import (
	"bufio"
	"errors"
	"io"
	"os"
)

// keyList is a list of blob keys in a temporary file: a desk may have more of
// them than memory should hold.
type keyList struct {
	file *os.File
	w    *bufio.Writer
}

func newKeyList() (*keyList, error) {
	file, err := os.CreateTemp("", "deskmesh-keys-*")
	if err != nil {
		return nil, err
	}
	return &keyList{file, bufio.NewWriter(file)}, nil
}

func (l *keyList) add(key string) error {
	_, err := l.w.WriteString(key + "\n")
	return err
}

// each calls f for every key that was added, until f fails.
func (l *keyList) each(f func(key string) error) error {
	if err := l.w.Flush(); err != nil {
		return err
	}
	if _, err := l.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	lines := bufio.NewScanner(l.file)
	for lines.Scan() {
		if err := f(lines.Text()); err != nil {
			return err
		}
	}
	return lines.Err()
}

func (l *keyList) close() {
	// A temporary file that stays behind does no harm.
	_ = errors.Join(l.file.Close(), os.Remove(l.file.Name()))
}
