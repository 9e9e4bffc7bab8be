package httpx

import (
	"net/http"
	"strconv"
	"time"
)

// longestRest is the longest rest that a receiver is given.
const longestRest = 24 * time.Hour

// RetryAfter reads the rest that a receiver asks for, in seconds or as a date
// (RFC 9110 section 10.2.3), at most a day.
func RetryAfter(text string, now time.Time) time.Duration {
	if text == "" {
		return 0
	}
	if seconds, err := strconv.Atoi(text); err == nil {
		return min(max(0, time.Duration(min(seconds, 1<<20))*time.Second), longestRest)
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return min(max(0, at.Sub(now)), longestRest)
}
