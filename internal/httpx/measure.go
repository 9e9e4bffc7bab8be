package httpx

import (
	"net/http"
	"time"
)

// Exchange is a request that was answered, without anything of its content: the
// route is a pattern of the mux, "" where none matched.
type Exchange struct {
	Method string
	Route  string
	Status int // 0 where the request broke off before an answer began
	Took   time.Duration
}

// Meter is told of every request when it begins and when it is answered.
type Meter interface {
	Began()
	Ended(Exchange)
}

// Measure tells a meter of every request. It belongs inside AccessLog and
// outside Recover. now is the clock.
func Measure(m Meter, now func() time.Time) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec, start, finished := record(w), now(), false
			m.Began()
			defer func() {
				status := rec.status
				if status == 0 && finished {
					status = http.StatusOK
				}
				m.Ended(Exchange{Method: r.Method, Route: r.Pattern, Status: status, Took: max(0, now().Sub(start))})
			}()
			next.ServeHTTP(rec, r)
			finished = true
		})
	}
}
