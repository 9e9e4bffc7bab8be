package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/config"
)

// The exit statuses.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// Surroundings are what a command has around it.
type Surroundings struct {
	Env      config.LookupFunc
	In       io.Reader // what mail-in reads
	Out, Err io.Writer
}

// command is one command at work.
type command struct {
	Surroundings
	*config.CLI
	log *slog.Logger
}

// commands are the commands by the names that config gives them.
var commands = map[string]func(*command, context.Context) error{
	"serve":          (*command).serve,
	"account create": (*command).createAccount,
	"doctor":         (*command).doctor,
	"check":          (*command).check,
	"migrate":        (*command).migrate,
	"seed":           (*command).seed,
	"backup":         (*command).backup,
	"restore":        (*command).restore,
	"mail-in":        (*command).mailIn,
	"openapi":        (*command).openAPI,
	"version":        (*command).version,
}

// Run runs the command that the arguments name and gives the exit status. A
// server runs until ctx ends, and then finishes what it has begun.
func Run(ctx context.Context, args []string, around Surroundings) int {
	parsed, name, err := config.Parse(args, around.Env)
	var help *config.Help
	switch {
	case errors.As(err, &help):
		fmt.Fprint(around.Out, help.Text)
		return exitDone
	case err != nil:
		complain(around.Err, err)
		if len(args) > 0 && args[0] == "mail-in" {
			return exitLater // a wrong flag must cost no mail
		}
		fmt.Fprintln(around.Err, "Run deskmesh --help for the commands and their flags.")
		return exitUsage
	}
	c := &command{Surroundings: around, CLI: parsed, log: newLog(around.Err, parsed.Log)}
	if err := commands[name](c, ctx); err != nil {
		complain(around.Err, err)
		if name == "mail-in" {
			return mailStatus(err)
		}
		return exitFailed
	}
	return exitDone
}

// complain says in plain words what went wrong. The cause follows where it
// helps whoever runs the program; this is their own terminal.
func complain(to io.Writer, err error) {
	var e *dm.Error
	if !errors.As(err, &e) {
		for line := range strings.Lines(err.Error()) {
			fmt.Fprintln(to, "deskmesh:", strings.TrimRight(line, "\n"))
		}
		return
	}
	text := e.Public
	if e.Field != "" {
		text = e.Field + ": " + text
	}
	fmt.Fprintln(to, "deskmesh:", text)
	for _, fault := range e.Faults {
		fmt.Fprintf(to, "deskmesh: %s: %s\n", fault.Field, fault.Message)
	}
	if cause := errors.Unwrap(e); cause != nil {
		fmt.Fprintln(to, "deskmesh:", cause)
	}
}

// newLog writes log lines to the standard error.
func newLog(to io.Writer, o config.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(o.LogLevel)); err != nil {
		level = slog.LevelInfo // config has checked the word
	}
	options := &slog.HandlerOptions{Level: level}
	if o.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(to, options))
	}
	return slog.New(slog.NewTextHandler(to, options))
}
