// Package supply finds the nodes that pods of a Problem may be put on: for each pool
// the offerings that its labels and requirements allow, with values for the keys that
// it leaves open, and the existing nodes with what their pods leave of them.
//
// Offers are many, and rules can tell few of them apart. So what rules see of a node
// is a Profile, which many offers share, and each rule is asked once per profile.
// An offer that one rule of its pool refuses is kept with that rule, so that whoever
// explains why a pool takes no pod can look it up.
package supply
