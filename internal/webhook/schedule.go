package webhook

import (
	"math/rand/v2"
	"time"
)

// pauses are the waits after a failed try, the first after the first. The
// beginning is the schedule that Standard Webhooks gives as an example; the last
// try is about a day after the first.
var pauses = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 6 * time.Hour,
}

// Tries is how often a delivery is tried at most.
var Tries = len(pauses) + 1

// NextTry gives the wait after a number of failed tries: up to a tenth longer
// than the schedule says, by chance, so that what failed together does not come
// back together, and never less than the rest that the receiver asks for. It is
// not ok after the last try.
func NextTry(failed int, rest time.Duration) (wait time.Duration, ok bool) {
	if failed < 1 || failed > len(pauses) {
		return 0, false
	}
	wait = pauses[failed-1]
	return max(wait+rand.N(wait/10), rest), true
}
