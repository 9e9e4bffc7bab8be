//go:build linux || darwin

package doctor

import "syscall"

// freeBytes is what an ordinary user may still write to the disk of a folder.
func freeBytes(folder string) (free int64, known bool) {
	var s syscall.Statfs_t
	if syscall.Statfs(folder, &s) != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}
