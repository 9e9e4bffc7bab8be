package mail

import (
	"os"
	"os/exec"
	"regexp"
	"testing"
)

// TestProveFuzz runs each fuzz target of this package, of those below it, of the texts of mails and of rules for ten
// minutes, or for as long as DESKMESH_FUZZ says ("2m"). What it finds is left in
// testdata/fuzz as a seed, which every run of the tests tries again.
func TestProveFuzz(t *testing.T) {
	if os.Getenv("DESKMESH_PROVE") == "" {
		t.Skip("a long proof: set DESKMESH_PROVE=1")
	}
	long := os.Getenv("DESKMESH_FUZZ")
	if long == "" {
		long = "10m"
	}
	for _, target := range []struct{ folder, name string }{
		{".", "FuzzParse"}, {".", "FuzzSplitQuote"}, {".", "FuzzSanitise"}, {".", "FuzzSplitSignature"}, {".", "FuzzTNEF"}, {".", "FuzzSignedNames"},
		{"./origin", "FuzzCheck"}, {"../notify/wording", "FuzzBlocks"}, {"../rules", "FuzzMatch"}, {"../..", "FuzzParseActions"}, {"../..", "FuzzParseRuleCondition"},
	} {
		t.Run(target.name, func(t *testing.T) {
			out, err := exec.Command("go", "test", "-vet=off", "-run=^$", "-fuzz=^"+target.name+"$", "-fuzztime="+long, target.folder).CombinedOutput()
			last := regexp.MustCompile(`(?m)^fuzz: elapsed.*$`).FindAllString(string(out), -1)
			if len(last) > 0 {
				t.Log(last[len(last)-1])
			}
			if err != nil || len(last) == 0 {
				t.Errorf("%v\n%s", err, out[max(0, len(out)-8000):])
			}
		})
	}
}
