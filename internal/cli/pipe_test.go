package cli_test

import (
	"bytes"
	"io"
	"net/smtp"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/deskmesh/deskmesh/internal/cli"
)

// TestMailInPipe hands mails over as a mail server does, while the desk runs.
func TestMailInPipe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db, data := "sqlite:"+filepath.Join(dir, "desk.db"), filepath.Join(dir, "data")
	pipe := func(in io.Reader, args ...string) int {
		t.Helper()
		var errs bytes.Buffer
		args = append([]string{"mail-in", "--db", db, "--data", data, "--sender", "staff.one@acme.example"}, args...)
		status := cli.Run(t.Context(), args, cli.Surroundings{Env: func(string) (string, bool) { return "", false }, In: in, Out: io.Discard, Err: &errs})
		if status != 0 && errs.Len() == 0 {
			t.Errorf("%v: status %d, and nothing is said", args, status)
		}
		return status
	}
	mail := "From: <staff.one@acme.example>\r\nSubject: By pipe\r\nMessage-ID: <pipe@acme.example>\r\n\r\nHello\r\n"
	if got := pipe(strings.NewReader(mail), "--recipient", "accounts@acme.example"); got != 75 {
		t.Errorf("without a database: %d", got)
	}
	s := serve(t, "--demo", "--db", db, "--data", data, "--lmtp-listen", "127.0.0.1:0")
	for _, c := range []struct {
		name string
		in   io.Reader
		args []string
		want int
	}{
		{"a mail to an inbox", strings.NewReader(mail), []string{"--recipient", "accounts@acme.example"}, 0},
		{"to nobody", strings.NewReader(mail), []string{"--recipient", "nobody@acme.example"}, 67},
		{"too large", strings.NewReader(mail + strings.Repeat("x", 2000)), []string{"--recipient", "accounts@acme.example", "--mail-max", "1KiB"}, 65},
		{"an empty one", strings.NewReader(""), []string{"--recipient", "accounts@acme.example"}, 75},
		{"one that breaks off", iotest.ErrReader(io.ErrUnexpectedEOF), []string{"--recipient", "accounts@acme.example"}, 75},
		{"a wrong flag costs no mail", strings.NewReader(mail), []string{"--recipent", "accounts@acme.example"}, 75},
		{"no recipient", strings.NewReader(mail), nil, 75},
	} {
		if got := pipe(c.in, c.args...); got != c.want {
			t.Errorf("%s: status %d, not %d", c.name, got, c.want)
		}
	}
	found := regexp.MustCompile(`by LMTP" address=(\S+)`).FindStringSubmatch(s.log.String())
	if found == nil {
		t.Fatalf("no LMTP: %s", s.log)
	}
	client, err := smtp.Dial(found[1])
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.Hello("localhost"); err == nil {
		t.Error("the LMTP server speaks SMTP")
	}
	if status := s.end(); status != 0 {
		t.Errorf("exit status %d\n%s", status, s.log)
	}
}
