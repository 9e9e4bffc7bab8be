package app

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// fieldValue checks a value of an own field and gives its stored form. The
// error's text is for people.
func fieldValue(def *dm.TicketField, v string) (string, error) {
	v = strings.TrimSpace(cleanText(v))
	switch def.Kind {
	case dm.FieldNumber:
		n, err := strconv.ParseFloat(v, 64)
		if err != nil || n != n || n > 1e15 || n < -1e15 {
			return "", errors.New(def.Name + " is a number.")
		}
		return strconv.FormatFloat(n, 'f', -1, 64), nil
	case dm.FieldDate:
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			return "", errors.New(def.Name + " is a date such as 2026-01-31.")
		}
	case dm.FieldChoice:
		if !slices.Contains(def.Options, v) {
			return "", errors.New(def.Name + " is one of: " + strings.Join(def.Options, ", ") + ".")
		}
	case dm.FieldCheckbox:
		if v != "true" && v != "false" {
			return "", errors.New(def.Name + " is true or false.")
		}
	default:
		if v == "" || len([]rune(v)) > 4000 {
			return "", errors.New(def.Name + " has 1 to 4000 characters.")
		}
	}
	return v, nil
}

// sortedKeys gives a map's keys in order.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
