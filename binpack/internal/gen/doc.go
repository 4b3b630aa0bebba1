// Package gen makes problems for tests and benchmarks: Problems draws small
// ones, by rapid, so that a failure shrinks, with the basic rules and those of
// the Rules that are asked for; Mix makes large ones from a seed.
package gen
