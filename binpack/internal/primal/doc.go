// Package primal finds solutions of a model: a first one, and ever better ones. It holds
// the incumbent, the best solution so far, and orchestrates the rooms that search:
//
//	cells   → which domain each pod goes to: no rule over domains is left
//	relax   → what pods are worth
//	greedy, deal, single → the first solution
//	colgen, diving → columns, and solutions of them
//	search  → the neighbourhood of the incumbent
//	settling → cells chosen by price, where models are small
//
// What is solved is a space: the split of the model by cells, with all that is known of
// it. There is one at a time; its Split translates to the unsplit model and back.
package primal
