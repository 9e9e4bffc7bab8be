package config

// CLI is the whole command line. Parse fills the struct of the chosen command.
type CLI struct {
	Log

	Serve   Serve   `cmd:"" help:"Run the server."`
	Account Account `cmd:"" help:"Manage accounts."`
	Seed    Seed    `cmd:"" help:"Fill a database with made-up tickets, the same ones for the same numbers."`
	Backup  Backup  `cmd:"" help:"Write database and files to one archive; works while the server runs."`
	Restore Restore `cmd:"" help:"Read an archive into an empty database."`
	Doctor  Doctor  `cmd:"" help:"Look at the configuration and what it needs around it: one line for each check. Changes nothing."`
	Check   Check   `cmd:"" help:"Look for faults in the data; works while the server runs."`
	Migrate Migrate `cmd:"" help:"Bring the database to the schema of this version, and stop."`
	MailIn  MailIn  `cmd:"" name:"mail-in" help:"Take one mail from the standard input, for a mail server that hands mail to programs; works while the server runs. Ends with 0, or as sysexits says: 67 no such recipient, 65 a mail that is never taken, 75 try again later."`
	OpenAPI OpenAPI `cmd:"" name:"openapi" help:"Print the description of the API."`
	Version Version `cmd:"" help:"Print the version."`
}

// Log says how the program reports what it does, for every command.
type Log struct {
	LogLevel  string `name:"log-level" env:"DESKMESH_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" placeholder:"LEVEL" help:"Least important log line to write: debug, info, warn or error."`
	LogFormat string `name:"log-format" env:"DESKMESH_LOG_FORMAT" default:"text" enum:"text,json" placeholder:"FORM" help:"Form of the log lines: text or json."`
}

// Database says where the data lies.
type Database struct {
	DB string `name:"db" env:"DESKMESH_DB" default:"sqlite:data/deskmesh.db" placeholder:"ADDRESS" help:"Database: sqlite:path, or postgres://user:password@host/name."`
}

// Storage is the database together with the folder of files beside it.
type Storage struct {
	Database
	Data string `name:"data" env:"DESKMESH_DATA" default:"data/" placeholder:"FOLDER" help:"Folder for attachments and raw mails. All nodes of one desk need the same one."`
}

// Account groups the commands about accounts.
type Account struct {
	Create AccountCreate `cmd:"" help:"Create an account and print the one-time link with which its owner sets a password."`
}

// AccountCreate is `deskmesh account create`.
type AccountCreate struct {
	Database
	Name         string `name:"name" required:"" help:"Name of the company, as people read it."`
	Slug         string `name:"slug" required:"" help:"Short name in lower-case letters, digits and hyphens."`
	Host         string `name:"host" required:"" help:"Host name at which the desk is reached."`
	BaseURL      string `name:"base-url" required:"" placeholder:"URL" help:"Address that links in mails begin with, such as https://desk.example.com."`
	OwnerName    string `name:"owner-name" required:"" help:"Name of the first person, who may do everything."`
	OwnerAddress string `name:"owner-address" required:"" placeholder:"ADDRESS" help:"Mail address of the first person."`
}

// Seed is `deskmesh seed`.
type Seed struct {
	Database
	Tickets int    `name:"tickets" default:"10000" placeholder:"N" help:"Number of tickets."`
	Agents  int    `name:"agents" default:"200" placeholder:"N" help:"Number of agents."`
	Groups  int    `name:"groups" default:"20" placeholder:"N" help:"Number of groups."`
	Shares  int    `name:"shares" default:"-1" placeholder:"N" help:"Number of shares; -1 means one for every twenty tickets."`
	Seed    uint64 `name:"seed" default:"1" placeholder:"N" help:"Start of the random numbers; the same value gives the same data."`
}

// ShareCount is the number of shares to make, with the default worked out.
func (s Seed) ShareCount() int {
	if s.Shares < 0 {
		return s.Tickets / 20
	}
	return s.Shares
}

// Backup is `deskmesh backup`.
type Backup struct {
	Storage
	To string `name:"to" required:"" placeholder:"FILE" help:"Archive to write; it must not exist yet."`
}

// Restore is `deskmesh restore`.
type Restore struct {
	Storage
	From string `name:"from" required:"" placeholder:"FILE" help:"Archive to read."`
}

// Doctor is `deskmesh doctor`. It takes the flags of the server that it looks at.
type Doctor struct {
	Serve
	Online bool `name:"online" help:"Also ask every account's base URL whether a desk answers there."`
	JSON   bool `name:"json" help:"Print the result as JSON."`
}

// Check is `deskmesh check`.
type Check struct {
	Storage
	Deep   bool `name:"deep" help:"Also read every attachment and compare its digest."`
	Repair bool `name:"repair" help:"Mend what follows from other data: copies, counts, search documents. Nothing else is touched."`
	JSON   bool `name:"json" help:"Print the result as JSON."`
}

// MailIn is `deskmesh mail-in`.
type MailIn struct {
	Storage
	Recipients    []string `name:"recipient" required:"" placeholder:"ADDRESS" help:"Address that the mail is for, as the envelope has it; may be given several times."`
	Sender        string   `name:"sender" placeholder:"ADDRESS" help:"Sender of the envelope; empty for bounces."`
	MailMax       Size     `name:"mail-max" env:"DESKMESH_MAIL_MAX" default:"25MiB" placeholder:"SIZE" help:"Largest incoming mail."`
	MailAuthHosts []string `name:"mail-auth-host" env:"DESKMESH_MAIL_AUTH_HOST" placeholder:"HOST" help:"Name of a mail server whose Authentication-Results are believed. Only one that takes such fields out of mails from outside. May be given several times."`
}

// Migrate is `deskmesh migrate`.
type Migrate struct {
	Database
}

// OpenAPI is `deskmesh openapi`.
type OpenAPI struct{}

// Version is `deskmesh version`.
type Version struct{}
