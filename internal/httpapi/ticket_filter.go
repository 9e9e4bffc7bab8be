package httpapi

import (
	"context"
	"net/http"

	dm "github.com/deskmesh/deskmesh"
)

// conditionFieldJSON is a field that a filter can ask about.
type conditionFieldJSON struct {
	Key       string             `json:"key" doc:"For field in a condition."`
	Help      string             `json:"help" doc:"What it is; of an own field its name."`
	Type      dm.FieldType       `json:"type" enum:"choice,person,group,inbox,brand,department,company,own_status,tags,text,words,number,date,boolean"`
	Operators []dm.ConditionOp   `json:"operators" doc:"For op in a condition."`
	Choices   []filterChoiceJSON `json:"choices" doc:"The values to choose from; empty where there is no fixed list. People may be \"me\", groups \"mine\"."`
	Several   bool               `json:"several" doc:"A ticket can have several such values: one that fits is enough."`
}

// filterChoiceJSON is one value: a text, or an id with its name.
type filterChoiceJSON struct {
	Value any    `json:"value"`
	Name  string `json:"name"`
}

// filterRoutes is what a filter builder needs to know.
func filterRoutes(a *API) {
	route(a, operation(http.MethodGet, "/ticket-filters", "list-ticket-filters", "The fields, operators and choices of filters", "tickets"), signedIn,
		func(_ context.Context, c *caller, _ *struct{}) (*pageAnswer[conditionFieldJSON], error) {
			fields := c.Directory.ConditionFields(c.Viewer)
			return &pageAnswer[conditionFieldJSON]{pageOf(each(fields, c.conditionField), "")}, nil
		})
}

func (c *caller) conditionField(f *dm.ConditionField) conditionFieldJSON {
	out := conditionFieldJSON{Key: f.Key, Help: f.Help, Type: f.Type, Operators: f.Ops(), Choices: []filterChoiceJSON{}, Several: f.Several}
	for _, text := range f.Choices {
		out.Choices = append(out.Choices, filterChoiceJSON{text, text})
	}
	for _, choice := range c.Directory.Choices(f) {
		out.Choices = append(out.Choices, filterChoiceJSON{choice.ID, choice.Name})
	}
	return out
}
