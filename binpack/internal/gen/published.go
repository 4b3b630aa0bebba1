package gen

import (
	"math"
	"math/rand/v2"

	"github.com/stowage/stowage/catalog"
)

// The generators of this file follow the rules of published ones. Their numbers
// are drawn here, from a seed: they are not the published files.

// Falkenauer's triplets and uniform items: E. Falkenauer, "A hybrid grouping
// genetic algorithm for bin packing", Journal of Heuristics 2 (1996).
const (
	tripletCapacity = 1000 // tenths, where the paper has 100.0
	uniformCapacity = 150
)

// Triplets returns items items, a multiple of 3. Each three fill a bin of 1000: one of 380
// to 490, one of at least 250 that is at most half of what is left, and what then is left.
// Nothing is left free: a third as many bins as items is optimal.
func Triplets(seed uint64, items int) Instance {
	random := rand.New(rand.NewPCG(seed, 0))
	var in Instance
	bin := in.addBins(amount{cpu: tripletCapacity}, catalog.USD)
	for range items / 3 {
		a := within(random, 380, 490)
		b := within(random, 250, (tripletCapacity-a)/2)
		in.pack(bin, amount{cpu: a}, amount{cpu: b}, amount{cpu: tripletCapacity - a - b})
	}
	return in
}

// Uniform returns items items of 20 to 100 and bins of 150. The optimum is not
// known; it seldom is more than the items' sum over 150, rounded up.
func Uniform(seed uint64, items int) Instance {
	random := rand.New(rand.NewPCG(seed, 0))
	var in Instance
	in.addBins(amount{cpu: uniformCapacity}, catalog.USD)
	for range items {
		in.addItem(amount{cpu: within(random, 20, 100)})
	}
	return in
}

// VectorClasses is the number of classes of Vector.
const VectorClasses = 10

// Vector returns items of two dimensions: the classes 1 to 10 of A. Caprara and
// P. Toth, "Lower bounds and algorithms for the 2-dimensional vector packing
// problem", Discrete Applied Mathematics 111 (2001).
//
//	class  w            v             capacity of both
//	1      [100,400]    like w        1000
//	2      [1,1000]     like w        1000
//	3      [200,800]    like w        1000
//	4      [50,200]     like w        1000
//	5      [25,100]     like w        1000
//	6      [20,100]     like w        150
//	7      [20,100]     [w-10,w+10]   150
//	8      [20,100]     [110-w,130-w] 150
//	9      [100,400]    like w        the sum of each over as many bins as the larger sum needs at 1000
//	10     two [25,50]  like w        100, which a third item fills
//
// The optimum is known of class 10: a third as many bins as items, which must be a
// multiple of 3.
func Vector(seed uint64, class, items int) Instance {
	random := rand.New(rand.NewPCG(seed, uint64(class)))
	if class == VectorClasses {
		return vectorTriplets(random, items)
	}
	var sizes []amount
	var sum amount
	for range items {
		s := vectorItem(random, class)
		sizes, sum = append(sizes, s), sum.plus(s)
	}
	capacity := amount{150, 150}
	switch {
	case class < 6:
		capacity = amount{1000, 1000}
	case class == 9:
		bins := ceil(max(sum.cpu, sum.memory), 1000)
		capacity = amount{ceil(sum.cpu, bins), ceil(sum.memory, bins)}
	}
	var in Instance
	in.addBins(capacity, catalog.USD)
	for _, s := range sizes {
		in.addItem(s)
	}
	return in
}

// vectorItem draws an item of a class but the last.
func vectorItem(random *rand.Rand, class int) amount {
	ranges := [][2]int64{1: {100, 400}, 2: {1, 1000}, 3: {200, 800}, 4: {50, 200}, 5: {25, 100}, 6: {20, 100}, 7: {20, 100}, 8: {20, 100}, 9: {100, 400}}
	r := ranges[class]
	w := within(random, r[0], r[1])
	switch class {
	case 7:
		return amount{w, within(random, w-10, w+10)}
	case 8:
		return amount{w, within(random, 110-w, 130-w)}
	}
	return amount{w, within(random, r[0], r[1])}
}

func vectorTriplets(random *rand.Rand, items int) Instance {
	var in Instance
	whole := amount{100, 100}
	bin := in.addBins(whole, catalog.USD)
	draw := func() amount { return amount{within(random, 25, 50), within(random, 25, 50)} }
	for range items / 3 {
		a, b := draw(), draw()
		in.pack(bin, a, b, whole.minus(a.plus(b)))
	}
	return in
}

// A Cost says how the price of a bin depends on its capacity W.
type Cost int

const (
	Linear  Cost = iota // W
	Concave             // 10 √W: large bins are cheap
	Convex              // W √W / 10: small bins are cheap
)

// VariableSized returns items items of least to 100 and bins of several sizes:
// 100, 120 and 150, or with wide also 60 and 80. So M. Monaci, "Algorithms for
// packing and scheduling problems", PhD thesis, Bologna (2002), with least 1, 20 and
// 50, and a bin's cost its capacity. The other costs are those of I. Correia, L.
// Gouveia and F. Saldanha da Gama, "Solving the variable size bin packing problem
// with discretized formulations", Computers & Operations Research 35 (2008), here to
// the cent. The optimum is not known.
func VariableSized(seed uint64, items int, least int64, wide bool, cost Cost) Instance {
	random := rand.New(rand.NewPCG(seed, uint64(least)))
	capacities := []int64{100, 120, 150}
	if wide {
		capacities = []int64{60, 80, 100, 120, 150}
	}
	var in Instance
	for _, w := range capacities {
		in.addBins(amount{cpu: w}, cost.of(w))
	}
	for range items {
		in.addItem(amount{cpu: within(random, least, 100)})
	}
	return in
}

func (c Cost) of(capacity int64) catalog.Price {
	w := float64(capacity)
	cents := map[Cost]float64{Linear: 100 * w, Concave: 1000 * math.Sqrt(w), Convex: 10 * w * math.Sqrt(w)}[c]
	return catalog.Price(math.Round(cents)) * catalog.USD / 100
}

// within draws from low to high, both included.
func within(random *rand.Rand, low, high int64) int64 { return low + random.Int64N(high-low+1) }

func ceil(a, b int64) int64 { return (a + b - 1) / b }
