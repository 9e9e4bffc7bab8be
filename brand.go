package deskmesh

// Brand is a face of the account towards requesters. A brand has inboxes.
type Brand struct {
	ID     int64
	Name   string
	Active bool
}

// Inbox takes mail at one address and holds tickets of one brand.
type Inbox struct {
	ID             int64
	BrandID        int64
	Name           string
	Address        string
	DefaultGroupID int64 // group of new tickets; 0 none
	Active         bool
}
