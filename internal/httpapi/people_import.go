package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

const (
	importPath = "/people/import"
	// maxImportBody holds a file of 5 MB, also where JSON writes letters longer or
	// the bytes stand in base64.
	maxImportBody = 16 << 20
)

type importInput struct{ Body importBodyJSON }

type importBodyJSON struct {
	CSV     maybe[string]     `json:"csv,omitempty" maxLength:"5242880" doc:"The file as text. Give this or data."`
	Data    maybe[[]byte]     `json:"data,omitempty" doc:"The file's bytes in base64, where its character set is not known: UTF-8, UTF-16 and Latin-1 are told apart."`
	Kind    dm.PersonKind     `json:"kind" enum:"agent,requester"`
	Columns map[string]string `json:"columns,omitempty" maxProperties:"100" doc:"What a column holds, by its header: name, first_name, last_name, address, others, language; of requesters department, company; of agents roles, groups; or empty to leave it out. Those that are not named here are found out by their headers."`
	DryRun  bool              `json:"dry_run,omitempty" doc:"Say what would become of every line, and change nothing."`
}

// file gives the bytes of the file.
func (b *importBodyJSON) file() (app.NewImport, error) {
	n := app.NewImport{Kind: b.Kind, Data: b.Data.value, Columns: b.Columns}
	if b.CSV.given == b.Data.given {
		return n, dm.BadField("csv", "Give the file once: as csv or as data.")
	}
	if b.CSV.given {
		n.Data = []byte(b.CSV.value)
	}
	return n, checkKeys(b.Columns)
}

// importJSON is an import, or what would become of one.
type importJSON struct {
	ID         orNull[int64]      `json:"id" doc:"Null for a dry run."`
	Kind       dm.PersonKind      `json:"kind" enum:"agent,requester"`
	State      string             `json:"state" enum:"checked,waiting,running,done,failed" doc:"checked is that of a dry run."`
	Problem    orNull[string]     `json:"problem" doc:"Why it failed."`
	Rows       int                `json:"rows" doc:"Lines of the file with a person."`
	Done       int                `json:"done" doc:"Lines that were looked at so far."`
	Create     int                `json:"create"`
	Update     int                `json:"update"`
	Same       int                `json:"same" doc:"People who are already as their line says."`
	Faulty     int                `json:"faulty" doc:"Lines that are left out."`
	Lines      []importLineJSON   `json:"lines" doc:"Of a dry run, at most 200, faulty ones before others."`
	Columns    []importColumnJSON `json:"columns"`
	CreatedAt  orNull[time.Time]  `json:"created_at"`
	FinishedAt orNull[time.Time]  `json:"finished_at"`
	PersonID   orNull[int64]      `json:"person_id" doc:"Who asked for it."`
}

type importLineJSON struct {
	Line     int              `json:"line" doc:"In the file; the header is line 1."`
	Action   app.ImportAction `json:"action" enum:"create,update,same,faulty"`
	Name     string           `json:"name"`
	Address  string           `json:"address"`
	Problems []string         `json:"problems"`
}

type importColumnJSON struct {
	Header string         `json:"header"`
	Field  orNull[string] `json:"field" doc:"What it holds; null where it is left out."`
}

type importFaultJSON struct {
	Line     int      `json:"line"`
	Cells    []string `json:"cells" doc:"As they stand in the file."`
	Problems []string `json:"problems"`
}

func importOf(i *dm.PeopleImport) importJSON {
	return importJSON{ID: idOrNull(i.ID), Kind: i.Kind, State: string(i.State), Problem: textOrNull(i.Problem), Rows: i.Total, Done: i.Done,
		Create: i.Created, Update: i.Updated, Same: i.Same, Faulty: i.Faulty, Lines: []importLineJSON{}, PersonID: idOrNull(i.PersonID),
		Columns:   each(i.Columns, func(c *dm.ImportColumn) importColumnJSON { return importColumnJSON{c.Header, textOrNull(c.Field)} }),
		CreatedAt: moment(i.CreatedAt), FinishedAt: moment(i.FinishedAt)}
}

func previewOf(p *app.ImportPreview) importJSON {
	j := importOf(&p.PeopleImport)
	j.State = "checked"
	j.Lines = each(p.Lines, func(l *app.ImportLine) importLineJSON {
		return importLineJSON{Line: l.Line, Action: l.Action, Name: l.Name, Address: l.Address, Problems: filled(l.Problems)}
	})
	return j
}

func importFaultOf(f *dm.ImportFault) importFaultJSON {
	return importFaultJSON{Line: f.Line, Cells: filled(f.Cells), Problems: filled(f.Problems)}
}

type importOutput struct {
	Status int
	Body   importJSON
}

type importFaultsInput struct {
	IDInput
	PageInput
}

// importRoutes read people from files. They come before the routes of one person.
func importRoutes(a *API) {
	manage := permission(dm.PeopleManage)
	imports := &noun[dm.PeopleImport, importJSON]{path: "/people/imports", name: "import", find: a.app.PeopleImport, say: importOf}
	create := costly(operation(http.MethodPost, importPath, "import-people", "Make and change people by a CSV file, or only say what would become of it", "people"), costHeavy)
	create.DefaultStatus, create.MaxBodyBytes = http.StatusAccepted, maxImportBody
	post(a, create, manage,
		func(ctx context.Context, c *caller, in *importInput) error {
			file, err := in.Body.file()
			if err != nil || in.Body.DryRun {
				return err
			}
			return a.app.ImportPeople(ctx, c.Viewer, file)
		},
		func(ctx context.Context, c *caller, in *importInput, ids []int64) (*importOutput, error) {
			if !in.Body.DryRun {
				made, err := imports.show(ctx, c, ids[0])
				if err != nil {
					return nil, err
				}
				return &importOutput{c.status, made.Body}, nil
			}
			file, err := in.Body.file()
			if err != nil {
				return nil, err
			}
			p, err := a.app.PreviewImport(ctx, c.Viewer, file)
			if err != nil {
				return nil, err
			}
			return &importOutput{http.StatusOK, previewOf(p)}, nil
		})
	alsoAnswers(a.huma.OpenAPI().Paths[importPath].Post, http.StatusOK, "Nothing was changed; this would become of the file.")
	route(a, operation(http.MethodGet, "/people/imports", "list-imports", "Imports of people, newest first", "people"), manage,
		func(ctx context.Context, c *caller, in *PageInput) (*pageAnswer[importJSON], error) {
			before, err := in.idCursor()
			if err != nil {
				return nil, err
			}
			list, err := a.app.PeopleImports(ctx, c.Viewer, before, in.Limit+1)
			if err != nil {
				return nil, err
			}
			list, next := cutPage(list, in.Limit, func(i *dm.PeopleImport) int64 { return i.ID })
			return &pageAnswer[importJSON]{pageOf(each(list, importOf), next)}, nil
		})
	route(a, operation(http.MethodGet, "/people/imports/{id}", "show-import", "One import: how far it is, and what became of its lines", "people"), manage,
		func(ctx context.Context, c *caller, in *IDInput) (*answerOf[importJSON], error) {
			return imports.show(ctx, c, in.ID)
		})
	route(a, operation(http.MethodGet, "/people/imports/{id}/faulty", "list-import-faults", "The lines that an import left out, in the order of the file", "people"), manage,
		func(ctx context.Context, c *caller, in *importFaultsInput) (*pageAnswer[importFaultJSON], error) {
			after, err := in.idCursor()
			if err != nil {
				return nil, err
			}
			list, err := a.app.ImportFaults(ctx, c.Viewer, in.ID, after, in.Limit+1)
			if err != nil {
				return nil, err
			}
			next := ""
			if len(list) > in.Limit {
				list = list[:in.Limit]
				next = strconv.Itoa(list[in.Limit-1].Line)
			}
			return &pageAnswer[importFaultJSON]{pageOf(each(list, importFaultOf), next)}, nil
		})
	file := stream(operation(http.MethodGet, "/people/imports/{id}/faulty.csv", "download-import-faults", "The lines that an import left out as a CSV file, with the reason, to be mended and imported again", "people"))
	file.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}}}}}
	route(a, file, manage, a.downloadFaults)
}

func (a *API) downloadFaults(ctx context.Context, c *caller, in *IDInput) (*exportFileOutput, error) {
	i, err := a.app.PeopleImport(ctx, c.Viewer, in.ID)
	if err != nil {
		return nil, err
	}
	return &exportFileOutput{Body: func(huma.Context) {
		a.sendCSV(ctx, c, fmt.Sprintf("import-%d-faulty.csv", in.ID), func() error { return a.app.WriteImportFaults(ctx, c.Viewer, i, c.writer) })
	}}, nil
}

// sendCSV streams a CSV file. What goes wrong on the way cuts the connection, so
// that nobody takes a part for the whole.
func (a *API) sendCSV(ctx context.Context, c *caller, name string, write func() error) {
	a.extendDeadlines(c)
	h := c.writer.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", disposition(name))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	if err := write(); err != nil {
		a.report.Log.WarnContext(ctx, "a file was not sent whole", "name", name, "error", err)
		panic(http.ErrAbortHandler)
	}
}
