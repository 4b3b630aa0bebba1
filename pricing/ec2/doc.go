// Package ec2 has the on-demand list prices of Amazon EC2's instance types
// with Linux, in US dollars per hour, exact.
//
// The regions and the dates of their prices:
//
//	us-east-1      July 2026
//	us-gov-east-1  July 2026
//	us-gov-west-1  July 2026
//	us-west-2      July 2026, families c5, m5 and r5 only
//
// The prices of us-west-2 are those of us-east-1, which for these families are
// the same. The regions in China have a list in CNY; it is not here.
//
// The embedded prices.csv says where the prices are from. It is rewritten
// together with the instance types; see package catalog/ec2. For fresher
// prices or other regions, fill a pricing.Table and put it first:
// pricing.First(own, list).
package ec2
