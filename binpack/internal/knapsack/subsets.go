package knapsack

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sort"
)

const (
	// maxSubsetPods is the most pods in a subset.
	maxSubsetPods = 3
	// maxSubsets is about the most subsets of a kind of bins.
	maxSubsets = 6_000
	// maxLooks bounds the subsets that are looked at for one exchange.
	maxLooks = 300
)

// subsets are sets of a few pods that may be on a node of some kind of bins.
type subsets struct {
	sets  []subset
	need  []int64 // per set and resource
	value []int64 // per set, in this round; 0: it does not count
	order []int32 // of the sets that count, the most valuable first, about
	fresh bool    // value and order are of this round
}

// A subset is the classes of a few pods; what is none comes last.
type subset [maxSubsetPods]int32

const none = -1

// kindOf returns the kind of a bin: which classes it may hold.
func (f *Filler) kindOf(b int) int {
	var key []byte
	for c := range f.m.Classes {
		if f.inSubsets(c, b) {
			key = binary.AppendUvarint(key, uint64(c))
		}
	}
	k, ok := f.kinds[string(key)]
	if !ok {
		k = len(f.kinds)
		f.kinds[string(key)] = k
		f.subsets = append(f.subsets, nil)
	}
	return k
}

// inSubsets reports whether pods of class c may be in subsets for nodes of bin b:
// those with rules about the pods of a node are not.
func (f *Filler) inSubsets(c, b int) bool {
	class, bin := &f.m.Classes[c], &f.m.Bins[b]
	if !bin.Admits.Has(c) || len(class.In) > 0 || len(class.Owns) > 0 || len(class.Shares) > 0 {
		return false
	}
	for r, q := range class.Requests {
		if q > 0 && bin.Capacity[r] == 0 {
			return false
		}
	}
	return true
}

// subsetsOf returns the subsets for nodes of bin b, with the values of this round.
func (f *Filler) subsetsOf(b int, state *binState) *subsets {
	s := f.subsets[state.kind]
	if s == nil {
		s = f.listSubsets(b)
		f.subsets[state.kind] = s
	}
	if !s.fresh {
		f.revalue(s)
	}
	return s
}

// listSubsets makes the subsets of the kind of bin b. Where classes are many only the
// small ones, by their values now, are in subsets of three.
func (f *Filler) listSubsets(b int) *subsets {
	var classes []int32
	for c := range f.m.Classes {
		if f.inSubsets(c, b) {
			classes = append(classes, int32(c))
		}
	}
	slices.SortFunc(classes, func(x, y int32) int {
		return cmp.Or(cmp.Compare(f.value[x], f.value[y]), cmp.Compare(x, y))
	})
	s := &subsets{}
	for i, x := range classes {
		f.add(s, subset{x, none, none})
		for _, y := range classes[i:] {
			f.add(s, subset{x, y, none})
		}
	}
	for k := 0; k < len(classes) && len(s.sets) < maxSubsets; k++ {
		for j, y := range classes[:k+1] {
			for _, x := range classes[:j+1] {
				f.add(s, subset{x, y, classes[k]})
			}
		}
	}
	s.value = make([]int64, len(s.sets))
	f.meter.Spend(4 * len(s.sets))
	return s
}

// add adds a subset of these pods.
func (f *Filler) add(s *subsets, pods subset) {
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

// revalue gives the subsets the values of this round: none to those with a pod
// that is not there or worth nothing.
func (f *Filler) revalue(s *subsets) {
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

// find returns the most valuable subset that is worth at most most and more than
// floor, and fits into the room; on is what is on the node already, of at most
// limit pods of each class. It returns -1 where it finds none, and how many it
// looked at.
func (s *subsets) find(room []int64, most, floor int64, on, limit []int64) (found, looks int) {
	first := sort.Search(len(s.order), func(i int) bool { return s.value[s.order[i]] <= most })
next:
	for _, i := range s.order[first:] {
		if s.value[i] <= floor || looks >= maxLooks {
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
func (s *subset) left(on, limit []int64) bool {
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
