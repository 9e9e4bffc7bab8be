//go:build faults

package access

import "sync/atomic"

var fault atomic.Pointer[string]

// Faults names the deliberate faults that SwitchFault can switch on.
var Faults = []string{
	"account", "expiry", "brand", "inactive person", "ended share", "spam", "private",
	"sql expiry", "sql deleted group", "sql internal", "sql state", "sql pair group", "sql private", "sql account",
}

// Fault says whether the named fault is switched on.
func Fault(name string) bool { f := fault.Load(); return f != nil && *f == name }

// SwitchFault switches one fault on; "" switches it off.
func SwitchFault(name string) { fault.Store(&name) }
