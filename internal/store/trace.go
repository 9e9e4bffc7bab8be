package store

import "context"

type requestKey struct{}

// maxRequest bounds the id of a request, in bytes.
const maxRequest = 64

// WithRequest notes the id of the request that work is done for. Jobs that are
// enqueued under such a context keep it, and so do the jobs that those enqueue,
// for the log alone. An id that is too long is left out.
func WithRequest(ctx context.Context, id string) context.Context {
	if id == "" || len(id) > maxRequest {
		return ctx
	}
	return context.WithValue(ctx, requestKey{}, id)
}

func requestOf(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}
