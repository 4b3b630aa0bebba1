package spread

// Pods are alike pods: all of a kind, or those of a spread in one of its domains.
type Pods struct {
	Count, Value int64 // Value of one pod; of a spread its own Count counts
	Level        int   // of priority
	Spread       int   // its number in the list, from 1 on; 0: it is in none
	Domain       int
}

// A Proven is what is known of an Apart whatever pods are worth.
type Proven struct {
	Apart
	Fewest int64 // pods that every plan leaves
}

// Worth returns the least value of the pods that must be placed: of all, without the most that those of each level can be worth that
// may be left. left is how many may be, by level; missing: none. Of pods that are spread over domains it counts the least value; one less is worth no more
// than the most that it is in any domain. Pods are sorted by value, the greatest first.
func Worth(pods []Pods, left []int64, list []Spread, aparts []Proven) int64 {
	of := byDomain(pods, list)
	value, left := worthApart(of, left, list, aparts)
	seen := make([]bool, len(list))
	for _, k := range pods {
		count := k.Count
		if k.Spread > 0 {
			if seen[k.Spread-1] || of[k.Spread-1] == nil {
				continue // it was worth most in the first domain
			}
			seen[k.Spread-1] = true
			count = list[k.Spread-1].Count
		}
		kept := count
		if k.Level < len(left) {
			kept = max(count-left[k.Level], 0)
			left[k.Level] -= count - kept
		}
		if k.Spread > 0 {
			value -= (count - kept) * k.Value
		} else {
			value += kept * k.Value
		}
	}
	for i, of := range of {
		if of != nil {
			least, _ := list[i].Least(of)
			value += least
		}
	}
	return max(value, 0)
}

// byDomain returns the values of pods of each spread in its domains; nil: it has none.
func byDomain(pods []Pods, list []Spread) [][]int64 {
	out := make([][]int64, len(list))
	for _, k := range pods {
		if k.Spread > 0 {
			if out[k.Spread-1] == nil {
				out[k.Spread-1] = make([]int64, len(list[k.Spread-1].Before))
			}
			out[k.Spread-1][k.Domain] = k.Value
		}
	}
	return out
}

// worthApart returns the least value of the pods of all Aparts, and how many may be left of each level beside those that must
// be. It takes their values out of those by domain.
func worthApart(values [][]int64, left []int64, list []Spread, aparts []Proven) (sum int64, rest []int64) {
	rest = append(rest, left...)
	for _, a := range aparts {
		if a.Level < len(rest) {
			rest[a.Level] = max(0, rest[a.Level]-a.Fewest)
		}
	}
	for _, a := range aparts {
		most := a.Fewest
		if a.Level < len(rest) {
			most += rest[a.Level]
		}
		if least, ok := a.Least(list, values, most); ok { // else nothing is known of it
			sum += least
		}
		for _, s := range a.Spreads {
			values[s] = nil
		}
	}
	return sum, rest
}
