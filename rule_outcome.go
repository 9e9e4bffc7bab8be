package deskmesh

// Outcome is what came of an action.
type Outcome string

// The outcomes.
const (
	OutcomeDone    Outcome = "done"
	OutcomeSkipped Outcome = "skipped" // it could not be done here; Reason says why
	OutcomeFailed  Outcome = "failed"  // it was tried, and refused
)

// ActionOutcome is what came of one action on one ticket. It holds ids of people,
// not names.
type ActionOutcome struct {
	Do      ActionKind `json:"do"`
	Text    string     `json:"text,omitempty"` // what it was to do, beside Targets
	Outcome Outcome    `json:"outcome"`
	Reason  string     `json:"reason,omitempty"` // for programs, one of the Skip constants, or a sentence of what refused it
	// Targets are those it was about, and Left those of them that were left out,
	// each with a reason.
	Targets []ActionTarget `json:"targets,omitempty"`
	Left    []LeftTarget   `json:"left,omitempty"`
}

// LeftTarget is a target that an action left out.
type LeftTarget struct {
	ActionTarget
	Reason string `json:"reason"`
}

// Why an action, or one of its targets, was left out.
const (
	SkipGone      = "gone"           // what it names is no longer there
	SkipNobody    = "nobody"         // nobody was found for it
	SkipCap       = "cap"            // the ticket is shared with as many as it may be (C17)
	SkipPrivate   = "private"        // the ticket is private
	SkipSwitched  = "switched_off"   // the desk has it switched off
	SkipOutside   = "outside"        // of what the author of the rule may reach
	SkipNoShare   = "no_such_share"  // there is none to change
	SkipAutomatic = "automatic_mail" // a program wrote the mail that caused it
	SkipSame      = "same"           // it was so already
	SkipLimit     = "limit"          // as much was done in this chain as may be
)
