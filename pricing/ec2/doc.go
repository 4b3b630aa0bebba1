// Package ec2 has prices of Amazon EC2's instance types, exact, as sources of
// package pricing.
//
// The on-demand list prices with Linux of these regions are embedded ([OnDemand]):
//
//	cn-north-1     November 2024, in CNY
//	us-east-1      July 2026
//	us-gov-east-1  July 2026
//	us-gov-west-1  July 2026
//	us-west-2      July 2026, families c5, m5 and r5 only
//
// The prices of us-west-2 are those of us-east-1, which for these families are
// the same. The embedded prices.csv says where the prices are from. It is rewritten
// together with the instance types; see package catalog/ec2.
//
// Lists of other regions are read from AWS's bulk offer file, or from what its
// pricing command prints ([ReadPriceList]), and Spot prices from their history
// ([ReadSpotPrices], [Spot]). Put together:
//
//	pricing.First(spot, list)
package ec2
