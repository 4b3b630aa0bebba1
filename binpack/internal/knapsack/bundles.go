package knapsack

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sort"
)

const (
	// mostBundled is the most pods in a bundle.
	mostBundled = 3
	// mostBundles is about the most bundles of a kind of bins.
	mostBundles = 6_000
	// mostLooks bounds the bundles that are looked at for one exchange.
	mostLooks = 300
)

// bundles are sets of a few pods that may be on a node of some kind of bins.
type bundles struct {
	sets  []set
	need  []int64 // per set and resource
	value []int64 // per set, in this round; 0: it does not count
	order []int32 // of the sets that count, the most valuable first, about
	fresh bool    // value and order are of this round
}

// A set is the classes of a few pods; what is none comes last.
type set [mostBundled]int32

const none = -1

// kindOf returns the kind of a bin: which classes it may hold.
func (f *Filler) kindOf(b int) int {
	var key []byte
	for c := range f.m.Classes {
		if f.bundled(c, b) {
			key = binary.AppendUvarint(key, uint64(c))
		}
	}
	k, ok := f.kinds[string(key)]
	if !ok {
		k = len(f.kinds)
		f.kinds[string(key)] = k
		f.bundles = append(f.bundles, nil)
	}
	return k
}

// bundled reports whether pods of class c may be in bundles for nodes of bin b:
// those with rules about the pods of a node are not.
func (f *Filler) bundled(c, b int) bool {
	class, bin := &f.m.Classes[c], &f.m.Bins[b]
	if !bin.Admits[c] || len(class.In) > 0 || len(class.Owns) > 0 || len(class.Shares) > 0 {
		return false
	}
	for r, q := range class.Requests {
		if q > 0 && bin.Capacity[r] == 0 {
			return false
		}
	}
	return true
}

// bundlesOf returns the bundles for nodes of bin b, with the values of this round.
func (f *Filler) bundlesOf(b int, state *binState) *bundles {
	s := f.bundles[state.kind]
	if s == nil {
		s = f.bundle(b)
		f.bundles[state.kind] = s
	}
	if !s.fresh {
		f.revalue(s)
	}
	return s
}

// bundle makes the bundles of the kind of bin b. Where classes are many only the
// small ones, by their values now, are in bundles of three.
func (f *Filler) bundle(b int) *bundles {
	var classes []int32
	for c := range f.m.Classes {
		if f.bundled(c, b) {
			classes = append(classes, int32(c))
		}
	}
	slices.SortFunc(classes, func(x, y int32) int {
		return cmp.Or(cmp.Compare(f.value[x], f.value[y]), cmp.Compare(x, y))
	})
	s := &bundles{}
	for i, x := range classes {
		f.add(s, set{x, none, none})
		for _, y := range classes[i:] {
			f.add(s, set{x, y, none})
		}
	}
	for k := 0; k < len(classes) && len(s.sets) < mostBundles; k++ {
		for j, y := range classes[:k+1] {
			for _, x := range classes[:j+1] {
				f.add(s, set{x, y, classes[k]})
			}
		}
	}
	s.value = make([]int64, len(s.sets))
	f.meter.Spend(4 * len(s.sets))
	return s
}

// add adds a bundle of these pods.
func (f *Filler) add(s *bundles, pods set) {
	s.sets = append(s.sets, pods)
	for r := range f.m.Resources {
		sum := int64(0)
		for _, c := range pods {
			if c != none {
				sum += f.m.Classes[c].Requests[r]
			}
		}
		s.need = append(s.need, sum)
	}
}

// revalue gives the bundles the values of this round: none to those with a pod
// that is not there or worth nothing.
func (f *Filler) revalue(s *bundles) {
	for i, pods := range s.sets {
		sum := int64(0)
		for _, c := range pods {
			if c == none {
				break
			}
			if f.limit[c] == 0 || f.value[c] <= 0 {
				sum = 0
				break
			}
			sum += f.value[c]
		}
		s.value[i] = sum
	}
	s.order = f.keys.sort(s.value, s.order)
	s.fresh = true
	f.meter.Spend(len(s.sets) * 3 / 2)
}

// find returns the most valuable bundle that is worth at most most and more than
// floor, and fits into the room; on is what is on the node already, of at most
// limit pods of each class. It returns -1 where it finds none, and how many it
// looked at.
func (s *bundles) find(room []int64, most, floor int64, on, limit []int64) (found, looks int) {
	first := sort.Search(len(s.order), func(i int) bool { return s.value[s.order[i]] <= most })
next:
	for _, i := range s.order[first:] {
		if s.value[i] <= floor || looks >= mostLooks {
			break
		}
		looks++
		for r, q := range s.need[int(i)*len(room) : (int(i)+1)*len(room)] {
			if q > room[r] {
				continue next
			}
		}
		if s.sets[i].left(on, limit) {
			return int(i), looks
		}
	}
	return -1, looks
}

// left reports whether there are that many pods beside those that are on the node.
func (s *set) left(on, limit []int64) bool {
	for k, c := range s {
		if c == none {
			break
		}
		more := int64(1)
		for _, d := range s[:k] {
			if d == c {
				more++
			}
		}
		if on[c]+more > limit[c] {
			return false
		}
	}
	return true
}
