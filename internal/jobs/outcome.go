package jobs

import (
	"errors"
	"fmt"
	"time"

	"github.com/deskmesh/deskmesh/internal/store"
)

type snoozeError struct{ wait time.Duration }

func (e *snoozeError) Error() string { return fmt.Sprintf("put off for %v", e.wait) }

// Snooze is what a handler returns to run again after wait. The attempt does
// not count.
func Snooze(wait time.Duration) error { return &snoozeError{max(wait, 0)} }

type cancelError struct{ reason string }

func (e *cancelError) Error() string { return "cancelled: " + e.reason }

// Cancel is what a handler returns when its work has become needless. The
// reason is kept with the job, so it holds nothing personal.
func Cancel(reason string) error { return &cancelError{reason} }

type permanentError struct{ cause error }

func (e *permanentError) Error() string { return e.cause.Error() }
func (e *permanentError) Unwrap() error { return e.cause }

// Permanent is what a handler returns for a fault that no further attempt can
// mend: the job is dead at once. A nil err gives nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanentError{err}
}

// resultOf reads a handler's answer.
func resultOf(j *Job, err error) store.JobResult {
	result := store.JobResult{Job: j}
	if err == nil {
		return result
	}
	result.Outcome, result.Text = store.JobFailed, err.Error()
	if snooze, ok := errors.AsType[*snoozeError](err); ok {
		result.Outcome, result.After, result.Text = store.JobSnoozed, snooze.wait, ""
	} else if cancel, ok := errors.AsType[*cancelError](err); ok {
		result.Outcome, result.Text = store.JobCancelled, cancel.reason
	} else if _, ok := errors.AsType[*permanentError](err); ok {
		result.Outcome = store.JobGivenUp
	}
	return result
}
