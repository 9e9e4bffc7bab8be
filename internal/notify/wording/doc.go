// Package wording is the small language in which an account writes the texts of
// its mails. It is pure, and has no way to anything but the values it is given.
//
// {{ticket.subject}} stands for a value. {{#share.reason}} ... {{/share.reason}}
// holds where the value is not empty, {{^share.reason}} ... {{/share.reason}}
// where it is; {{! a remark}} is left out. There are no loops, no filters, no
// calls and nothing that grows: what comes out is as long as the text and its
// values. Snippets have the same placeholders.
//
// Around the values, blocks of text are Markdown: paragraphs, lists, headings,
// emphasis, links. HTML is text like any other, pictures are left out, links lead
// to the web or to a mail address. What a value holds is never read as either
// language. Text and HTML of a mail come from one tree and say the same.
package wording
