package httpapi

import (
	"bytes"
	"encoding/json"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	dm "github.com/deskmesh/deskmesh"
)

// maybe is a property of a PATCH that may be left out; where it may also be
// null, use orNull.
type maybe[T any] struct {
	given bool
	null  bool
	value T
}

// UnmarshalJSON implements json.Unmarshaler; it is not called for a property
// that was left out.
func (m *maybe[T]) UnmarshalJSON(data []byte) error {
	m.given, m.null = true, isNull(data)
	return json.Unmarshal(data, &m.value)
}

// Resolve implements huma.ResolverWithPath: it refuses null, which huma lets
// pass for every property that may be left out.
func (m *maybe[T]) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	if m.null {
		return []error{&huma.ErrorDetail{Location: at.String(), Message: "This cannot be null."}}
	}
	return nil
}

func isNull(data []byte) bool { return bytes.Equal(bytes.TrimSpace(data), []byte("null")) }

// MarshalJSON is for the defaults of the description only.
func (m maybe[T]) MarshalJSON() ([]byte, error) { return json.Marshal(m.value) }

// Schema implements huma.SchemaProvider.
func (maybe[T]) Schema(r huma.Registry) *huma.Schema { return schemaOf[T](r) }

// pointer gives the value, or nil when it was left out.
func (m *maybe[T]) pointer() *T {
	if !m.given {
		return nil
	}
	return &m.value
}

// orNull is a property that may be left out, null, or a value. In answers it is
// null or a value.
type orNull[T any] struct {
	given bool
	value *T
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *orNull[T]) UnmarshalJSON(data []byte) error {
	n.given = true
	if isNull(data) {
		n.value = nil
		return nil
	}
	n.value = new(T)
	return json.Unmarshal(data, n.value)
}

// MarshalJSON implements json.Marshaler.
func (n orNull[T]) MarshalJSON() ([]byte, error) { return json.Marshal(n.value) }

// Schema implements huma.SchemaProvider. huma has no null for objects, so that
// they are one of two.
func (orNull[T]) Schema(r huma.Registry) *huma.Schema {
	s := schemaOf[T](r)
	if s.Ref == "" {
		s.Nullable = true
		return s
	}
	return &huma.Schema{OneOf: []*huma.Schema{s, {Type: "null"}}}
}

func schemaOf[T any](r huma.Registry) *huma.Schema {
	t := reflect.TypeFor[T]()
	return r.Schema(t, true, t.Name())
}

func some[T any](value T) orNull[T] { return orNull[T]{given: true, value: &value} }

// id gives a patch's id: nil when it was left out, 0 for null.
func (n *orNull[T]) id() *T {
	if !n.given {
		return nil
	}
	if n.value == nil {
		return new(T)
	}
	return n.value
}

// moment shows a time; null where there is none.
func moment(t dm.Time) orNull[time.Time] {
	if t == 0 {
		return orNull[time.Time]{}
	}
	return some(t.Std())
}
