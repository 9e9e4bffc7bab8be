package cli_test

import (
	"io"
	"net/http"
	"net/smtp"
	"strings"
	"testing"
)

// at gives the address that a log line names after a message.
func (s *serving) at(message string) string {
	s.Helper()
	_, after, found := strings.Cut(s.log.String(), `msg="`+message+`" address=`)
	if !found {
		s.Fatalf("the log has no line %q:\n%s", message, s.log)
	}
	address, _, _ := strings.Cut(after, "\n")
	return "http://" + address
}

func fetch(t *testing.T, url string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(header) > 0 {
		r.Header.Set(header[0], header[1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err.Error()
	}
	return answer.StatusCode, string(text)
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	s := serve(t, "--demo", "--metrics-listen", "127.0.0.1:0", "--metrics-token", "twenty-characters-and-more", "--access-log", "off")
	watch := s.at("showing metrics")
	for _, path := range []string{"/healthz", "/readyz"} {
		if status, text := fetch(t, watch+path); status != http.StatusOK {
			t.Errorf("%s %d %s", path, status, text)
		}
	}
	for _, header := range []string{"", "Bearer wrong", "Basic twenty-characters-and-more"} {
		if status, text := fetch(t, watch+"/metrics", "Authorization", header); status != http.StatusUnauthorized || strings.Contains(text, "deskmesh_") {
			t.Errorf("with %q: %d", header, status)
		}
	}
	s.get("/sign-in")
	s.get("/api/v1/tickets/17")
	if err := smtp.SendMail(s.mailAddress(), nil, "staff.one@acme.example", []string{"accounts@acme.example"}, []byte("Subject: Hello\r\n\r\nA question.\r\n")); err != nil {
		t.Fatal(err)
	}
	const job = `deskmesh_job_seconds_count{kind="mail.in",result="done"} 1`
	status, text := 0, ""
	for tries := 0; tries < 3000 && !strings.Contains(text, "\n"+job); tries++ { // the job runs soon
		status, text = fetch(t, watch+"/metrics", "Authorization", "Bearer twenty-characters-and-more")
	}
	for _, line := range []string{
		`deskmesh_http_request_seconds_count{method="GET",route="/sign-in",status="2xx"} 1`,
		`deskmesh_http_request_seconds_count{method="GET",route="/api/v1/tickets/{number}",status="4xx"} 1`,
		`deskmesh_draining 0`, `deskmesh_jobs_counted 1`, `deskmesh_db_statement_seconds_count{in="read"} `, job,
		`deskmesh_mails_total{direction="in",result="taken"} 1`,
	} {
		if status != http.StatusOK || !strings.Contains(text, "\n"+line) {
			t.Errorf("%d: there is no line %s", status, line)
		}
	}
	if status, _ := fetch(t, s.base+"/metrics"); status != http.StatusNotFound {
		t.Errorf("the desk's own address shows metrics: %d", status)
	}
	if status := s.end(); status != 0 {
		t.Errorf("exit status %d\n%s", status, s.log)
	}
	if strings.Contains(s.log.String(), "msg=http") || strings.Contains(s.log.String(), "twenty-characters") {
		t.Errorf("the log has what it should not have:\n%s", s.log)
	}
}

// TestReadyWhileDraining: from the moment the server is asked to end /readyz
// says so, while requests are still answered.
func TestReadyWhileDraining(t *testing.T) {
	t.Parallel()
	s := serve(t, "--drain-delay", "2s", "--metrics-listen", "127.0.0.1:0")
	watch := s.at("showing metrics")
	if status, body := s.get("/readyz"); status != http.StatusOK {
		t.Fatalf("/readyz %d %v", status, body)
	}
	s.stop()
	told := false
	for !told {
		status, text := fetch(t, s.base+"/readyz")
		if status == 0 {
			t.Fatalf("the server took no more requests before it told of the end: %s", text)
		}
		told = status == http.StatusServiceUnavailable && strings.Contains(text, "draining")
	}
	if status, text := fetch(t, watch+"/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("on the other address: %d %s", status, text)
	}
	if status, _ := fetch(t, s.base+"/healthz"); status != http.StatusOK {
		t.Errorf("/healthz %d", status)
	}
	if status, _ := fetch(t, s.base+"/sign-in"); status != http.StatusMisdirectedRequest {
		t.Errorf("/sign-in %d", status) // there is no desk, and this is its answer
	}
	if status := s.end(); status != 0 {
		t.Errorf("exit status %d\n%s", status, s.log)
	}
}

// TestLimits: the flags are heeded, for the API and the pages together.
func TestLimits(t *testing.T) {
	t.Parallel()
	s := serve(t, "--demo", "--limit-address", "1")
	s.get("/sign-in")
	s.get("/api/v1/me")
	for i := 0; ; i++ {
		if i > 1000 {
			t.Fatal("there is no limit")
		}
		if status, _ := s.get("/sign-in"); status == http.StatusTooManyRequests {
			break
		}
	}
	if status, body := s.get("/api/v1/me"); status != http.StatusTooManyRequests || body["code"] != "rate_limited" {
		t.Errorf("the API answers %d %v", status, body)
	}
	if status, _ := s.get("/healthz"); status != http.StatusOK {
		t.Errorf("/healthz %d", status)
	}
	free := serve(t, "--demo", "--limit-address", "0")
	for range 300 {
		if status, _ := free.get("/api/v1/me"); status != http.StatusUnauthorized {
			t.Fatalf("without a limit: %d", status)
		}
	}
}
