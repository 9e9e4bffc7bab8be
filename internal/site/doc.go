// Package site serves the pages that are made on the server and need no
// JavaScript: sign-in, first-run setup and one-time links, the requesters'
// portal, public links, and the demo mailbox.
//
// It must not know the store, the JSON API or mail: everything it shows or does
// goes through app, with the viewer that the session stands for, so a page can
// hold nothing that the API would refuse.
//
// What it keeps: nothing changes on GET; forms are refused when a page of
// another site sent them; the Content-Security-Policy allows neither script nor
// inline style, so texts of strangers stay texts; a message is shown as its
// text, never as its HTML; a ticket that is not visible and one that does not
// exist are the same page with the same status; and every sentence comes from
// package locales.
package site
