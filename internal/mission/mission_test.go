package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const statementsFile = `# Statements

A line may mention **S0-99** and count for nothing.

- **S0-01** One sentence.
- **S0-02** Another.
- **S0-15** The cap.
- **S1-03** Something else.

## Decisions

- **C14** Not a statement.
- **Q6** Nor this.
`

// repository writes files below a new folder, with the statements in docs.
func repository(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	all := map[string]string{"docs/statements.md": statementsFile}
	maps.Copy(all, files)
	for name, text := range all {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func inTest(body string) string {
	return "package x\n\nimport \"testing\"\n\nfunc TestShare(t *testing.T) {\n" + body + "\n}\n"
}

func TestReport(t *testing.T) {
	t.Parallel()
	root := repository(t, map[string]string{
		"internal/httpapi/share_test.go": inTest(`t.Run("S0-01 S0-02 a share opens", func(t *testing.T) { check(t) })`),
		"e2e/main_test.go":               inTest(`t.Run("S1-03 the whole way", func(t *testing.T) { check(t) })`),
		"internal/store/share_test.go":   inTest(`t.Run("S0-15 not at a door", func(t *testing.T) { check(t) })`),
	})
	var out bytes.Buffer
	faults, err := run(&out, root, "")
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	want := `S0-01 proven TestShare/S0-01_S0-02_a_share_opens
S0-02 proven TestShare/S0-01_S0-02_a_share_opens
S0-15 none
S1-03 proven TestShare/S1-03_the_whole_way
3 of 4 proven
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestStatementsFaults(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"twice": "- **S0-01** a\n- **S0-01** b\n",
		"none":  "# Statements\n",
	} {
		root := repository(t, map[string]string{"docs/statements.md": text})
		if _, err := run(&bytes.Buffer{}, root, ""); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestUnknownStatement(t *testing.T) {
	t.Parallel()
	root := repository(t, map[string]string{
		"e2e/main_test.go": inTest(`t.Run("S0-77 what is that", func(t *testing.T) { check(t) })`),
	})
	faults, err := run(&bytes.Buffer{}, root, "")
	if err != nil || len(faults) != 1 || !strings.Contains(faults[0], "S0-77") {
		t.Errorf("faults %q, error %v", faults, err)
	}
}

func TestGoProofs(t *testing.T) {
	t.Parallel()
	const runs = `t.Run("S0-15 the cap", func(t *testing.T) { check(t) })`
	cases := []struct {
		name, source string
		want         []string
	}{
		{"a literal name with a body", inTest(runs), []string{"TestShare/S0-15_the_cap"}},
		{"in a level below", inTest(`for _, e := range engines { t.Run(e.name, func(t *testing.T) {` + runs + `}) }`), []string{"TestShare/S0-15_the_cap"}},
		{"handed to a helper", inTest(`onBoth(t, func(t *testing.T) {` + runs + `})`), []string{"TestShare/S0-15_the_cap"}},
		{"a name only", inTest(`t.Run("S0-15", func(t *testing.T) { check(t) })`), []string{"TestShare/S0-15"}},
		{"the number not in front", inTest(`t.Run("cap S0-15", func(t *testing.T) { check(t) })`), nil},
		{"part of a longer number", inTest(`t.Run("S0-15x cap", func(t *testing.T) { check(t) })`), nil},
		{"a computed name", inTest(`t.Run(c.name, func(t *testing.T) { check(t) })`), nil},
		{"an empty body", inTest(`t.Run("S0-15 the cap", func(t *testing.T) {})`), nil},
		{"a body that checks nothing", inTest(`t.Run("S0-15 the cap", func(t *testing.T) { t.Parallel(); t.Log("fine") })`), nil},
		{"a skip", inTest(`t.Run("S0-15 the cap", func(t *testing.T) { t.Skip("later"); check(t) })`), nil},
		{"a skip in an if", inTest(`t.Run("S0-15 the cap", func(t *testing.T) { if x { t.SkipNow() }; check(t) })`), nil},
		{"a skip around it", inTest("t.Skipf(\"later\")\n" + runs), nil},
		{"a skip in the level around it", inTest(`t.Run("all", func(t *testing.T) { t.Skip(); ` + runs + `})`), nil},
		{"a condition around it is left to the run", inTest("if testing.Short() { t.Skip() }\n" + runs), []string{"TestShare/S0-15_the_cap"}},
		{"a comment", inTest("// " + runs), nil},
		{
			"a helper that a test reaches",
			inTest(`first(t)`) + "func first(t *testing.T) { second(t) }\nfunc second(t *testing.T) { " + runs + " }\n",
			[]string{"TestShare/S0-15_the_cap"},
		},
		{"a helper that no test reaches", inTest(`check(t)`) + "func lost(t *testing.T) { " + runs + " }\n", nil},
		{"a helper behind a skipped test", inTest("t.Skip()\nfirst(t)") + "func first(t *testing.T) { " + runs + " }\n", nil},
		{
			"a named function",
			inTest(`t.Run("S0-15 the cap", capHolds)`) + "func capHolds(t *testing.T) { check(t) }\n",
			[]string{"TestShare/S0-15_the_cap"},
		},
		{"a named function that skips", inTest(`t.Run("S0-15 the cap", capHolds)`) + "func capHolds(t *testing.T) { t.Skip() }\n", nil},
		{"a method", inTest(`t.Run("S0-15 the cap", w.capHolds)`) + "func (w world) capHolds(t *testing.T) { check(t) }\n", []string{"TestShare/S0-15_the_cap"}},
		{"a wrapped function", inTest(`t.Run("S0-15 the cap", onBoth(func(t *testing.T) { check(t) }))`), []string{"TestShare/S0-15_the_cap"}},
		{"a wrapped empty function", inTest(`t.Run("S0-15 the cap", onBoth(func(t *testing.T) {}))`), nil},
		{"left out of the usual build", "//go:build faults\n\n" + inTest(runs), nil},
		{"no test function", strings.Replace(inTest(runs), "TestShare", "Testshare", 1), nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			root := repository(t, map[string]string{"e2e/a_test.go": c.source})
			proofs, err := findProofs(root, doors)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range proofs {
				got = append(got, p.path())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestScreenProofs(t *testing.T) {
	t.Parallel()
	const works = `async ({ page }) => { await page.goto("/"); }`
	cases := []struct {
		name, source string
		want         []string
	}{
		{"double quotes", `test("S0-15 cap", ` + works + `);`, []string{"S0-15 cap"}},
		{"single quotes, options", `test('S0-15 S0-01 cap', { tag: "@slow" }, ` + works + `);`, []string{"S0-15 S0-01 cap"}},
		{"a template without values", "it(`S0-15 cap`, " + works + ");", []string{"S0-15 cap"}},
		{"a template with values", "it(`S0-15 ${name}`, " + works + ");", nil},
		{"inside a group", `test.describe("x", () => { test("S0-15 cap", ` + works + `); });`, []string{"S0-15 cap"}},
		{"test.skip", `test.skip("S0-15 cap", ` + works + `);`, nil},
		{"test.fixme", `test.fixme("S0-15 cap", ` + works + `);`, nil},
		{"a skip inside", `test("S0-15 cap", async ({ page }) => { test.skip(true); await page.goto("/"); });`, nil},
		{"a skipped group", `test.describe.skip("x", () => { test("S0-15 cap", ` + works + `); });`, nil},
		{"behind a skipped group", `test.describe.skip("x", () => { f(); }); test("S0-15 cap", ` + works + `);`, []string{"S0-15 cap"}},
		{"an empty body", `test("S0-15 cap", async ({ page }) => {}); f();`, nil},
		{"a line comment", `// test("S0-15 cap", ` + works + `);`, nil},
		{"a block comment", `/* test("S0-15 cap", ` + works + `); */`, nil},
		{"a body that is a comment", "test(\"S0-15 cap\", async () => {\n// f();\n});", nil},
		{"brackets and slashes in texts", `test("S0-15 cap", async ({ page }) => { const x = ")}"; await page.waitForURL(/\)"/); }); test("S0-01 b", ` + works + `);`, []string{"S0-15 cap", "S0-01 b"}},
		{"no statement", `test("the cap", ` + works + `);`, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			root := repository(t, map[string]string{"web/e2e/share.e2e.ts": c.source, "web/e2e/node_modules/x.e2e.ts": `test("S0-02 x", ` + works + `)`})
			proofs, err := findProofs(root, doors)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range proofs {
				got = append(got, p.path())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	const api = "github.com/deskmesh/deskmesh/internal/httpapi"
	event := func(action, pkg, test string) string {
		return `{"Time":"2026-01-01T00:00:00Z","Action":"` + action + `","Package":"` + pkg + `","Test":"` + test + `","Elapsed":0.1}` + "\n"
	}
	const full = "TestShare/sqlite/S0-15_the_cap"
	cases := []struct {
		name, events string
		proven       bool
	}{
		{"passed", event("run", api, full) + event("pass", api, full), true},
		{"passed as a second of its name", event("pass", api, full+"#01"), true},
		{"passed without a level in between", event("pass", api, "TestShare/S0-15_the_cap"), true},
		{"passed with noise around", "# compiling\n" + event("pass", api, full) + "not an event\n", true},
		{"passed without a last line's end", strings.TrimSuffix(event("pass", api, full), "\n"), true},
		{"failed", event("fail", api, full), false},
		{"passed, then failed", event("pass", api, full) + event("fail", api, full), false},
		{"skipped", event("skip", api, full), false},
		{"another package", event("pass", "github.com/deskmesh/deskmesh/internal/store", full), false},
		{"another name", event("pass", api, "TestShare/S0-15_the_cap_too"), false},
		{"never ran", "", false},
	}
	root := repository(t, map[string]string{
		"internal/httpapi/share_test.go": inTest(`t.Run("S0-15 the cap", func(t *testing.T) { check(t) })`),
	})
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "events.json")
			if err := os.WriteFile(path, []byte(c.events), 0o644); err != nil {
				t.Fatal(err)
			}
			faults, err := run(&bytes.Buffer{}, root, path)
			if err != nil {
				t.Fatal(err)
			}
			if got := len(faults) == 0; got != c.proven {
				t.Errorf("faults: %q", faults)
			}
		})
	}
}

func TestScreenEvents(t *testing.T) {
	t.Parallel()
	root := repository(t, map[string]string{
		"web/e2e/a.e2e.ts": `test("S0-15 the cap", async ({ page }) => { await page.goto("/"); });`,
		"events.json":      `{"Action":"pass","Package":"web/e2e","Test":"S0-15 the cap"}`,
	})
	faults, err := run(&bytes.Buffer{}, root, filepath.Join(root, "events.json"))
	if err != nil || len(faults) > 0 {
		t.Errorf("faults %q, error %v", faults, err)
	}
}

// TestRewrite compares with what the testing package itself makes of a name.
func TestRewrite(t *testing.T) {
	for _, name := range []string{"S0-15 the 26th", "a/b", "tab\there", "ümläut …", "bell\a", "quote's \"x\""} {
		t.Run(name, func(t *testing.T) {
			if got, want := "TestRewrite/"+rewrite(name), t.Name(); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}
