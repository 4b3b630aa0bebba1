// Package lint holds the rules of this tree that a compiler does not know, as
// tests: which package may import which (imports_test.go), what is not called,
// how long things may grow and what must be documented (style_test.go), and
// that the program in README.md compiles (readme_test.go).
//
// A rule is a function from a file to what is wrong with it. Each is shown a
// bad snippet first, to prove that it can fail, then every Go file of the
// module (tree_test.go). Nested modules are not read.
package lint
