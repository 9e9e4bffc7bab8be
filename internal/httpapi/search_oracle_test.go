package httpapi_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/deskmesh/deskmesh/internal/search"
)

// spoken is what a search looks at, as the test knows it: the parts of one
// message's document.
type spoken struct {
	ticket int64
	parts  map[search.Part]string
}

// holds is the rule of docs/search.md, slowly.
func (s *spoken) holds(terms []search.Term) bool {
	for _, t := range terms {
		found := false
		for part, text := range s.parts {
			words := search.Words(text)
			for i := range words {
				found = found || (t.Part == search.Anywhere || t.Part == part) && begins(words[i:], t)
			}
		}
		if found == t.Not {
			return false
		}
	}
	return true
}

func begins(words []search.Word, t search.Term) bool {
	if len(words) < len(t.Words) {
		return false
	}
	for i, w := range t.Words {
		last := t.Prefix && i == len(t.Words)-1
		if words[i].Text != w && !(last && strings.HasPrefix(words[i].Text, w)) {
			return false
		}
	}
	return true
}

// TestSearchOracle compares searches on both engines with the rule, on made-up
// messages.
func TestSearchOracle(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		rng := rand.New(rand.NewPCG(3, 5))
		vocabulary := []string{"red", "Réd", "reddish", "green", "GREEN-house", "blue", "blau", "Straße", "strasse", "12", "123", "v1.2.3", "東京", "京都", "a@b.example", "don't", "ﬁne", "fine", "x"}
		some := func(n int) string {
			list := make([]string, 1+rng.IntN(n))
			for i := range list {
				list[i] = vocabulary[rng.IntN(len(vocabulary))]
			}
			return strings.Join(list, []string{" ", ", ", "\n"}[rng.IntN(3)])
		}
		var all []spoken
		for range 12 {
			subject, text := some(3), some(6)
			n := w.file("accounts", strings.ReplaceAll(subject, "\n", " "), map[string]any{"text": text})
			all = append(all, spoken{n, map[search.Part]string{search.Subject: subject, search.Body: text, search.Requester: "Staff One staff.one@acme.example"}})
		}
		for range 12 {
			n, text, name := all[rng.IntN(12)].ticket, some(6), strings.ReplaceAll(some(2), "\n", " ")+".txt"
			w.say("owner", n, []string{"reply", "note"}[rng.IntN(2)], text, name)
			all = append(all, spoken{n, map[search.Part]string{search.Body: text, search.Files: name}})
		}
		hits := 0
		for range 250 {
			var q []string
			for range 1 + rng.IntN(3) {
				term := []string{"", "", "", "-", "subject:", "file:"}[rng.IntN(6)]
				switch rng.IntN(4) {
				case 0:
					term += `"` + some(3) + `"`
				case 1:
					word := []rune(vocabulary[rng.IntN(len(vocabulary))])
					term += string(word[:1+rng.IntN(len(word))]) + "*"
				default:
					term += vocabulary[rng.IntN(len(vocabulary))]
				}
				q = append(q, term)
			}
			text := strings.Join(q, " ")
			parsed := search.Parse(text)
			if len(parsed.Operators) > 0 || parsed.Number != 0 || len(parsed.Wanted()) == 0 {
				continue
			}
			want := []int64{}
			for i := len(all) - 1; i >= 0; i-- {
				if all[i].holds(parsed.Terms) && !slices.Contains(want, all[i].ticket) {
					want = append(want, all[i].ticket)
				}
			}
			hits += len(want)
			same(t, fmt.Sprintf("%q", text), w.search("owner", text), want)
		}
		if hits < 100 {
			t.Errorf("only %d hits in all: the test compares little", hits)
		}
	})
}
