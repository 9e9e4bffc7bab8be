package seed

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReadScript(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("word ", 20) + "end"
	got, err := readScript("# First\nago: 2d3h\ninbox: hr\nfrom: a\nfield: Cost centre = 1 = 2\ntags: x, y\n\n> +0 a asks\nHello,\n\n" + long + "\ngoes on.\nBye\n\n" +
		"> +1h30m b share group:HR edit until 5d: Because: of it\n\n# Second\nago: 45m\ninbox: hr\nfrom: a\n> +0 a asks\nx\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []scriptTicket{
		{
			line: 1, subject: "First", ago: 51 * time.Hour, head: map[string]string{"inbox": "hr", "from": "a", "tags": "x, y"}, fields: [][2]string{{"Cost centre", "1 = 2"}},
			steps: []scriptStep{
				{line: 8, who: "a", verb: "asks", args: []string{}, text: "Hello,\n\n" + long + " goes on.\nBye"},
				{line: 15, after: 90 * time.Minute, who: "b", verb: "share", args: []string{"group:HR", "edit", "until", "5d"}, aside: "Because: of it"},
			},
		},
		{line: 17, subject: "Second", ago: 45 * time.Minute, head: map[string]string{"inbox": "hr", "from": "a"}, steps: []scriptStep{{line: 21, who: "a", verb: "asks", args: []string{}, text: "x"}}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(scriptTicket{}, scriptStep{})); diff != "" {
		t.Error(diff)
	}
}

func TestReadScriptFaults(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]string{
		"hello":                             "line 1: text before",
		"# A\nago: 1d\nwhat: x":             `line 3: there is no key "what"`,
		"# A\nago: soon":                    `line 2: "soon" is no time`,
		"# A\nago: xd":                      `line 2: "xd" is no time`,
		"# A\nago: -1h":                     `line 2: "-1h" is no time`,
		"# A\nago: 1d\nnothing":             "line 3: ",
		"# A\nago: 1d\nfield: x":            "line 3: a field",
		"# A\nago: 1d\n> +1h":               "line 3: a step",
		"# A\nago: 1d\n> +x a b":            "line 3: ",
		"# A\nago: 1d\ninbox: hr\nfrom: a":  "line 1: a ticket needs",
		"# A\ninbox: hr\nfrom: a\n> +0 a b": "line 1: a ticket needs",
	} {
		if _, err := readScript(script); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", script, err, want)
		}
	}
}

func TestScenesLieInThePast(t *testing.T) {
	t.Parallel()
	w := &world{demoDesk: &demoDesk{script: "# A\nago: 1h\ninbox: hr\nfrom: a\n> +0 a asks\nx\n> +2h b reply\ny\n"}}
	if _, err := w.scenes(1 << 50); err == nil || !strings.HasPrefix(err.Error(), "line 7: this lies in the future") {
		t.Errorf("a step in the future: %v", err)
	}
}
