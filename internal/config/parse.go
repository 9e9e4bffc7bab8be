package config

import (
	"bytes"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"
)

// LookupFunc finds an environment variable, as os.LookupEnv does.
type LookupFunc func(name string) (value string, found bool)

// Help is the error that Parse returns when somebody asked for help. Print it
// to the standard output and exit with 0.
type Help struct{ Text string }

// Error gives the text of the help.
func (h *Help) Error() string { return h.Text }

// Parse reads the arguments (without the program's name) and the environment,
// fills in the defaults, and checks the values. command is the name of the chosen
// command, such as "serve" or "account create". The error is a *Help, or says in
// plain words which flag is wrong and why; it never repeats a password.
//
// An environment variable that is set but empty counts as not set, except for a
// text, which it makes empty: DESKMESH_SMTP_LISTEN= switches incoming mail off.
func Parse(args []string, env LookupFunc) (*CLI, string, error) {
	cli := &CLI{}
	var out bytes.Buffer
	asked := false
	parser, err := newParser(cli, env, &out, func(int) { asked = true })
	if err != nil {
		return nil, "", err
	}
	ctx, err := parser.Parse(args)
	if asked {
		return nil, "", &Help{Text: out.String()}
	}
	if err != nil {
		return nil, "", err
	}
	command := ctx.Command()
	if err := cli.validate(command); err != nil {
		return nil, "", err
	}
	return cli, command, nil
}

func newParser(cli *CLI, env LookupFunc, out *bytes.Buffer, exit func(int)) (*kong.Kong, error) {
	names := map[*kong.Value]string{}
	parser, err := kong.New(cli,
		kong.Name("deskmesh"),
		kong.Description("A help desk in which any ticket can be shared."),
		kong.Writers(out, out),
		kong.Exit(exit),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.ValueFormatter(describe),
		kong.Resolvers(fromEnvironment(names, env)),
	)
	if err != nil {
		return nil, err
	}
	takeOverEnvironment(parser.Model.Node, names)
	return parser, nil
}

// takeOverEnvironment moves the environment names from the model to names, so
// that the given lookup is asked instead of the process's own environment.
func takeOverEnvironment(node *kong.Node, names map[*kong.Value]string) {
	for _, flag := range node.Flags {
		if len(flag.Tag.Envs) > 0 {
			names[flag.Value] = flag.Tag.Envs[0]
			flag.Tag.Envs = nil
		}
	}
	for _, child := range node.Children {
		takeOverEnvironment(child, names)
	}
}

func fromEnvironment(names map[*kong.Value]string, env LookupFunc) kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		name, named := names[flag.Value]
		if !named {
			return nil, nil
		}
		value, found := env(name)
		if !found || value == "" && flag.Target.Kind() != reflect.String {
			return nil, nil
		}
		return value, nil
	})
}

// describe adds the default and the environment name to the help of a flag.
func describe(value *kong.Value) string {
	if value.Flag == nil {
		return value.Help
	}
	var notes []string
	if value.Default != "" {
		notes = append(notes, "default "+value.Default)
	}
	for _, name := range value.Flag.Envs {
		notes = append(notes, "$"+name)
	}
	if len(notes) == 0 {
		return value.Help
	}
	return strings.TrimSuffix(value.Help, ".") + " (" + strings.Join(notes, ", ") + ")."
}
