package gen

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/stowage/stowage/catalog"
)

// The generators of this file build a best plan and the pods for it, so that a
// short argument shows that none is cheaper. That makes a known optimum of problems
// that are too large to be enumerated.

// mill is a tenth of a cent, the step of the prices here.
const mill = catalog.USD / 1000

// FullBins draws bins that are cut up whole. A core and a GiB have a price each, no
// bin costs less than what it holds, and those that are cut cost just that. So
// every plan pays at least for what the pods ask for, and the best plan no more.
func FullBins() *rapid.Generator[Instance] {
	return rapid.Custom(func(t *rapid.T) Instance {
		var in Instance
		core, gib := cents(t, "price of a core"), cents(t, "price of a GiB")
		var fair []*catalog.InstanceType
		var capacities []amount
		for i := range rapid.IntRange(1, 5).Draw(t, "sizes") {
			a := amount{rapid.Int64Range(1, 48).Draw(t, "cores"), rapid.Int64Range(1, 96).Draw(t, "GiB")}
			price := catalog.Price(a.cpu)*core + catalog.Price(a.memory)*gib
			if i > 0 && rapid.Bool().Draw(t, "dear") {
				in.addBins(a, price+mill)
				continue
			}
			fair, capacities = append(fair, in.addBins(a, price)), append(capacities, a)
		}
		for range rapid.IntRange(1, 15).Draw(t, "bins") {
			i := rapid.IntRange(0, len(fair)-1).Draw(t, "size")
			in.pack(fair[i], cut(t, capacities[i], 6)...)
		}
		return in
	})
}

// PerfectPairs draws pods that fit a bin in pairs, each perhaps with just one partner, and
// never three at a time: all are larger than a third of it. Smaller bins do not hold two,
// and bins twice as large no more than five; and none costs less than half the price of a
// pair for each pod that it may hold. So half as many pairs as pods is optimal.
func PerfectPairs() *rapid.Generator[Instance] {
	return rapid.Custom(func(t *rapid.T) Instance {
		var in Instance
		whole := amount{rapid.Int64Range(24, 120).Draw(t, "cores"), rapid.Int64Range(0, 120).Draw(t, "GiB")}
		half := cents(t, "price of half a pair")
		bin := in.addBins(whole, 2*half)
		least := whole.cpu/3 + 1
		if rapid.Bool().Draw(t, "small bins") {
			in.addBins(amount{2*least - 1, whole.memory}, half+catalog.Price(rapid.IntRange(0, 1).Draw(t, "dearer"))*mill)
		}
		if rapid.Bool().Draw(t, "large bins") {
			in.addBins(whole.plus(whole), 5*half)
		}
		slack := rapid.SampledFrom([]int64{0, 1, whole.cpu / 12}).Draw(t, "slack")
		for range rapid.IntRange(1, 30).Draw(t, "pairs") {
			a := amount{rapid.Int64Range(least, whole.cpu/2).Draw(t, "cores"), rapid.Int64Range(0, whole.memory).Draw(t, "GiB")}
			b := whole.minus(a)
			b.cpu = max(least, b.cpu-rapid.Int64Range(0, slack).Draw(t, "free"))
			in.pack(bin, a, b)
		}
		return in
	})
}

// HalfPlus draws pods that are larger than half of the largest bin, so that no two share
// one, and small pods for the room beside them. So each large pod costs the cheapest bin
// that holds it, and the small ones nothing.
func HalfPlus() *rapid.Generator[Instance] {
	return rapid.Custom(func(t *rapid.T) Instance {
		var in Instance
		whole := amount{rapid.Int64Range(8, 64).Draw(t, "cores"), rapid.Int64Range(1, 128).Draw(t, "GiB")}
		capacities := []amount{whole}
		in.addBins(whole, 100*mill)
		for range rapid.IntRange(0, 5).Draw(t, "sizes") {
			a := amount{rapid.Int64Range(1, whole.cpu).Draw(t, "cores"), rapid.Int64Range(1, whole.memory).Draw(t, "GiB")}
			capacities = append(capacities, a)
			in.addBins(a, catalog.Price(rapid.IntRange(1, 120).Draw(t, "price"))*mill)
		}
		for range rapid.IntRange(1, 25).Draw(t, "large pods") {
			large := amount{rapid.Int64Range(whole.cpu/2+1, whole.cpu).Draw(t, "cores"), rapid.Int64Range(0, whole.memory).Draw(t, "GiB")}
			best := -1
			for i, c := range capacities {
				holds := c.cpu >= large.cpu && c.memory >= large.memory
				if holds && (best < 0 || priceOf(in.Problem.Catalog[i]) < priceOf(in.Problem.Catalog[best])) {
					best = i
				}
			}
			small := cut(t, capacities[best].minus(large), 4)
			kept := rapid.IntRange(0, len(small)).Draw(t, "small pods")
			in.pack(in.Problem.Catalog[best], append(small[:kept], large)...)
		}
		return in
	})
}

func priceOf(t *catalog.InstanceType) catalog.Price { return t.Offerings[0].Price }

func cents(t *rapid.T, name string) catalog.Price {
	return catalog.Price(rapid.IntRange(1, 60).Draw(t, name)) * 10 * mill
}

// cut cuts a whole into at most most parts at random, none of them nothing.
func cut(t *rapid.T, whole amount, most int) []amount {
	n := rapid.IntRange(1, most).Draw(t, "parts")
	cpu, memory := cuts(t, whole.cpu, n), cuts(t, whole.memory, n)
	var parts []amount
	for i := range n {
		if part := (amount{cpu[i+1] - cpu[i], memory[i+1] - memory[i]}); part != (amount{}) {
			parts = append(parts, part)
		}
	}
	return parts
}

// cuts returns where n parts of a length begin, and the length.
func cuts(t *rapid.T, length int64, n int) []int64 {
	at := []int64{0, length}
	for range n - 1 {
		at = append(at, rapid.Int64Range(0, length).Draw(t, "cut"))
	}
	slices.Sort(at)
	return at
}
