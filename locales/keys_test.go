package locales

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

// placeholders gives the sorted set of names that a text has placeholders for.
func placeholders(text string) []string {
	names := []string{}
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestCataloguesAgree(t *testing.T) {
	t.Parallel()
	name := regexp.MustCompile(`^[a-z]+$`)
	english := catalogues[fallback].texts
	for language, c := range catalogues {
		for key, text := range c.texts {
			if _, ok := english[key]; !ok {
				t.Errorf("%s.json: %s is not in en.json", language, key)
				continue
			}
			if diff := cmp.Diff(placeholders(english[key]), placeholders(text)); diff != "" {
				t.Errorf("%s.json: %s has other placeholders than in English (-English +%s):\n%s", language, key, language, diff)
			}
			if strings.TrimSpace(text) != text || text == "" {
				t.Errorf("%s.json: %s is empty, or has space at its ends", language, key)
			}
			for _, p := range placeholders(text) {
				if !name.MatchString(p) {
					t.Errorf("%s.json: %s has a placeholder {%s}: names are small letters", language, key, p)
				}
			}
			if strings.Count(text, "{") != len(placeholder.FindAllString(text, -1)) {
				t.Errorf("%s.json: %s has a brace that belongs to no placeholder", language, key)
			}
		}
		for key := range english {
			if _, ok := c.texts[key]; !ok {
				t.Errorf("%s.json: %s is missing", language, key)
			}
			if plural, ok := strings.CutSuffix(key, ".one"); ok && c.texts[plural+".other"] == "" {
				t.Errorf("%s.json: %s has no form for other numbers", language, plural)
			}
		}
	}
}

// TestKeysStandOnce holds that no key is written twice in a file, which the
// decoder would pass over in silence.
func TestKeysStandOnce(t *testing.T) {
	t.Parallel()
	for _, language := range Languages() {
		raw, err := files.ReadFile(language + ".json")
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, line := range bytes.Split(raw, []byte("\n")) {
			key, _, ok := strings.Cut(strings.TrimSpace(string(line)), `": "`)
			if ok && seen[key] {
				t.Errorf("%s.json: %s\" stands there twice", language, key)
			}
			seen[key] = true
		}
		var texts map[string]string
		decoder := json.NewDecoder(bytes.NewReader(raw))
		if err := decoder.Decode(&texts); err != nil || decoder.More() {
			t.Errorf("%s.json is not one object of texts: %v", language, err)
		}
	}
}

// TestKeysAreUsed holds that the code asks for no key that is missing, gives
// each entry the values it needs, and leaves none lying.
func TestKeysAreUsed(t *testing.T) {
	t.Parallel()
	english := catalogues[fallback].texts
	u := &usage{t: t, texts: english, used: map[string]bool{}}
	for folder, parsed := range codeFolders(t) {
		if !slices.ContainsFunc(parsed, importsLocales) {
			continue
		}
		for _, f := range parsed {
			u.folder = folder
			ast.Inspect(f, u.visit)
		}
	}
	u.templates()
	for key := range english {
		if !u.used[key] {
			t.Errorf("nothing uses %s", key)
		}
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	texts := map[string]string{"a.b": "{x}", "a.c": "-", "n.one": "{count} {y}", "n.other": "{count} {y}", "free": "-"}
	for code, want := range map[string]struct {
		faults int
		used   []string
	}{
		`c.T("a.b", Args{"x": v})`:      {0, []string{"a.b"}},
		`c.T("a.b", Args{"z": v})`:      {1, []string{"a.b"}},
		`c.T("a.b", args)`:              {0, []string{"a.b"}},
		`c.T("a.b")`:                    {1, []string{"a.b"}},
		`c.T("a." + v)`:                 {0, []string{"a.b", "a.c"}},
		`c.T("z." + v + w)`:             {1, nil},
		`c.T("a.x")`:                    {1, nil},
		`c.T(v)`:                        {1, nil},
		`c.T(key, args)`:                {0, nil},
		`c.T(v + "a.b")`:                {1, []string{"a.b"}},
		`c.N("n", 2, Args{"y": v})`:     {0, []string{"n.one", "n.other"}},
		`c.N("n", 2, Args{"count": v})`: {1, []string{"n.one", "n.other"}},
		`c.N("free", 2)`:                {1, []string{"free"}},
		`c.Find(v)`:                     {0, nil},
		`rand.N(v)`:                     {0, nil},
		`show("a.", v, "free")`:         {0, []string{"a.b", "a.c", "free"}},
	} {
		expr, err := parser.ParseExpr(code)
		if err != nil {
			t.Fatal(err)
		}
		u := &usage{texts: texts, used: map[string]bool{}}
		ast.Inspect(expr, u.visit)
		var used []string
		for key := range u.used {
			used = append(used, key)
		}
		slices.Sort(used)
		if u.faults != want.faults || !slices.Equal(used, want.used) {
			t.Errorf("%s: %d faults and used %q, want %d and %q", code, u.faults, used, want.faults, want.used)
		}
	}
}

// usage gathers which keys code uses. Any literal that is a key, or the
// beginning of one up to a point, counts as a use of it.
type usage struct {
	t      *testing.T
	folder string
	texts  map[string]string
	used   map[string]bool
	faults int
}

func (u *usage) fault(format string, args ...any) {
	u.faults++
	if u.t != nil {
		u.t.Errorf(u.folder+": "+format, args...)
	}
}

func (u *usage) visit(node ast.Node) bool {
	switch n := node.(type) {
	case *ast.BasicLit:
		if text, ok := literal(n); ok {
			u.literal(text)
		}
	case *ast.CallExpr:
		if selector, ok := n.Fun.(*ast.SelectorExpr); ok && len(n.Args) > 0 && !isPackage(selector.X, "rand") {
			switch selector.Sel.Name {
			case "T":
				u.call(n.Args[0], n.Args[1:], "")
			case "N":
				u.call(n.Args[0], n.Args[min(2, len(n.Args)):], ".other")
			}
		}
	}
	return true
}

// isPackage says whether an expression is the name of a package, whose N is
// none of ours.
func isPackage(x ast.Expr, name string) bool {
	ident, ok := x.(*ast.Ident)
	return ok && ident.Name == name
}

func (u *usage) literal(text string) {
	if _, ok := u.texts[text]; ok {
		u.used[text] = true
	}
	if !strings.HasSuffix(text, ".") {
		return
	}
	for key := range u.texts {
		if strings.HasPrefix(key, text) {
			u.used[key] = true
		}
	}
}

// call checks one call of T, or of N with the ending of its other form. What is
// named key comes from the caller of the function, where it counts.
func (u *usage) call(key ast.Expr, args []ast.Expr, form string) {
	if prefix, ok := beginning(key); ok {
		known := false
		for k := range u.texts {
			known = known || strings.HasPrefix(k, prefix)
		}
		if !known {
			u.fault("no key begins with %q", prefix)
		}
		return
	}
	if passed, ok := key.(*ast.Ident); ok && passed.Name == "key" {
		return
	}
	text, ok := literal(key)
	if !ok {
		u.fault("a key is put together: write it out, or begin it with a literal that ends with a point")
		return
	}
	entry, ok := u.texts[text+form]
	if !ok {
		u.fault("there is no key %s%s", text, form)
		return
	}
	if form != "" {
		u.used[text+".one"], u.used[text+".other"] = true, true
	}
	u.values(text, entry, args, form != "")
}

// values compares the values of a call with the placeholders of its entry,
// where both can be read off.
func (u *usage) values(key, entry string, args []ast.Expr, counted bool) {
	given := []string{}
	if counted {
		given = append(given, "count")
	}
	for _, arg := range args {
		list, ok := arg.(*ast.CompositeLit)
		if !ok {
			return
		}
		for _, element := range list.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok {
				name, _ := literal(pair.Key)
				given = append(given, name)
			}
		}
	}
	slices.Sort(given)
	if want := placeholders(entry); !slices.Equal(slices.Compact(given), want) {
		u.fault("%s has placeholders for %q and is given %q", key, want, given)
	}
}

// templates counts what templates say as {{T "key"}}, {{t "key"}} or {{.T "key"}}.
func (u *usage) templates() {
	action := regexp.MustCompile(`\{\{[^}]*\}\}`)
	call := regexp.MustCompile(`[\s.({][tTN] "([^"]+)"`)
	walk(u.t, func(name string) {
		if !slices.Contains([]string{".html", ".tmpl", ".gohtml"}, filepath.Ext(name)) {
			return
		}
		u.folder = name
		actions := strings.Join(action.FindAllString(read(u.t, name), -1), "\n")
		for _, m := range call.FindAllStringSubmatch(actions, -1) {
			if _, ok := u.texts[m[1]]; ok {
				u.used[m[1]] = true
			} else if _, ok := u.texts[m[1]+".other"]; ok {
				u.used[m[1]+".one"], u.used[m[1]+".other"] = true, true
			} else {
				u.fault("there is no key %s", m[1])
			}
		}
	})
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// beginning gives the literal that a joined key begins with.
func beginning(e ast.Expr) (string, bool) {
	joined := false
	for {
		sum, ok := e.(*ast.BinaryExpr)
		if !ok {
			break
		}
		e, joined = sum.X, true
	}
	text, ok := literal(e)
	return text, ok && joined && strings.HasSuffix(text, ".")
}
