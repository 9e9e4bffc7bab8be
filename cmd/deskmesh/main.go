// Command deskmesh is the whole help desk in one binary: the server, and the
// commands around it. `deskmesh --help` lists them. Everything it does is in
// package internal/cli; this file only hands over arguments, environment,
// standard streams and signals.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/deskmesh/deskmesh/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(cli.Run(ctx, os.Args[1:], cli.Surroundings{Env: os.LookupEnv, In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
