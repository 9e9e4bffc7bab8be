package store

import dm "github.com/deskmesh/deskmesh"

// Fold is the form in which names and addresses are compared, searched and kept
// unique; see deskmesh.Fold.
func Fold(s string) string { return dm.Fold(s) }

// lastRune sorts after everything a folded text goes on with.
const lastRune = "\U0010FFFF"

// prefixRange bounds the folded texts that begin with prefix: from <= x < to.
func prefixRange(prefix string) (from, to string) { return prefix, prefix + lastRune }

// clip shortens s to at most n characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	count := 0
	for i := range s {
		if count == n {
			return s[:i]
		}
		count++
	}
	return s
}
