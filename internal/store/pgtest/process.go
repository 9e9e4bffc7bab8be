package pgtest

import (
	"context"
	"fmt"
	"os/exec"
	"syscall"
	"time"
)

// process is a child of this process, known by its number. It is asked for its
// end instead of being waited for by a goroutine, so that tests which look for
// goroutines left behind find none.
type process struct {
	pid  int
	gone bool
}

func startProcess(cmd *exec.Cmd) (*process, error) {
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{pid: cmd.Process.Pid}
	return p, cmd.Process.Release()
}

// ended says whether the process is over, without waiting.
func (p *process) ended() bool {
	if p.gone {
		return true
	}
	var status syscall.WaitStatus
	pid, err := syscall.Wait4(p.pid, &status, syscall.WNOHANG, nil)
	if err == syscall.EINTR {
		return false
	}
	p.gone = pid == p.pid || err != nil
	return p.gone
}

// stop asks postgres to end its connections and shut down in order, and ends
// it hard where that takes longer than limit. It returns when it is over.
func (p *process) stop(limit time.Duration) error {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		if p.ended() {
			return nil
		}
		if err := syscall.Kill(p.pid, signal); err != nil {
			return fmt.Errorf("pgtest: stop postgres: %w", err)
		}
		if p.await(limit) {
			return nil
		}
	}
	return fmt.Errorf("pgtest: postgres with the number %d does not end", p.pid)
}

func (p *process) await(limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	for !p.ended() {
		if !pause(ctx, 5*time.Millisecond) {
			return false
		}
	}
	return true
}

// pause waits for d and says whether the context still stands.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
