// Package gen makes problems for tests and benchmarks: Problems draws small
// ones with every rule that is modelled, by rapid, so that a failure shrinks;
// Mix makes large ones from a seed.
package gen
