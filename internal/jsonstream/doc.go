// Package jsonstream reads JSON documents of any length in little memory, and
// says where in them a fault is.
//
// A [Reader] walks through objects and arrays without holding them; the caller
// decodes the values that it needs, one at a time, and skips the rest. Every
// error is an [*Error] with line, column and path.
package jsonstream
