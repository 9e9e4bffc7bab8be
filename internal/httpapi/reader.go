package httpapi

import (
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"
)

// forReader is an answer that agents and requesters get in structs of their own,
// so that a property added for agents never reaches a requester by accident.
type forReader[A, R any] struct {
	agent     *A
	requester *R
}

// MarshalJSON implements json.Marshaler.
func (f forReader[A, R]) MarshalJSON() ([]byte, error) {
	if f.requester != nil {
		return json.Marshal(f.requester)
	}
	return json.Marshal(f.agent)
}

// Schema implements huma.SchemaProvider.
func (forReader[A, R]) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{schemaOf[A](r), schemaOf[R](r)}}
}

// sayFor picks the struct by who reads.
func sayFor[A, R any](c *caller, agent func() A, requester func() R) forReader[A, R] {
	if c.Viewer.IsAgent() {
		v := agent()
		return forReader[A, R]{agent: &v}
	}
	v := requester()
	return forReader[A, R]{requester: &v}
}
