package deskmesh

// Brand is a face of the account towards requesters. A brand has inboxes.
type Brand struct {
	ID     int64
	Name   string
	Active bool
	Accent string // its colour, such as "#0b6e4f"; "" for the program's own
	Logo   Logo
	Host   string // where its portal answers; "" at the account's addresses alone
}

// Logo is a brand's picture, drawn by the program as a PNG that is shown
// LogoHeight high.
type Logo struct {
	Hash  string // "" while there is none
	Width int
}

// LogoHeight is how high logos are shown, and LogoMaxWidth how wide at most, in
// CSS pixels.
const (
	LogoHeight   = 28
	LogoMaxWidth = 168
)

// Inbox takes mail at one address and holds tickets of one brand.
type Inbox struct {
	ID             int64
	BrandID        int64
	Name           string
	Address        string
	DefaultGroupID int64 // group of new tickets; 0 none
	Active         bool
}
