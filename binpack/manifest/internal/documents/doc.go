// Package documents cuts a text into its documents and turns each into JSON:
//
//	text ─Read─► Document, Document, ... ─JSON─► one value each
//
// A text is a stream of YAML documents, or of JSON values. A fault has the line
// where it is; documents that follow it are read all the same. What a document
// may grow to through aliases is bounded (aliases.go), and so is the text
// (ReadAll).
package documents
