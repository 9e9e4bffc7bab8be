package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of processor time in /proc/<pid>/stat (USER_HZ, which is 100
// on every Linux that Go runs on).
const tick = 10 * time.Millisecond

// stat is what bench reads of /proc/<pid>/stat (proc(5)).
type stat struct {
	parent int
	own    time.Duration // user and system time
	waited time.Duration // that of children that have ended
}

func readStat(pid int) (stat, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, err
	}
	return parseStat(text)
}

func parseStat(text []byte) (stat, error) {
	// The name of the program, in brackets, may hold anything.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	var n [5]int64
	for i, at := range []int{1, 11, 12, 13, 14} {
		if at >= len(fields) {
			return stat{}, fmt.Errorf("/proc stat has %d fields", len(fields))
		}
		var err error
		if n[i], err = strconv.ParseInt(fields[at], 10, 64); err != nil {
			return stat{}, err
		}
	}
	return stat{int(n[0]), time.Duration(n[1]+n[2]) * tick, time.Duration(n[3]+n[4]) * tick}, nil
}

// cpuOf is the processor time of a process.
func cpuOf(pid int) time.Duration {
	s, err := readStat(pid)
	if err != nil {
		return 0
	}
	return s.own
}

// cpuOfFamily is that of a process and all its children, ended ones included.
func cpuOfFamily(pid int) time.Duration {
	s, err := readStat(pid)
	if err != nil {
		return 0
	}
	total := s.own + s.waited
	eachChild(pid, func(_ int, own time.Duration) { total += own })
	return total
}

// cpuOfDatabase is that of the processes of a PostgreSQL server that serve
// connections to one database now; their titles name it.
func cpuOfDatabase(postmaster int, name string) (total time.Duration) {
	eachChild(postmaster, func(pid int, own time.Duration) {
		if title, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil && bytes.Contains(title, []byte(" "+name+" ")) {
			total += own
		}
	})
	return total
}

// eachChild calls f for each child of a process with the time it has spent.
func eachChild(parent int, f func(pid int, own time.Duration)) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return
	}
	for _, e := range entries {
		child, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if s, err := readStat(child); err == nil && s.parent == parent {
			f(child, s.own)
		}
	}
}

// anonymousMemory is the RssAnon of a process, in bytes: its own memory without
// mapped files.
func anonymousMemory(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	return kilobytes(string(text), "RssAnon:")
}

func kilobytes(text, name string) int64 {
	_, rest, _ := strings.Cut(text, name)
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	n, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return 0
	}
	return n * 1024
}

// postmaster is the process number of the PostgreSQL server in a folder.
func postmaster(folder string) int {
	text, err := os.ReadFile(filepath.Join(folder, "data", "postmaster.pid"))
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		return 0
	}
	return pid
}

// machine describes where a run took place.
type machine struct {
	cpu, kernel, goVersion, sqlite string
	cores                          int
	memory                         int64
}

func describeMachine() machine {
	m := machine{cores: runtime.NumCPU(), goVersion: runtime.Version(), cpu: "unknown processor", sqlite: "unknown"}
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if _, rest, ok := strings.Cut(string(text), "model name"); ok {
			line, _, _ := strings.Cut(rest, "\n")
			m.cpu = strings.TrimSpace(strings.TrimLeft(line, "\t :"))
		}
	}
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		m.memory = kilobytes(string(text), "MemTotal:")
	}
	if text, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.kernel = strings.TrimSpace(string(text))
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		if i := slices.IndexFunc(info.Deps, func(d *debug.Module) bool { return d.Path == "modernc.org/sqlite" }); i >= 0 {
			m.sqlite = info.Deps[i].Version
		}
	}
	return m
}

// loadAverage is that of the last minute (proc(5)); 0 where it is not known.
func loadAverage() float64 {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), " ")
	load, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return 0
	}
	return load
}

// measureFsync gives the median of 200 times writing 4 KB to the end of a file
// and waiting until they are on the disk.
func measureFsync(dir string) (time.Duration, error) {
	file, err := os.CreateTemp(dir, "fsync")
	if err != nil {
		return 0, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	block := make([]byte, 4096)
	var took []time.Duration
	for range 200 {
		began := time.Now()
		if _, err := file.Write(block); err != nil {
			return 0, err
		}
		if err := file.Sync(); err != nil {
			return 0, err
		}
		took = append(took, time.Since(began))
	}
	return quantile(took, 0.5), nil
}
