// Package nhd speaks the Networked Help Desk protocol 1.0, by which desks of any
// maker share tickets.
//
// Input is read with tolerance and written exactly: the wire types say what
// crosses, null and absent mean the same, and what nobody knows is left out. What
// a desk may see and what becomes of what it says is decided in package app.
package nhd
