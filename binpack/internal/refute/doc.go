// Package refute shows that given launches do not hold all pods, though in parts they
// might: by branch and bound (package ilp) on the number of pods x of each kind on each node,
//
//	Σ_i x(k,i) = count(k)                    for every kind k,
//	Σ_k request(k,r)·x(k,i) ≤ capacity(i,r)  for every node i and resource r,
//	Σ_k value(k,j)·x(k,i) ≤ K(i,j)           for every node i and some cuts j.
//
// No packing breaks a row of the last kind, as K(i,j) is the most value that a node holds; but
// they are what the linear relaxation knows of whole pods. They are those of the cuts that the launches
// meet with least to spare. By the first of these pods are told apart too: where it is to branch is decided
// for those first that are worth most.
//
// What fits on some launches fits on more. So what is refuted are these launches and all that are
// no more of any node.
//
// Source: the assignment formulation of Kantorovich, Mathematical Methods of Organizing and
// Planning Production, 1960; the further rows are those of Crowder, Johnson and Padberg, Solving
// Large-Scale Zero-One Linear Programming Problems, 1983, of values that are given.
package refute
