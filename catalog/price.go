package catalog

// Price is an amount of money per hour, in billionths of a US dollar. Sums are
// exact and ties are real.
type Price int64

// USD is one US dollar per hour.
const USD Price = 1_000_000_000
