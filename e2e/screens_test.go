package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// TestProveScreens runs the tests of the workspace in a browser once more, with
// the program on PostgreSQL: each of their files asks here for a database of its
// own. `make test` runs them on SQLite.
func TestProveScreens(t *testing.T) {
	if os.Getenv("DESKMESH_PROVE") == "" {
		t.Skip("a long proof: RUN=ProveScreens make prove")
	}
	var asking sync.Mutex
	databases := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asking.Lock()
		defer asking.Unlock()
		fmt.Fprint(w, pgtest.Empty(t))
	}))
	defer databases.Close()
	cmd := exec.Command("npx", "--no-install", "vitest", "run", "--config", "vitest.e2e.config.ts")
	cmd.Dir = "../web"
	cmd.Env = append(os.Environ(), "DESKMESH_E2E_DATABASES="+databases.URL, "DESKMESH_BIN="+binary, "DESKMESH_EVENTS=")
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out[max(0, len(out)-20000):])
	if err != nil {
		t.Error(err)
	}
}
