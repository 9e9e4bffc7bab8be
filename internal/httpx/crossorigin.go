package httpx

import (
	"fmt"
	"net/http"

	"github.com/deskmesh/deskmesh"
)

// ProtectCrossOrigin refuses requests that change something and that a page of
// another origin made the browser send. Requests without a browser behind them
// pass. The origins are further ones to trust, such as "https://desk.example.com";
// it returns an error for one that is malformed. It compares with the Host that
// Identify settled, so it belongs inside of it.
func ProtectCrossOrigin(origins ...string) (Middleware, error) {
	protection := http.NewCrossOriginProtection()
	for _, origin := range origins {
		if err := protection.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("httpx: trusted origin: %w", err)
		}
	}
	refusal := ProblemOf(deskmesh.Errorf(deskmesh.Forbidden, "This request came from a page of another site.").With("cross_origin"))
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { WriteProblem(w, refusal) }))
	return protection.Handler, nil
}
