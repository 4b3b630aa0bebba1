package single

import "math/big"

// maxStates bounds the dynamic programs. Below it lies every problem whose
// nodes hold up to 1,400 pods.
const maxStates = 1 << 21

// uncapped returns how often to launch each item when no cap counts. Of equally
// cheap answers it takes one with fewest nodes.
func uncapped(items []item, n int64) ([]int64, bool) {
	times := make([]int64, len(items))
	star := best(items, func(*item) bool { return true })
	times[star] = max(0, n-elsewhere(items, star)) / items[star].perNode
	n -= times[star] * items[star].perNode
	if n > maxStates {
		return nil, false
	}
	type state struct {
		cost, nodes int64
		last        int32 // the item launched last
	}
	states := make([]state, n+1)
	for j := int64(1); j <= n; j++ {
		s := state{last: -1}
		for i := range items {
			rest := &states[max(0, j-items[i].perNode)]
			cost, nodes := rest.cost+items[i].price, rest.nodes+1
			if s.last < 0 || cost < s.cost || cost == s.cost && nodes < s.nodes {
				s = state{cost, nodes, int32(i)}
			}
		}
		states[j] = s
	}
	for j := n; j > 0; j = max(0, j-items[states[j].last].perNode) {
		times[states[j].last]++
	}
	return times, true
}

// elsewhere returns how many pods at the most some optimum has on other items
// than the best one. Fewer than k(*) nodes are not of item *, see the package's
// text. And no optimum costs price(*) more than n pods at the price per pod of
// item *, while each pod elsewhere costs at least the difference to the second
// best price per pod.
func elsewhere(items []item, star int) int64 {
	var most int64
	second := -1
	for i := range items {
		most = max(most, items[i].perNode)
		if i != star && (second < 0 || cheaper(&items[i], &items[second])) {
			second = i
		}
	}
	bound := items[star].perNode * most
	if second < 0 {
		return 0
	}
	// price(*) / (price(2)/k(2) - price(*)/k(*)), as one fraction
	p1, k1 := big.NewInt(items[star].price), big.NewInt(items[star].perNode)
	p2, k2 := big.NewInt(items[second].price), big.NewInt(items[second].perNode)
	above := new(big.Int).Mul(p1, new(big.Int).Mul(k1, k2))
	below := new(big.Int).Sub(new(big.Int).Mul(p2, k1), new(big.Int).Mul(p1, k2))
	if below.Sign() > 0 {
		if q := above.Quo(above, below); q.IsInt64() {
			bound = min(bound, q.Int64()+most)
		}
	}
	return bound
}
