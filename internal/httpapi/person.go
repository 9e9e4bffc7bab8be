package httpapi

import dm "github.com/deskmesh/deskmesh"

// personJSON names a person, as agents see them.
type personJSON struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Address string `json:"address"`
	Kind    string `json:"kind" enum:"agent,requester"`
	Active  bool   `json:"active"`
}

func personOf(p dm.PersonRef) personJSON {
	return personJSON{ID: p.ID, Name: p.Name, Address: p.Address, Kind: string(p.Kind), Active: p.Active}
}

// nameJSON names anything by id.
type nameJSON struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// named gives id and name, or null where there is no id.
func named(id int64, name string) orNull[nameJSON] {
	if id == 0 {
		return orNull[nameJSON]{}
	}
	return some(nameJSON{ID: id, Name: name})
}
