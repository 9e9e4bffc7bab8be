package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// owner is the user that initdb and postgres run as. Its zero value is the
// user this process runs as.
type owner struct {
	uid, gid int
	other    bool
}

// chooseOwner gives the present user, or where that is root the user postgres,
// or else nobody. A data folder that exists keeps the owner it has.
func chooseOwner(data string) (owner, error) {
	if os.Geteuid() != 0 {
		return owner{}, nil
	}
	if info, err := os.Stat(data); err == nil {
		if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 {
			return owner{uid: int(stat.Uid), gid: int(stat.Gid), other: true}, nil
		}
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.Atoi(u.Uid)
		gid, gidErr := strconv.Atoi(u.Gid)
		if err := errors.Join(uidErr, gidErr); err != nil {
			return owner{}, err
		}
		return owner{uid: uid, gid: gid, other: true}, nil
	}
	return owner{}, errors.New("pgtest: PostgreSQL refuses to run as root, and there is neither a user postgres nor a user nobody")
}

// attributes puts a process under the owner, in a session of its own, so that
// a signal to the terminal's group does not reach it.
func (o owner) attributes() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setsid: true}
	if o.other {
		attr.Credential = &syscall.Credential{Uid: uint32(o.uid), Gid: uint32(o.gid)}
	}
	return attr
}

// take makes the owner the owner of a folder that exists, for itself alone.
func (o owner) take(folder string) error {
	if !o.other {
		return nil
	}
	if err := os.Chown(folder, o.uid, o.gid); err != nil {
		return err
	}
	return os.Chmod(folder, 0o700)
}

// mayEnter fails with the name of the first folder above path that keeps the
// owner out.
func (o owner) mayEnter(path string) error {
	if !o.other {
		return nil
	}
	for parent := filepath.Dir(path); ; parent = filepath.Dir(parent) {
		info, err := os.Stat(parent)
		if err != nil {
			return err
		}
		if !o.passes(info) {
			return fmt.Errorf("pgtest: PostgreSQL runs as user %d, who may not enter %s: choose a folder elsewhere", o.uid, parent)
		}
		if parent == filepath.Dir(parent) {
			return nil
		}
	}
}

func (o owner) passes(folder os.FileInfo) bool {
	mode := folder.Mode().Perm()
	if stat, ok := folder.Sys().(*syscall.Stat_t); ok {
		switch {
		case int(stat.Uid) == o.uid:
			return mode&0o100 != 0
		case int(stat.Gid) == o.gid:
			return mode&0o010 != 0
		}
	}
	return mode&0o001 != 0
}
