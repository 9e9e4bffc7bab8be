// Package locales is the one catalogue of texts for people: screens, mail and
// portal take every sentence from here. One JSON file per language is embedded;
// en.json is the complete one that the others are measured against.
//
// The package knows no nouns of the desk and formats nothing but placeholders:
// values come in as texts, go in where the entry says {name}, and are never read
// again, so that a value which looks like a placeholder stays as it is. Escaping
// for HTML or for a mail header is the caller's work.
//
// Tests hold that all languages have the same keys with the same placeholders,
// that the code uses no key which is missing, and that no key lies unused. For
// this a key stands in the code as a literal, or as a literal beginning that
// ends with a point and covers all keys below it.
package locales
