package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// keeperScript reads the server's number, then waits for one more line. When
// the pipe closes without one, the process at its other end has died: the
// server is shut down, hard where it takes longer than half a minute. Either
// way the folders given as arguments are removed, once the server is gone.
const keeperScript = `
trap '' INT TERM HUP
read -r pid || pid=
read -r word || word=died
if [ -n "$pid" ] && [ "$word" = died ]; then
	kill -INT "$pid"
	n=0
	while kill -0 "$pid" && [ "$n" -lt 300 ]; do sleep 0.1; n=$((n + 1)); done
	kill -QUIT "$pid" && sleep 1
fi
rm -rf "$@"
`

// keeper is the shell that cleans up after a server, whatever becomes of the
// process that started it.
type keeper struct {
	pipe    *os.File
	process *process
}

// startKeeper starts the shell as the owner of the folders that it removes in
// the end.
func startKeeper(who owner, rubbish []string) (*keeper, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	cmd := exec.Command("/bin/sh", append([]string{"-c", keeperScript, "deskmesh-pgtest-keeper"}, rubbish...)...)
	cmd.Dir = "/"
	cmd.Env = environment()
	cmd.Stdin = read
	cmd.SysProcAttr = who.attributes()
	process, err := startProcess(cmd)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("pgtest: keeper: %w", err), write.Close())
	}
	return &keeper{pipe: write, process: process}, nil
}

// watch tells the keeper which server it is for.
func (k *keeper) watch(pid int) error {
	_, err := fmt.Fprintln(k.pipe, pid)
	return err
}

// dismiss tells the keeper that the server is gone, and waits until it has
// removed the files. Where no server was ever watched, the first line that it
// reads is this one, which makes it no number of a process to end.
func (k *keeper) dismiss() error {
	_, writeErr := fmt.Fprint(k.pipe, "\nstopped\n")
	closeErr := k.pipe.Close()
	if !k.process.await(10 * time.Second) {
		return errors.Join(writeErr, closeErr, errors.New("pgtest: the keeper does not end"))
	}
	return errors.Join(writeErr, closeErr)
}
