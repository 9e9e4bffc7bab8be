package deskmesh

// JobState is where a background job stands.
type JobState string

// The states. A job that succeeded has none: its row is gone.
const (
	JobReady     JobState = "ready"     // runs when its time has come; with a last error it is a retry
	JobWaiting   JobState = "waiting"   // an older job of the same ordering key goes first
	JobRunning   JobState = "running"   // a runner holds it
	JobDead      JobState = "dead"      // failed for the last time; somebody may retry it
	JobCancelled JobState = "cancelled" // taken back, by a person or by its own handler
)

// JobStates is every state.
var JobStates = []JobState{JobReady, JobWaiting, JobRunning, JobDead, JobCancelled}

// Job is a background job as administrators see it: without its arguments.
type Job struct {
	ID          int64
	Kind        string
	State       JobState
	RunAt       Time
	Attempts    int
	MaxAttempts int
	LastError   string
	CreatedAt   Time
	FinishedAt  Time // zero unless dead or cancelled
}
