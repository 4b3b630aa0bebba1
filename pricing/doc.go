// Package pricing puts prices on a catalog.
//
// A [Source] knows the price of some offerings: a [Table], a price list like
// that of package pricing/ec2, or what an embedder has learnt from its cloud.
// Sources combine: [First] asks one after another, [Adjust] changes what one
// says (a discount, a licence, the risk of interruption). [Apply] then makes
// the priced copy of a catalog that a solver reads, and says which offerings
// no source knew.
package pricing
