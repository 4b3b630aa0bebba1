// Package deal packs pods on a given set of nodes that are open all at once: the
// large pods first, each on the node that has most of what the pod asks for more
// than others do, so that the resources of each node run out together. Small pods
// come last, when only they fit.
//
// Who fills one node after the other takes what suits it and leaves the rest; here
// no node is the last. It takes that the nodes are the right ones, as those of a
// solution of the linear program over resources are, and enough pods that each
// node gets many: so it is for large problems (Gabay and Zaourar, Vector Bin
// Packing with Heterogeneous Bins, 2016, call it bin balancing).
//
// Then each node exchanges pods for others that found no place, as long as that
// makes it worth more.
package deal
