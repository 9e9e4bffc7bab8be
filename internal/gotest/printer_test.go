package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPrinter(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		events []string
		want   string
		kept   int
	}{
		{
			name: "a package that passes leaves one line",
			events: []string{
				`{"Action":"start","Package":"p"}`,
				`{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}`,
				`{"Action":"pass","Package":"p","Test":"TestA"}`,
				`{"Action":"output","Package":"p","Output":"PASS\n"}`,
				`{"Action":"output","Package":"p","Output":"ok  \tp\t0.1s\n"}`,
				`{"Action":"pass","Package":"p"}`,
			},
			want: "ok  \tp\t0.1s\n1 passed, 0 failed, 0 skipped\n",
			kept: 6,
		},
		{
			name: "a failing test is printed, its passing neighbour is not",
			events: []string{
				`{"Action":"output","Package":"p","Test":"TestA","Output":"noise\n"}`,
				`{"Action":"output","Package":"p","Test":"TestB","Output":"    b_test.go:1: wrong\n"}`,
				`{"Action":"pass","Package":"p","Test":"TestA"}`,
				`{"Action":"fail","Package":"p","Test":"TestB"}`,
				`{"Action":"output","Package":"p","Output":"FAIL\n"}`,
				`{"Action":"output","Package":"p","Output":"FAIL\tp\t0.1s\n"}`,
				`{"Action":"fail","Package":"p"}`,
			},
			want: "    b_test.go:1: wrong\nFAIL\nFAIL\tp\t0.1s\n1 passed, 1 failed, 0 skipped\n",
			kept: 7,
		},
		{
			name: "a crash shows the test it cut short",
			events: []string{
				`{"Action":"output","Package":"p","Test":"TestA","Output":"panic: oh\n"}`,
				`{"Action":"output","Package":"p","Output":"FAIL\tp\t0.1s\n"}`,
				`{"Action":"fail","Package":"p"}`,
			},
			want: "panic: oh\nFAIL\tp\t0.1s\n0 passed, 1 failed, 0 skipped\n",
			kept: 3,
		},
		{
			name: "the compiler's words and foreign lines go through",
			events: []string{
				`{"ImportPath":"p","Action":"build-output","Output":"./a.go:1: undefined: x\n"}`,
				`go: warning`,
			},
			want: "./a.go:1: undefined: x\ngo: warning\n0 passed, 0 failed, 0 skipped\n",
			kept: 1,
		},
		{
			name: "a skip is counted",
			events: []string{
				`{"Action":"skip","Package":"p","Test":"TestA"}`,
				`{"Action":"output","Package":"p","Output":"ok  \tp\t0.1s\n"}`,
				`{"Action":"pass","Package":"p"}`,
			},
			want: "ok  \tp\t0.1s\n0 passed, 0 failed, 1 skipped\n",
			kept: 3,
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out, file bytes.Buffer
			in := strings.NewReader(strings.Join(c.events, "\n") + "\n")
			if err := copyEvents(in, &file, newPrinter(&out)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, out.String()); diff != "" {
				t.Error(diff)
			}
			if got := strings.Count(file.String(), "\n"); got != c.kept {
				t.Errorf("%d lines in the file, want %d", got, c.kept)
			}
		})
	}
}
