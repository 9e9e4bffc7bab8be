// Package search says what a text typed into a search means, what the words of
// a text are, and where a search's words stand in it.
//
// Words is the one definition of a word. Documents for either database are made
// of such words, and so are searches, so that both engines find the same: they
// see the same words and never cut or fold a text themselves.
//
// Parse understands any text. What it cannot make sense of it takes for words;
// it gives no error and is bounded. Who a person in "from:" is and which inbox
// "in:" means is decided by those who know the account.
//
// The package is pure: it knows nothing of databases, tickets or access. Whoever
// asks for an excerpt of a text has seen to it that its reader may read it.
package search
