package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/doctor"
)

// errUnwell ends a doctor's visit where something failed.
var errUnwell = errors.New("something needs to be mended")

// doctor looks at the configuration and what it needs around it.
func (c *command) doctor(ctx context.Context) error {
	o := c.Doctor
	results := []doctor.Result{}
	well := doctor.Run(ctx, doctor.Options{DB: o.DB, Data: o.Data, Listen: o.Listen, SMTPListen: o.SMTPListen, MetricsListen: o.MetricsListen, SMTPOut: o.SMTPOut,
		Hello: hostName(), Demo: o.Demo, TrustedProxies: len(o.TrustedProxies) > 0, Online: o.Online}, func(r doctor.Result) {
		results = append(results, r)
		if o.JSON {
			return
		}
		line := fmt.Sprintf("%-4s  %s: %s", r.State, r.Check, r.Says)
		if r.Advice != "" {
			line += " " + r.Advice
		}
		fmt.Fprintln(c.Out, line)
	})
	if o.JSON {
		if err := printJSON(c.Out, map[string]any{"ok": well, "checks": results}); err != nil {
			return err
		}
	}
	if !well {
		return errUnwell
	}
	return nil
}

// databaseThere refuses a SQLite file that is not there, for commands that only
// look: opening would make one.
func databaseThere(address string) error {
	path, isFile := strings.CutPrefix(address, "sqlite:")
	if !isFile {
		return nil
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return dm.BadField("db", "There is no database at this path.")
	}
	return nil
}

// folderThere refuses a folder of files that is not there: every file would be
// missing.
func folderThere(folder string) error {
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return dm.BadField("data", "There is no folder at this path.")
	}
	return nil
}
