package nhd

import (
	"runtime"
	"strings"
	"testing"

	dm "github.com/deskmesh/deskmesh"
)

// full repeats a part between a beginning and an end, up to the largest body.
func full(begin, part, end string) string {
	return begin + strings.TrimSuffix(strings.Repeat(part, (MaxBody-len(begin)-len(end))/len(part)), ",") + end
}

// Section 9 row 14: bodies that are made to take memory are refused, or are read
// within a small multiple of their size.
func TestBombs(t *testing.T) {
	comment := `{"uuid":"a","body":"x"},`
	for name, body := range map[string]string{
		"section 9 row 14: a million numbers":        full(`{"tags":[`, "1,", "]}"),
		"section 9 row 14: a million comments":       full(`{"comments":[`, "{},", "]}"),
		"section 9 row 14: a million nulls":          full(`{"comments":[`, "null,", "]}"),
		"section 9 row 14: comments without end":     full(`{"comments":[`, comment, "]}"),
		"section 9 row 14: files without end":        full(`{"comments":[{"uuid":"a","attachments":[`, `{"url":"https://a.example/1","filename":"f"},`, `]}]}`),
		"section 9 row 14: fields without end":       full(`{"custom_fields":{`, `"a":1,`, `}}`),
		"section 9 row 14: fields in a maker's name": full(`{"custom_fields":{"zendesk":{`, `"a":1,`, `}}}`),
		"section 9 row 14: members nobody knows":     full(`{`, `"a":1,`, `"b":2}`),
		"section 9 row 14: one long name":            full(`{"subject":"`, "x", `"}`),
		"section 9 row 14: one long date":            full(`{"requested_at":"`, "2", `"}`),
		"section 9 row 14: one long number":          full(`{"original_id":`, "9", `}`),
		"section 9 row 14: tags in one text":         full(`{"tags":"`, "a ", `"}`),
		"section 9 row 14: all brackets":             full("", "[", ""),
		"section 9 row 14: brackets by turns":        full("{\"a\":[", "[],", "]}"),
		"section 9 row 14: escapes":                  full(`{"subject":"`, `\u0000`, `"}`),
		"section 9 row 14: an extension":             full(`{"deskmesh":{"version":1,"clocks":{`, `"a":{"n":1},`, `}}}`),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			in, err := ParseTicket([]byte(body))
			if err == nil {
				readTicketExtension(in.Deskmesh)
			}
			_, err2 := ParseAgreement([]byte(body))
			runtime.ReadMemStats(&after)
			for _, err := range []error{err, err2} {
				if err != nil && dm.CodeOf(err) != dm.Invalid {
					t.Error(err)
				}
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 60*MaxBody {
				t.Errorf("%d bytes take %d to read", len(body), took)
			} else {
				t.Logf("%d bytes take %d to read: %v", len(body), took, err)
			}
		})
	}
}
