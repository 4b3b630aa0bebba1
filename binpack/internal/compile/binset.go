package compile

import (
	"cmp"
	"encoding/binary"
	"iter"
)

// A binSet is numbers of bins in ascending order, in a form that takes little room and can
// be a key: the differences between them.
type binSet string

func setOf(bins []int) binSet {
	out := make([]byte, 0, len(bins))
	last := 0
	for _, b := range bins {
		out = binary.AppendUvarint(out, uint64(b-last))
		last = b
	}
	return binSet(out)
}

// all yields the numbers in ascending order.
func (s binSet) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		last := 0
		for rest := []byte(s); len(rest) > 0; {
			more, n := binary.Uvarint(rest)
			last, rest = last+int(more), rest[n:]
			if !yield(last) {
				return
			}
		}
	}
}

// compare orders sets by the first number that is not in both: the set that has it is last.
func (s binSet) compare(o binSet) int {
	if s == o {
		return 0
	}
	next, stop := iter.Pull(o.all())
	defer stop()
	for a := range s.all() {
		b, more := next()
		if !more {
			return 1
		}
		if a != b {
			return cmp.Compare(b, a)
		}
	}
	if _, more := next(); more {
		return -1
	}
	return 0
}
