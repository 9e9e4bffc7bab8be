//go:build faults

package access

import "sync/atomic"

var fault atomic.Pointer[string]

// Faults names the deliberate faults that SwitchFault can switch on.
var Faults = []string{
	// In access: the definition itself.
	"account", "expiry", "brand", "inactive person", "ended share", "spam", "private", "token cap",
	// In store: what is rendered, read or kept for it.
	"sql account", "sql expiry", "sql ended share", "sql deleted group", "sql internal", "sql state", "sql private", "sql pair group",
	"sql counted twice", "sql newest share", "sql list keys", "sql stale pairs", "requester's shares", "search state", "search twice",
	"filter joins anywhere", "filter joins every share", "filter walks out",
	"department", "sql changes", "link maker",
}

// Fault says whether the named fault is switched on.
func Fault(name string) bool { f := fault.Load(); return f != nil && *f == name }

// SwitchFault switches one fault on; "" switches it off.
func SwitchFault(name string) { fault.Store(&name) }
