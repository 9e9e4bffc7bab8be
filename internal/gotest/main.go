// Command gotest runs go test and keeps its events.
//
// It calls `go test -json` with the arguments it was given, adds every event
// to a file for other tools to read (mission asks it which proofs passed),
// and prints what go test prints without -json: one closing line per package,
// and in front of it the output of the tests that failed. It knows nothing of
// Deskmesh and decides nothing: its exit status is that of go test.
//
//	go run ./internal/gotest -events build/events.json -- -shuffle=on ./...
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
)

func main() {
	events := flag.String("events", "", "the `file` that the events are added to")
	flag.Parse()
	if *events == "" || flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: gotest -events file -- arguments of go test")
		os.Exit(2)
	}
	if err := run(*events, flag.Args()); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() > 0 {
			os.Exit(exit.ExitCode())
		}
		fmt.Fprintln(os.Stderr, "gotest:", err)
		os.Exit(1)
	}
}

// run starts go test, copies its events to the file and their readable form
// to standard output, and returns the error go test ended with.
func run(path string, args []string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()

	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	p := newPrinter(os.Stdout)
	copyErr := copyEvents(out, file, p)
	if err := cmd.Wait(); err != nil {
		return err
	}
	return copyErr
}

// copyEvents hands every line of in to the printer and, where it is an event,
// to the file. It reads to the end even after a failed write, so that go test
// never waits for its reader; the first error comes back.
func copyEvents(in io.Reader, file io.Writer, p *printer) error {
	var first error
	r := bufio.NewReader(in)
	for {
		line, err := r.ReadBytes('\n')
		if len(line) > 0 && p.line(line) {
			if _, err := file.Write(line); err != nil && first == nil {
				first = err
			}
		}
		if err == io.EOF {
			p.close()
			return first
		}
		if err != nil {
			return err
		}
	}
}
