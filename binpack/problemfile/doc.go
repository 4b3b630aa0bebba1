// Package problemfile reads and writes problems and plans as JSON: to attach
// to a bug report, to exchange between researchers, to ask what would be if.
//
// The format is described in FORMAT.md beside this file. It has a short form
// for what most problems say, and a long form, whole Kubernetes objects, for
// everything else, so that a file can hold every Problem:
//
//	Problem ──newFile──► file ──encode──► JSON ──decode──► file ──problem──► Problem
//
// The wire types (wire.go) mirror the format field by field. Writing takes the
// short form of a thing only where reading it back gives the same thing, which
// it tries. Reading is strict (decode.go): an unknown or repeated field, a bad
// quantity or a wrong type is an error, a *binpack.InvalidError whose Path is
// the JSON path of the fault, such as pods[3].requests.memory.
//
// Reading checks the form, not the sense: whether the Problem is valid is for
// its Validate to say, and what a plan is worth for verify.Plan.
package problemfile
