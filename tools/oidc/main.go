// Oidc is an OpenID Connect provider for tests: the one that the library
// zitadel/oidc is certified with, with two people who live in its memory. It
// prints its issuer as the first line and runs until its standard input ends.
//
// It is a module of its own, so that what it needs never mixes with what the
// program needs. It is nothing to run where others can reach it.
package main

import (
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
)

// people are those who can sign in, each with the password "verysecure".
type people map[string]*storage.User

func (p people) GetUserByID(id string) *storage.User         { return p[id] }
func (p people) GetUserByUsername(name string) *storage.User { return p[name] }
func (p people) ExampleClientID() string                     { return storage.ServiceUserID }

func main() {
	redirect := os.Getenv("REDIRECT")
	if redirect == "" {
		log.Fatal("REDIRECT names where browsers are sent back to")
	}
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	issuer := fmt.Sprintf("http://localhost:%d/", at.Addr().(*net.TCPAddr).Port)
	known := people{}
	for _, p := range []storage.User{
		{ID: "ada", FirstName: "Ada", LastName: "Lindqvist", Email: os.Getenv("ADDRESS"), EmailVerified: true},
		{ID: "bo", FirstName: "Bo", LastName: "Unverified", Email: os.Getenv("ADDRESS")},
	} {
		p.Username, p.Password = p.ID, "verysecure"
		known[p.ID] = &p
	}
	storage.RegisterClients(storage.WebClient("deskmesh", "a client's secret", redirect))
	handler := exampleop.SetupServer(issuer, storage.NewStorage(known), slog.New(slog.DiscardHandler), false)
	fmt.Println(issuer)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	log.Fatal(http.Serve(at, handler))
}
