package pgtest

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// CPU is the processor's time that the servers which this process has started have
// used, with all their children. It reads /proc, and is 0 where there is none.
func CPU() (total time.Duration) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0
	}
	parents := map[int]int{}
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			parents[pid], _, _ = processTimes(pid)
		}
	}
	for pid, parent := range parents {
		name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
		if err != nil || strings.TrimSpace(string(name)) != "postgres" {
			continue
		}
		_, own, waited := processTimes(pid)
		switch os.Getpid() {
		case parent:
			total += own + waited
		case parents[parent]:
			total += own
		}
	}
	return total
}

// ProcessCPU is the processor's time that a process has used, with children that
// have ended.
func ProcessCPU(pid int) time.Duration {
	_, own, waited := processTimes(pid)
	return own + waited
}

// processTimes gives the parent of a process, its time and that of children that
// have ended; a tick is a hundredth of a second (proc(5)).
func processTimes(pid int) (parent int, own, waited time.Duration) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, 0
	}
	fields := strings.Fields(string(text)[strings.LastIndexByte(string(text), ')')+1:])
	read := func(i int) time.Duration {
		n, _ := strconv.ParseInt(fields[i], 10, 64)
		return time.Duration(n) * 10 * time.Millisecond
	}
	parent, _ = strconv.Atoi(fields[1])
	return parent, read(11) + read(12), read(13) + read(14)
}
