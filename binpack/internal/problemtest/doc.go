// Package problemtest has what tests of several packages build problems with: pods and
// types in a few words, problem files, problems that are drawn, and the checks that
// every plan must pass.
package problemtest
