// Package pricing puts prices on a catalog, and can say of each where it came
// from.
//
// A [Source] prices an [Offer]. Its answer is a [Quote]: steps with a reason, which
// sum to the price. Sources are a [Table], a price list like those of
// package pricing/ec2, [Reservations], or what an embedder has learnt from his cloud.
//
// Sources combine. [First] asks one after another. [Stack] lays layers over what one
// says; each layer adds a step: an [Adjustment] (a discount, a licence per node),
// a licence [PerCPU], [Overlays] in Karpenter's semantics, [Interruption], [Bounds].
// [MaxAge] refuses prices that are too old. [Explain] shows the steps:
//
//	0.0904 USD = 0.096 on-demand list of us-west-2 (2026-07-20) - 0.0096 private discount -10% + 0.004 licence
//
// [Apply] makes the priced copy of a catalog that a solver reads. It is an error
// where an offering has no price; [ApplyKnown] leaves such offerings out and returns
// them.
//
// Money is an integer, in billionths of the currency that a quote states. A catalog
// has prices in one currency.
package pricing
