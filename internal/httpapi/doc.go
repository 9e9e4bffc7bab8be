// Package httpapi is the JSON API of Deskmesh under /api/v1: it parses requests,
// calls one use case, and renders the answer.
//
// It holds no rule: who may do what is decided in app and access, and it cannot
// import the store. What it does keep is the outer form. Every route is
// registered through route or post, which demand to be told who may use it;
// nothing else is served. Whoever asks is resolved once per request and handed
// to the handler; a handler never looks for it in the context.
//
// The invariants: a refusal is always problem+json, names the field, echoes no
// value and has changed nothing; unknown fields and parameters are refused; a
// POST repeated with its Idempotency-Key is done once, and its answer is built
// anew, through what the asker may see now; a requester is answered with structs
// of their own, so that a field added for agents cannot reach one.
package httpapi
