// Package deskmesh is the domain of the Deskmesh help desk: its nouns, the
// values they may hold, and the errors every part of the program speaks.
//
// Words. An account is one company's desk and owns all of its data. Agents and
// requesters are its people; roles give agents permissions, groups are teams of
// agents. A brand has inboxes, and a ticket lives in exactly one inbox. A share
// lets one target (an agent, a group, a requester, later a link or a partner)
// in to one ticket. An event is one line of a ticket's history.
//
// Packages. access decides who may do what and is pure. store keeps everything,
// on SQLite or PostgreSQL, and is the only place that knows SQL. app holds the
// use cases; every change of a ticket goes through its Apply. httpapi, site and
// mail are doors that call app. jobs runs what happens later, notify plans who
// hears of what, and cli wires the parts into one binary.
//
// This package imports nothing of the others and does no I/O.
package deskmesh
