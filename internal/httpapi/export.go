package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// exportJSON is a list that is written into a file.
type exportJSON struct {
	ID         int64                 `json:"id"`
	State      dm.ExportState        `json:"state" enum:"waiting,done,failed"`
	View       orNull[string]        `json:"view"`
	ListState  orNull[string]        `json:"list_state" doc:"open or done; null for both."`
	Filter     orNull[conditionJSON] `json:"filter"`
	Q          orNull[string]        `json:"q"`
	Sort       orNull[string]        `json:"sort"`
	Columns    []string              `json:"columns"`
	BOM        bool                  `json:"bom"`
	Rows       int                   `json:"rows" doc:"Tickets that were written. The file that is fetched leaves out those that one cannot open any more."`
	CutOff     bool                  `json:"cut_off" doc:"There were more tickets than a file may have."`
	Problem    orNull[string]        `json:"problem" doc:"Why it failed."`
	CreatedAt  time.Time             `json:"created_at"`
	FinishedAt orNull[time.Time]     `json:"finished_at"`
	ExpiresAt  time.Time             `json:"expires_at" doc:"When the file is deleted."`
}

func exportOf(e *app.ExportInfo) exportJSON {
	return exportJSON{ID: e.ID, State: e.State, View: textOrNull(e.View), ListState: textOrNull(e.ListState), Filter: conditionOf(e.Filter), Q: textOrNull(e.Query),
		Sort: textOrNull(e.Sort), Columns: filled(e.Columns), BOM: e.BOM, Rows: e.Rows, CutOff: e.CutOff, Problem: textOrNull(e.Problem),
		CreatedAt: e.CreatedAt.Std(), FinishedAt: moment(e.FinishedAt), ExpiresAt: e.ExpiresAt.Std()}
}

// textOrNull shows a text; null where there is none.
func textOrNull(text string) orNull[string] {
	if text == "" {
		return orNull[string]{}
	}
	return some(text)
}

type newExportJSON struct {
	View    maybe[string]         `json:"view,omitempty" maxLength:"40" doc:"The key of a view; all when it is left out."`
	State   orNull[string]        `json:"state,omitempty" maxLength:"10" doc:"open or done; null for both."`
	Filter  orNull[conditionJSON] `json:"filter,omitempty"`
	Q       maybe[string]         `json:"q,omitempty" maxLength:"500" doc:"What a search finds, instead of a view."`
	Sort    maybe[string]         `json:"sort,omitempty" maxLength:"40"`
	Columns maybe[[]string]       `json:"columns,omitempty" maxItems:"40" doc:"Columns of lists, or field:7 for the own field 7; those of the view when it is left out."`
	BOM     maybe[bool]           `json:"bom,omitempty" doc:"Begin the file with a byte order mark, which some spreadsheets need to read letters beyond ASCII."`
}

type exportFileOutput struct{ Body func(huma.Context) }

// exportRoutes are lists of tickets in files, each for the person who asked.
func exportRoutes(a *API) {
	may := permission(dm.TicketsExport)
	exports := &noun[app.ExportInfo, exportJSON]{path: "/exports", name: "export", find: a.app.Export, say: exportOf}
	create := costly(exports.operation(http.MethodPost, "", "create", "Have a list of tickets written into a CSV file"), costHeavy)
	create.DefaultStatus = http.StatusAccepted
	post(a, create, may, a.createExport,
		func(ctx context.Context, c *caller, _ *creationOf[newExportJSON], ids []int64) (*answerOf[exportJSON], error) {
			return exports.show(ctx, c, ids[0])
		})
	route(a, operation(http.MethodGet, "/exports", "list-exports", "One's exports, newest first", "exports"), may,
		func(ctx context.Context, c *caller, in *PageInput) (*pageAnswer[exportJSON], error) {
			before, err := in.idCursor()
			if err != nil {
				return nil, err
			}
			list, err := a.app.Exports(ctx, c.Viewer, before, in.Limit+1)
			if err != nil {
				return nil, err
			}
			list, next := cutPage(list, in.Limit, func(e *app.ExportInfo) int64 { return e.ID })
			return &pageAnswer[exportJSON]{pageOf(each(list, exportOf), next)}, nil
		})
	exports.one(a, may)
	exports.deletes(a, may, "Delete an export and its file", a.app.DeleteExport)
	file := stream(exports.operation(http.MethodGet, "/{id}/file", "download", "The file of an export: one's own, while one may export"))
	file.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}}}}}
	route(a, file, may, a.downloadExport)
}

func (a *API) createExport(ctx context.Context, c *caller, in *creationOf[newExportJSON]) error {
	b := &in.Body
	n := app.NewExport{View: b.View.value, Query: b.Q.value, Sort: b.Sort.value, Columns: b.Columns.value, BOM: b.BOM.value}
	if state := b.State.id(); state != nil {
		n.State = *state
	}
	filter, err := condition(&b.Filter)
	if err != nil {
		return err
	}
	if filter != nil {
		n.Filter = *filter
	}
	_, err = a.app.CreateExport(ctx, c.Viewer, n)
	return err
}

func (a *API) downloadExport(ctx context.Context, c *caller, in *IDInput) (*exportFileOutput, error) {
	file, err := a.app.ExportFile(ctx, c.Viewer, in.ID)
	if err != nil {
		return nil, err
	}
	return &exportFileOutput{Body: func(huma.Context) {
		defer file.Close()
		a.sendCSV(ctx, c, fmt.Sprintf("tickets-%d.csv", in.ID), func() error { return file.WriteTo(ctx, c.writer) })
	}}, nil
}
