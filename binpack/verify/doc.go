// Package verify judges plans without trusting who made them. Plan checks every rule of a
// problem, Bound proves a plan's lower bound from its certificate, and Alternatives says
// what else could be launched, [Conditions] which of them a launch API takes, and
// [FlexibilityOf] as a product of types, zones and capacity types. It takes its rules
// from the Kubernetes API (package naive) and shares nothing with what compiles and
// searches in package solver.
//
// The way of the data: reading.Of reads the problem (rules between pods, kinds of
// pods, existing nodes, node templates). For Plan and Alternatives, layout.go
// reads the plan, as groups of nodes that hold alike, and each file after it is
// one rule. For Bound, instance.go makes of the problem and the certificate what
// package bound reads.
package verify
