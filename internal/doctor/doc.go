// Package doctor looks at a configuration and at what it needs around it: the
// database and its settings, disks and folders, ports, the mail server, the
// addresses of the desks, the jobs.
//
// It reads settings and counts and no content of any desk, changes nothing, and
// sends no mail. It must not create a database that is not there.
//
// The invariant: every look gives exactly one Result, whatever goes wrong, with
// what to do about it where it is not well.
package doctor
