package config

import (
	"errors"
	"flag"
	"net/netip"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var update = flag.Bool("update", false, "write docs/configuration.md anew")

func env(pairs map[string]string) LookupFunc {
	return func(name string) (string, bool) {
		value, found := pairs[name]
		return value, found
	}
}

func words(line string) []string { return strings.Fields(line) }

var comparePrefixes = cmpopts.EquateComparable(netip.Prefix{})

func TestDefaults(t *testing.T) {
	t.Parallel()
	cli, command, err := Parse(words("serve"), env(nil))
	if err != nil || command != "serve" {
		t.Fatalf("%q, %v", command, err)
	}
	want := Serve{
		Storage:    Storage{Database: Database{DB: "sqlite:data/deskmesh.db"}, Data: "data/"},
		Listen:     "127.0.0.1:8080",
		SMTPListen: "127.0.0.1:2525",
		MailMax:    25 << 20,
		MailRate:   600,
		JobWorkers: 4, LiveStreams: 5000,

		LimitCaller:  50,
		LimitAddress: 50,
		LimitPartner: 500,
		AccessLog:    "info",
	}
	if diff := cmp.Diff(want, cli.Serve, comparePrefixes); diff != "" {
		t.Errorf("serve (-want +got):\n%s", diff)
	}
	if cli.LogLevel != "info" || cli.LogFormat != "text" {
		t.Errorf("log: %+v", cli.Log)
	}
}

func TestFlagBeatsEnvironmentBeatsDefault(t *testing.T) {
	t.Parallel()
	cli, _, err := Parse(
		words("--log-format json serve --listen 127.0.0.1:1 --trusted-proxy 10.1.2.3/8 --trusted-proxy ::1 --mail-max 64KiB --next-free-port"),
		env(map[string]string{
			"DESKMESH_LISTEN":        "127.0.0.1:2",
			"DESKMESH_DB":            "postgres://desk:secret@a,b/desk",
			"DESKMESH_DEMO":          "true",
			"DESKMESH_DEMO_PUBLIC":   "",
			"DESKMESH_SMTP_LISTEN":   "",
			"DESKMESH_JOB_WORKERS":   "",
			"DESKMESH_TRUSTED_PROXY": "192.0.2.1",
			"DESKMESH_LOG_LEVEL":     "debug",
		}))
	if err != nil {
		t.Fatal(err)
	}
	want := Serve{
		Storage:      Storage{Database: Database{DB: "postgres://desk:secret@a,b/desk"}, Data: "data/"},
		Listen:       "127.0.0.1:1",
		Demo:         true,
		NextFreePort: true,
		TrustedProxies: []Network{
			{netip.MustParsePrefix("10.0.0.0/8")}, {netip.MustParsePrefix("::1/128")},
		},
		MailMax:    64 << 10,
		MailRate:   600,
		JobWorkers: 4, LiveStreams: 5000,

		LimitCaller:  50,
		LimitAddress: 50,
		LimitPartner: 500,
		AccessLog:    "info",
	}
	if diff := cmp.Diff(want, cli.Serve, comparePrefixes); diff != "" {
		t.Errorf("serve (-want +got):\n%s", diff)
	}
	if cli.LogLevel != "debug" || cli.LogFormat != "json" {
		t.Errorf("log: %+v", cli.Log)
	}
	if got := cli.Serve.Proxies(); len(got) != 2 || got[1] != netip.MustParsePrefix("::1/128") {
		t.Errorf("proxies: %v", got)
	}
}

func TestEnvironmentLists(t *testing.T) {
	t.Parallel()
	cli, _, err := Parse(words("serve"), env(map[string]string{"DESKMESH_TRUSTED_PROXY": "10.0.0.0/8,fd00::/8"}))
	if err != nil || len(cli.Serve.TrustedProxies) != 2 {
		t.Errorf("%v, %v", cli, err)
	}
}

// TestProcessEnvironmentIsNotRead holds that only the given lookup is asked.
func TestProcessEnvironmentIsNotRead(t *testing.T) {
	t.Setenv("DESKMESH_LISTEN", "127.0.0.1:1")
	cli, _, err := Parse(words("serve"), env(nil))
	if err != nil || cli.Serve.Listen != "127.0.0.1:8080" {
		t.Errorf("%v, %v", cli, err)
	}
}

func TestCommands(t *testing.T) {
	t.Parallel()
	create := []string{"account", "create", "--name", "Acme Ltd", "--slug", "acme", "--host", "desk.acme.example",
		"--base-url", "https://desk.acme.example", "--owner-name", "Olga Owner", "--owner-address", "olga@acme.example"}
	for _, tc := range []struct {
		args    []string
		command string
		check   func(*CLI) bool
	}{
		{create, "account create", func(c *CLI) bool {
			return c.Account.Create.Name == "Acme Ltd" && c.Account.Create.OwnerAddress == "olga@acme.example"
		}},
		{words("seed --db sqlite:x.db --tickets 1000"), "seed", func(c *CLI) bool {
			return c.Seed.DB == "sqlite:x.db" && c.Seed.ShareCount() == 50 && c.Seed.Agents == 200 && c.Seed.Seed == 1
		}},
		{words("seed --shares 7 --seed 42"), "seed", func(c *CLI) bool { return c.Seed.ShareCount() == 7 && c.Seed.Seed == 42 }},
		{words("backup --to x.tar"), "backup", func(c *CLI) bool { return c.Backup.To == "x.tar" && c.Backup.Data == "data/" }},
		{words("restore --from x.tar --data other"), "restore", func(c *CLI) bool { return c.Restore.From == "x.tar" && c.Restore.Data == "other" }},
		{words("doctor --listen 127.0.0.1:9 --online --json"), "doctor", func(c *CLI) bool {
			return c.Doctor.Listen == "127.0.0.1:9" && c.Doctor.JobWorkers == 4 && c.Doctor.Online && c.Doctor.JSON
		}},
		{words("check --repair --deep"), "check", func(c *CLI) bool { return c.Check.Repair && c.Check.Deep && c.Check.DB == "sqlite:data/deskmesh.db" }},
		{words("serve --metrics-listen 0.0.0.0:9 --metrics-token 12345678901234567890 --drain-delay 5s"), "serve", func(c *CLI) bool {
			return c.Serve.MetricsListen == "0.0.0.0:9" && c.Serve.DrainDelay.Seconds() == 5
		}},
		{words("migrate"), "migrate", func(c *CLI) bool { return c.Migrate.DB == "sqlite:data/deskmesh.db" }},
		{words("openapi"), "openapi", func(*CLI) bool { return true }},
		{words("version"), "version", func(*CLI) bool { return true }},
	} {
		cli, command, err := Parse(tc.args, env(nil))
		if err != nil || command != tc.command || !tc.check(cli) {
			t.Errorf("%v: %q %+v %v", tc.args, command, cli, err)
		}
	}
}

func TestWrongValues(t *testing.T) {
	t.Parallel()
	create := func(flag, value string) []string {
		args := []string{"account", "create", "--name=N", "--slug=acme", "--host=a.example", "--base-url=https://a.example",
			"--owner-name=O", "--owner-address=o@a.example"}
		return append(args, flag+"="+value)
	}
	for _, tc := range []struct {
		args []string
		want string // a part of the message
	}{
		{words(""), "serve"},
		{words("swerve"), "swerve"},
		{words("serve --lisen x"), "--lisen"},
		{words("serve extra"), "extra"},
		{words("serve --listen 8080"), "--listen"},
		{words("serve --listen= "), "--listen"},
		{words("serve --listen 127.0.0.1:65536"), "65535"},
		{words("serve --listen 127.0.0.1:http"), "port"},
		{words("serve --smtp-listen localhost"), "--smtp-listen"},
		{words("serve --demo --listen 0.0.0.0:8080"), "--demo-public"},
		{words("serve --demo --listen :8080"), "--demo-public"},
		{words("serve --demo --listen [::]:8080"), "--demo-public"},
		{words("serve --demo --listen demo.localhost.example.com:80"), "--demo-public"},
		{words("serve --demo --smtp-listen 192.168.1.1:25"), "--smtp-listen"},
		{words("serve --demo-public"), "--demo"},
		{words("serve --db mysql://x"), "--db"},
		{words("serve --db sqlite:"), "--db"},
		{words("serve --data="), "--data"},
		{words("serve --smtp-out mail.example.com:25"), "--smtp-out"},
		{words("serve --smtp-out smtp://mail.example.com"), "--smtp-out"},
		{words("serve --smtp-out http://mail.example.com:25"), "--smtp-out"},
		{words("serve --trusted-proxy 10.0.0.0/33"), "--trusted-proxy"},
		{words("serve --trusted-proxy everybody"), "everybody"},
		{words("serve --mail-max 12parsecs"), "12parsecs"},
		{words("serve --mail-max 10"), "1KiB"},
		{words("serve --mail-max 2GiB"), "100MiB"},
		{words("serve --job-workers 0"), "--job-workers"},
		{words("serve --log-level loud"), "--log-level"},
		{words("serve --access-log loud"), "--access-log"},
		{words("serve --limit-caller=-1"), "--limit-caller"},
		{words("serve --limit-address 2000000"), "--limit-address"},
		{words("serve --metrics-listen 9090"), "--metrics-listen"},
		{words("serve --metrics-listen :9090"), "--metrics-token"},
		{words("serve --metrics-listen 10.0.0.1:9090"), "--metrics-token"},
		{words("serve --metrics-listen 127.0.0.1:9090 --metrics-token short"), "--metrics-token"},
		{words("serve --drain-delay 1h"), "--drain-delay"},
		{words("serve --drain-delay soon"), "--drain-delay"},
		{words("doctor --listen x"), "--listen"},
		{words("check --data="), "--data"},
		{words("seed --tickets=-5"), "--tickets"},
		{words("seed --agents 0"), "--agents"},
		{words("backup"), "--to"},
		{words("restore"), "--from"},
		{words("account create"), "--name"},
		{create("--slug", "Acme"), "--slug"},
		{create("--slug", "a"), "--slug"},
		{create("--slug", "acme-"), "--slug"},
		{create("--host", "a.example:80"), "--host"},
		{create("--host", "a..example"), "--host"},
		{create("--base-url", "a.example"), "--base-url"},
		{create("--base-url", "https://a.example/desk"), "--base-url"},
		{create("--base-url", "javascript:alert(1)"), "--base-url"},
		{create("--owner-address", "Olga <o@a.example>"), "--owner-address"},
		{create("--owner-name", "   "), "--owner-name"},
	} {
		cli, _, err := Parse(tc.args, env(nil))
		if err == nil || !strings.Contains(err.Error(), tc.want) || cli != nil {
			t.Errorf("%v: got %v, want something about %q", tc.args, err, tc.want)
		}
	}
}

func TestSeveralFaultsAtOnce(t *testing.T) {
	t.Parallel()
	_, _, err := Parse(words("serve --listen x --db y --job-workers 0"), env(nil))
	for _, flag := range []string{"--listen", "--db", "--job-workers"} {
		if err == nil || !strings.Contains(err.Error(), flag) {
			t.Errorf("%v does not name %s", err, flag)
		}
	}
}

func TestFaultsInTheEnvironment(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, value string }{
		{"DESKMESH_LISTEN", "8080"},
		{"DESKMESH_LISTEN", ""},
		{"DESKMESH_DEMO", "perhaps"},
		{"DESKMESH_JOB_WORKERS", "many"},
		{"DESKMESH_LOG_LEVEL", "loud"},
		{"DESKMESH_TRUSTED_PROXY", "10.0.0.0/8,everybody"},
	} {
		if _, _, err := Parse(words("serve"), env(map[string]string{tc.name: tc.value})); err == nil {
			t.Errorf("%s=%s is taken", tc.name, tc.value)
		}
	}
}

func TestPasswordsAreNotRepeated(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"serve --db postgre://desk:s3cret@host/desk",
		"serve --smtp-out smtp://desk:s3cret@host",
		"serve --smtp-out smtp://desk:s3cret@host:%zz",
	} {
		_, _, err := Parse(words(line), env(nil))
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestDemoListens(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"serve --demo", "serve --demo --listen [::1]:0", "serve --demo --listen localhost:80 --smtp-listen=",
		"serve --demo --demo-public --listen 0.0.0.0:8080", "serve --listen :8080",
	} {
		if _, _, err := Parse(words(line), env(nil)); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{"--help": "serve", "serve --help": "DESKMESH_LISTEN", "account create --help": "--owner-name"} {
		cli, _, err := Parse(words(line), env(nil))
		var help *Help
		if !errors.As(err, &help) || !strings.Contains(help.Text, want) || cli != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Size{"0": 0, "512": 512, "1b": 1, "64KiB": 64 << 10, "64 kb": 64 << 10, "25MB": 25 << 20, "1G": 1 << 30} {
		var got Size
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
		var back Size
		if err := back.UnmarshalText([]byte(got.String())); err != nil || back != got {
			t.Errorf("%q becomes %q", text, got)
		}
	}
	for _, text := range []string{"", "MiB", "-1", "1.5MiB", "9223372036854775807K", "0x10", "1TiB", "+1"} {
		var got Size
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is read as %d", text, got)
		}
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"10.1.2.3/8": "10.0.0.0/8", "127.0.0.1": "127.0.0.1/32", "::1": "::1/128", "::ffff:10.0.0.1": "10.0.0.1/32", "fd00::/8": "fd00::/8",
	} {
		var got Network
		if err := got.UnmarshalText([]byte(text)); err != nil || got.String() != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "10.0.0.0/33", "localhost", "10.0.0", "fe80::1%eth0", "::ffff:10.0.0.0/104"} {
		var got Network
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

// TestEverySettingOfServeHasAnEnvironmentName walks the tags, so that none is forgotten.
func TestEverySettingOfServeHasAnEnvironmentName(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^DESKMESH_[A-Z]+(_[A-Z]+)*$`)
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for field := range typ.Fields() {
			if field.Anonymous {
				walk(field.Type)
				continue
			}
			name, env := field.Tag.Get("name"), field.Tag.Get("env")
			if !form.MatchString(env) || env != "DESKMESH_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_")) {
				t.Errorf("--%s has the environment name %q", name, env)
			}
		}
	}
	walk(reflect.TypeFor[Serve]())
	walk(reflect.TypeFor[Log]())
}

func TestDocument(t *testing.T) {
	t.Parallel()
	const path = "../../docs/configuration.md"
	want, err := Document()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/configuration.md is out of date; run go test ./internal/config -update (-want +got):\n%s", diff)
	}
}
