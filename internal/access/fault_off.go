//go:build !faults

package access

// Fault says whether a deliberate fault is switched on: never in a normal
// build. With the build tag "faults" tests switch faults on, one at a time, to
// prove that the access tests find them.
func Fault(string) bool { return false }
