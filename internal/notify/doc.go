// Package notify says who hears of what happened to a ticket, and in which
// words. It is pure: events and people in, lines of a plan out; facts in, the
// text and HTML of a mail out.
//
// Plan works from the event alone. It does not know who may open the ticket:
// whoever sends a line decides again, at that moment, with the access rule, the
// switches (Allowed) and the state of the person. The lines about the end of
// access are the exception, since they go to people without access; Render
// writes them so that they hold the number, who ended it, and nothing else of
// the ticket.
//
// Render shows what the Notice holds. Whoever fills one in for somebody who
// reads as a requester sets Outside, and leaves out what they may not see.
// All sentences come from package locales; every value is cleaned of control
// characters, and escaped where it stands in HTML.
package notify
