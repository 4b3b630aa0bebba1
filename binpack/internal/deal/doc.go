// Package deal packs pods on a given set of nodes that are open all at once. Large pods
// come first. Each goes to the node with most of the resources that the pod asks for more
// than other pods do, so that the resources of each node run out together. Small pods come
// last, when only they fit.
//
// A packer that fills one node after the other takes the pods that suit the node and leaves
// the others; here no node is the last. The nodes must be the right ones, as those of a
// solution of the linear program over resources are, and pods must be many to a node: so
// it is for large problems (Gabay and Zaourar, Vector Bin Packing with Heterogeneous Bins,
// 2016, call it bin balancing).
//
// Then each node exchanges pods for others that found no place, as long as that
// makes it worth more.
package deal
