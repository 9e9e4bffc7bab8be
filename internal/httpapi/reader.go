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

// plain gives the struct that this reader gets. Written as it is, it costs half
// of what MarshalJSON does, whose text is read a second time.
func (f forReader[A, R]) plain() any {
	if f.requester != nil {
		return f.requester
	}
	return f.agent
}

// plain gives the list with the structs that this reader gets.
func (l listOf[T]) plain() any {
	if _, ok := any(*new(T)).(interface{ plain() any }); !ok {
		return l
	}
	items := make([]any, len(l.Items))
	for i := range l.Items {
		items[i] = any(l.Items[i]).(interface{ plain() any }).plain()
	}
	return listOf[any]{items, l.Next}
}

// plainAnswer is the transformer that hands answers to the encoder as plain
// structs.
func plainAnswer(_ huma.Context, _ string, v any) (any, error) {
	if p, ok := v.(interface{ plain() any }); ok {
		return p.plain(), nil
	}
	return v, nil
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
