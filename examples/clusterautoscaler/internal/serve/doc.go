// Package serve answers Cluster Autoscaler's gRPC expander calls.
//
//	Request ─translate─► Question ─choose─► Decision ─► one known id, or an error
//
// An answer is one id that the request has, within the time that is configured. Where
// there is none to give, the answer is an error that says why: Cluster Autoscaler then
// goes on as if there was no expander. An empty answer would veto the scale-up.
//
// Each answer is a line of the log, counts in the metrics and can be looked at as a table.
package serve
