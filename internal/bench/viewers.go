package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/deskmesh/deskmesh/internal/seed"
)

// viewers are the people who ask, signed in, and what they ask for.
type viewers struct {
	address string
	cookies map[string]string
	typical []int64 // tickets that the typical viewer sees, the newest first
	all     []int64 // some that the owner sees
	asked   []int64 // what the requester asked for
	rare    int     // how many rare words there are
	agent   int64   // to share with
	group   int64
	link    string // path of a public link of a ticket
	visit   string // the cookie of somebody who has opened it
}

// linkHolder is who reads a ticket through a public link, signed in as nobody.
const linkHolder = "the holder of a link"

// cookie is what somebody's browser sends.
func (v *viewers) cookie(who string) string {
	if who == linkHolder {
		return v.visit
	}
	return v.cookies[who]
}

const (
	typicalTickets = 1000
	allTickets     = 6000
)

// signIn signs everybody in and finds out whom and what to ask for.
func signIn(address string, tickets int) (*viewers, error) {
	v := &viewers{address: address, cookies: map[string]string{}, rare: 3 * tickets / 1000}
	for _, person := range []string{seed.FullAddress, seed.TypicalAddress, seed.SparseAddress, seed.MineAddress, seed.WideAddress, seed.GroupedAddress, seed.TargetAddress, seed.RequesterAddress} {
		if err := v.signIn(person); err != nil {
			return nil, fmt.Errorf("sign %s in: %w", person, err)
		}
	}
	var err error
	if v.typical, err = v.tickets(seed.TypicalAddress, typicalTickets); err != nil {
		return nil, err
	}
	if v.all, err = v.tickets(seed.FullAddress, allTickets); err != nil {
		return nil, err
	}
	if v.asked, err = v.tickets(seed.RequesterAddress, typicalTickets); err != nil {
		return nil, err
	}
	if len(v.typical) == 0 || len(v.all) == 0 || len(v.asked) == 0 {
		return nil, errors.New("the viewers see no tickets")
	}
	if v.agent, err = v.target("Ted Target"); err != nil {
		return nil, err
	}
	if v.group, err = v.target(seed.ThirtyGroup); err != nil {
		return nil, err
	}
	return v, v.openLink(v.asked[0])
}

// openLink makes a public link of a ticket in place of those it had, and begins a
// visit of it: later requests of the visit only read.
func (v *viewers) openLink(number int64) error {
	owner, err := dial(v.address, v.cookies[seed.FullAddress])
	if err != nil {
		return err
	}
	defer owner.close()
	links := fmt.Sprintf("/api/v1/tickets/%d/links", number)
	var answer bytes.Buffer
	for _, c := range []call{{http.MethodPatch, "/api/v1/settings", []byte(`{"links.enabled":true}`), http.StatusOK},
		{http.MethodDelete, links, nil, http.StatusNoContent}, {http.MethodPost, links, []byte(`{}`), http.StatusCreated}} {
		answer.Reset()
		if _, err := owner.do(c, &answer); err != nil {
			return fmt.Errorf("make a public link: %w", err)
		}
	}
	var made struct{ Address string }
	if err := json.Unmarshal(answer.Bytes(), &made); err != nil {
		return err
	}
	at, err := url.Parse(made.Address)
	if err != nil {
		return err
	}
	visitor, err := dial(v.address, "")
	if err != nil {
		return err
	}
	defer visitor.close()
	header, err := visitor.do(page("%s", at.Path), new(bytes.Buffer))
	if err != nil {
		return err
	}
	v.link = at.Path
	if v.visit, _, _ = strings.Cut(header.Get("Set-Cookie"), ";"); v.visit == "" {
		return errors.New("a visit of a link sets no cookie")
	}
	return nil
}

func (v *viewers) signIn(person string) error {
	c, err := dial(v.address, "")
	if err != nil {
		return err
	}
	defer c.close()
	body, err := json.Marshal(map[string]string{"address": person, "password": seed.Password})
	if err != nil {
		return err
	}
	header, err := c.do(call{http.MethodPost, "/api/v1/sessions", body, http.StatusCreated}, new(bytes.Buffer))
	if err != nil {
		return err
	}
	for _, line := range header.Values("Set-Cookie") {
		pair, _, _ := strings.Cut(line, ";")
		v.cookies[person] = pair
	}
	if v.cookies[person] == "" {
		return errors.New("the answer sets no cookie")
	}
	return nil
}

// get asks once and reads the JSON answer.
func (v *viewers) get(person, path string, to any) error {
	c, err := dial(v.address, v.cookies[person])
	if err != nil {
		return err
	}
	defer c.close()
	var answer bytes.Buffer
	if _, err := c.do(call{http.MethodGet, path, nil, http.StatusOK}, &answer); err != nil {
		return err
	}
	return json.Unmarshal(answer.Bytes(), to)
}

// tickets lists numbers of tickets that a person sees.
func (v *viewers) tickets(person string, most int) ([]int64, error) {
	var numbers []int64
	for path := "/api/v1/tickets?view=all&limit=200"; len(numbers) < most; {
		var page struct {
			Items []struct{ Number int64 }
			Next  string
		}
		if err := v.get(person, path, &page); err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			numbers = append(numbers, item.Number)
		}
		if page.Next == "" {
			break
		}
		path = "/api/v1/tickets?view=all&limit=200&cursor=" + url.QueryEscape(page.Next)
	}
	return numbers, nil
}

// target finds somebody to share with by name.
func (v *viewers) target(name string) (int64, error) {
	var found struct {
		Items []struct {
			ID   int64
			Name string
		}
	}
	if err := v.get(seed.FullAddress, "/api/v1/share-targets?q="+url.QueryEscape(name), &found); err != nil {
		return 0, err
	}
	for _, item := range found.Items {
		if item.Name == name {
			return item.ID, nil
		}
	}
	return 0, fmt.Errorf("nobody called %s to share with", name)
}
